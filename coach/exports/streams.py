"""What encoders write, with tags put in where each format has them: MP3, FLAC and Ogg, as the bytes come.

An encoder writes a head, then sound, and at the end perhaps goes back to the head to fill in what it knows
only then. Each class here takes its bytes with the place where the encoder puts them, and passes them on to
a file where the tags stand too. Nothing is kept but a head and at most a page.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Protocol

from coach.exports.metadata import About
from coach.exports.tags import id3
from coach.exports.tags.pictures_and_text import picture_of
from coach.exports.tags.vorbis import comment_block, comments_of, picture_block, picture_comment, vendor_of


class Bytes(Protocol):
    """A file: bytes are added at its end, or replaced anywhere before it."""

    def write(self, data: bytes | memoryview) -> None:
        """Append."""

    def rewrite(self, data: bytes, at: int) -> None:
        """Replace what stands at byte ``at``."""


class Stream(Protocol):
    """Takes what an encoder writes; ``at`` is where the encoder takes it to be, in bytes from its first."""

    def take(self, data: bytes, at: int) -> None:
        """The next bytes, or others in place of those that were taken before."""

    def finish(self) -> None:
        """The encoder has written everything.

        Raises
        ------
        ValueError
            If that is no whole stream.
        """


class Mp3Stream:
    """MP3 behind its ID3 tag."""

    def __init__(self, file: Bytes, about: About) -> None:
        self._file = file
        tag = id3.tag(about)
        self._shift = len(tag)
        self._end = 0
        file.write(tag)

    def take(self, data: bytes, at: int) -> None:
        """See `Stream.take`: LAME's own frame at the beginning is written once more at the end."""
        if at == self._end:
            self._file.write(data)
            self._end += len(data)
        else:
            self._file.rewrite(data, at=at + self._shift)

    def finish(self) -> None:
        """Nothing is missing."""


_FLAC_MARKER = b"fLaC"
_STREAM_INFO, _PADDING, _VORBIS_COMMENT, _PICTURE = 0, 1, 4, 6
_LAST = 0x80
_BLOCK_HEAD = 4
_LARGEST_BLOCK = 2**24 - 1
_FLAC_PADDING = 8_192


class FlacStream:
    """FLAC with blocks of its own (RFC 9639, section 8) in place of the encoder's comments."""

    def __init__(self, file: Bytes, about: About) -> None:
        self._file = file
        self._about = about
        self._head = b""
        self._info_end = 0
        self._end = 0
        self._is_open = False

    def take(self, data: bytes, at: int) -> None:
        """See `Stream.take`: at the end the stream's length and checksum are filled in."""
        if at == self._end:
            self._end += len(data)
            if self._is_open:
                self._file.write(data)
            else:
                self._head += data
                self._open()
        elif self._is_open and at + len(data) <= self._info_end:
            self._file.rewrite(data, at=at)  # the first block stays where it was
        else:
            raise ValueError(f"{len(data)} bytes at {at} of a FLAC stream are written a second time")

    def finish(self) -> None:
        """See `Stream.finish`."""
        if not self._is_open:
            raise ValueError(f"a FLAC stream ends in its head, after {len(self._head)} bytes")

    def _open(self) -> None:
        """Write the head as soon as it is whole."""
        blocks = {}
        at = len(_FLAC_MARKER)
        is_last = False
        while not is_last:
            if len(self._head) < at + _BLOCK_HEAD:
                return
            kind = self._head[at] & ~_LAST
            is_last = bool(self._head[at] & _LAST)
            end = at + _BLOCK_HEAD + int.from_bytes(self._head[at + 1 : at + _BLOCK_HEAD])
            if len(self._head) < end:
                return
            blocks[kind] = self._head[at + _BLOCK_HEAD : end]
            at = end
        self._info_end = len(_FLAC_MARKER) + _BLOCK_HEAD + len(blocks[_STREAM_INFO])
        vendor = vendor_of(blocks[_VORBIS_COMMENT])
        comments = comment_block(vendor, comments_of(self._about))
        written = [(_STREAM_INFO, blocks[_STREAM_INFO]), (_VORBIS_COMMENT, comments)]
        picture = picture_of(self._about)
        if picture is not None:
            written.append((_PICTURE, picture_block(picture)))
        written = [(kind, body) for kind, body in written if len(body) <= _LARGEST_BLOCK]
        written.append((_PADDING + _LAST, bytes(_FLAC_PADDING)))
        self._file.write(_FLAC_MARKER)
        for kind, body in written:
            self._file.write(bytes([kind]) + len(body).to_bytes(3) + body)
        self._file.write(self._head[at:])
        self._is_open = True


_PAGE_HEAD = struct.Struct("<4sBBqIIIB")
"""RFC 3533, section 6: marker, version, flags, granule position, serial, number, checksum, segments."""
_CHECKSUM_AT = 22
_CONTINUED, _FIRST, _END = 1, 2, 4
_MOST_SEGMENTS = 255
_NO_PACKET_ENDS = -1
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))

_OPUS_HEAD, _OPUS_TAGS = b"OpusHead", b"OpusTags"
_VORBIS_HEAD, _VORBIS_TAGS = b"\1vorbis", b"\3vorbis"


class OggStream:
    """Ogg Vorbis or Opus with comments of its own in place of the encoder's; later pages are renumbered.

    The stream's serial number, which the encoder draws by lot, is made from the comments: two exports of one
    session are the same bytes.
    """

    def __init__(self, file: Bytes, about: About) -> None:
        self._file = file
        self._comments = comments_of(about) + picture_comment(about)
        self._serial = zlib.crc32(comment_block(b"", self._comments))
        self._left = bytearray()
        self._end = 0
        self._pages = 0
        self._missing = 1
        self._packets: list[bytes] = []
        self._packet = b""
        self._has_ended = False

    def take(self, data: bytes, at: int) -> None:
        """See `Stream.take`: an Ogg stream is written from its beginning to its end."""
        if at != self._end:
            raise ValueError(f"{len(data)} bytes at {at} of an Ogg stream are written a second time")
        self._end += len(data)
        self._left += data
        for segments, flags, granule, body in self._whole_pages():
            if self._missing:
                self._take_head(segments, body)
            else:
                self._write(segments, flags, granule, body)
                self._has_ended = bool(flags & _END)

    def finish(self) -> None:
        """See `Stream.finish`."""
        if self._left or not self._has_ended:
            raise ValueError(f"an Ogg stream does not end after {self._end} bytes")

    def _whole_pages(self) -> Iterator[tuple[bytes, int, int, bytes]]:
        """The pages that are whole: segment table, flags, granule position and body."""
        while len(self._left) >= _PAGE_HEAD.size:
            marker, _, flags, granule, _, _, _, count = _PAGE_HEAD.unpack_from(self._left)
            if marker != b"OggS":
                raise ValueError(f"no Ogg page begins with {marker!r}")
            start = _PAGE_HEAD.size + count
            segments = bytes(self._left[_PAGE_HEAD.size : start])
            end = start + sum(segments)
            if len(segments) < count or len(self._left) < end:
                return
            body = bytes(self._left[start:end])
            del self._left[:end]
            yield segments, flags, granule, body

    def _take_head(self, segments: bytes, body: bytes) -> None:
        """Collect the packets before the sound; write them when all are there."""
        at = 0
        for size in segments:
            self._packet += body[at : at + size]
            at += size
            if size < _MOST_SEGMENTS:
                self._packets.append(self._packet)
                self._packet = b""
                self._missing -= 1
        if len(self._packets) == 1 and not self._missing:
            self._missing = 1 if self._packets[0].startswith(_OPUS_HEAD) else 2
        elif not self._missing:
            first, comments, *others = self._packets
            self._write_packets([first], _FIRST)
            self._write_packets([self._commented(comments), *others], 0)

    def _commented(self, packet: bytes) -> bytes:
        """The packet of comments, with those of the session."""
        is_opus = packet.startswith(_OPUS_TAGS)
        name, framing = (_OPUS_TAGS, b"") if is_opus else (_VORBIS_TAGS, b"\1")
        return name + comment_block(vendor_of(packet[len(name) :]), self._comments) + framing

    def _write_packets(self, packets: list[bytes], flags: int) -> None:
        """Packets on as many pages as they need."""
        segments = b"".join(
            bytes([_MOST_SEGMENTS]) * (len(packet) // _MOST_SEGMENTS) + bytes([len(packet) % _MOST_SEGMENTS])
            for packet in packets
        )
        body = b"".join(packets)
        for start in range(0, len(segments), _MOST_SEGMENTS):
            part = segments[start : start + _MOST_SEGMENTS]
            is_continued = start > 0 and segments[start - 1] == _MOST_SEGMENTS
            granule = 0 if min(part) < _MOST_SEGMENTS else _NO_PACKET_ENDS
            size = sum(part)
            self._write(part, flags | is_continued * _CONTINUED, granule, body[:size])
            body = body[size:]

    def _write(self, segments: bytes, flags: int, granule: int, body: bytes) -> None:
        head = _PAGE_HEAD.pack(b"OggS", 0, flags, granule, self._serial, self._pages, 0, len(segments))
        page = bytearray(head + segments + body)
        page[_CHECKSUM_AT : _CHECKSUM_AT + 4] = checksum(page).to_bytes(4, "little")
        self._file.write(bytes(page))
        self._pages += 1


def checksum(page: bytes | bytearray) -> int:
    """Ogg's checksum of a page whose own checksum is 0.

    It has the polynomial of zlib's and takes bits in the other order, from 0 and without a last inversion:
    so zlib's fast one is given mirrored bytes, and its result mirrored back.

    >>> f"{checksum(b'123456789'):08x}"
    '89a1897f'
    """
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int(f"{mirrored:032b}"[::-1], 2)
