"""Taggers: insert tags into MP3, FLAC and Ogg bytes while an encoder writes them.

An encoder writes a header, then sound, and may go back at the end to fill in lengths. A tagger takes its
bytes with their positions, and writes them to the file with the tags inserted. It keeps no more than a header
and a page in memory.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Protocol

from coach.exports.metadata import Metadata
from coach.exports.tags.fields import cover_of
from coach.exports.tags.vorbis import comment_block, comments_of, picture_block, picture_comment, vendor_of


class RewritableFile(Protocol):
    """A file to which bytes are appended, and in which bytes can be replaced."""

    def write(self, data: bytes | memoryview) -> None:
        """Append."""

    def rewrite(self, data: bytes, at: int) -> None:
        """Replace bytes from position ``at`` on."""


class Tagger(Protocol):
    """Takes the bytes of an encoder, and writes them with tags."""

    def take(self, data: bytes, at: int) -> None:
        """Take bytes at position ``at`` of the encoder's output: appended, or replacing earlier ones."""

    def finish(self) -> None:
        """Check the stream when the encoder has written everything.

        Raises
        ------
        ValueError
            If it is not a whole stream.
        """


class PrefixTagger:
    """Writes a tag before the stream, as ID3 in MP3; with ``b""``, just the stream."""

    def __init__(self, file: RewritableFile, tag: bytes) -> None:
        self._file = file
        self._shift = len(tag)
        self._end = 0
        if tag:
            file.write(tag)

    def take(self, data: bytes, at: int) -> None:
        """See `Tagger.take`."""
        inside, after = data[: self._end - at], data[self._end - at :]
        if inside:
            self._file.rewrite(inside, at=at + self._shift)
        if after:
            self._file.write(after)
            self._end += len(after)

    def finish(self) -> None:
        """Accept any stream."""


_FLAC_MARKER = b"fLaC"
_STREAM_INFO, _PADDING, _VORBIS_COMMENT, _PICTURE = 0, 1, 4, 6
_LAST = 0x80
_BLOCK_HEAD = 4
_INFO_END = len(_FLAC_MARKER) + _BLOCK_HEAD + 34
"""End of the first block, whose size is fixed."""
_LARGEST_BLOCK = 2**24 - 1
_FLAC_PADDING = 8_192


class FlacTagger:
    """Replaces the metadata blocks of a FLAC stream (RFC 9639, section 8)."""

    def __init__(self, file: RewritableFile, metadata: Metadata) -> None:
        self._file = file
        self._metadata = metadata
        self._head = b""
        self._end = 0
        self._is_open = False

    def take(self, data: bytes, at: int) -> None:
        """See `Tagger.take`; the encoder fills in the length and the checksum at the end."""
        if at == self._end:
            self._end += len(data)
            self._file.write(data if self._is_open else self._tagged(data))
        elif self._is_open and at + len(data) <= _INFO_END:
            self._file.rewrite(data, at=at)  # the first block keeps its position
        else:
            raise ValueError(f"{len(data)} bytes at {at} of a FLAC stream are written a second time")

    def finish(self) -> None:
        """See `Tagger.finish`."""
        if not self._is_open:
            raise ValueError(f"a FLAC stream ends in its head, after {len(self._head)} bytes")

    def _tagged(self, data: bytes) -> bytes:
        """Collect the header; give it with tags, and what follows, as soon as it is whole."""
        self._head += data
        blocks: dict[int, bytes] = {}
        at, kind = len(_FLAC_MARKER), 0
        while not kind & _LAST:
            if len(self._head) < at + _BLOCK_HEAD:
                return b""
            kind, start = self._head[at], at + _BLOCK_HEAD
            at = start + int.from_bytes(self._head[at + 1 : start])
            blocks[kind & ~_LAST] = self._head[start:at]
        if len(self._head) < at:
            return b""
        self._is_open = True
        comments = comment_block(vendor_of(blocks[_VORBIS_COMMENT]), comments_of(self._metadata))
        written = {_STREAM_INFO: blocks[_STREAM_INFO], _VORBIS_COMMENT: comments}
        if picture := cover_of(self._metadata):
            written[_PICTURE] = picture_block(picture)
        written[_PADDING + _LAST] = bytes(_FLAC_PADDING)
        tagged = (
            bytes([kind]) + len(body).to_bytes(3) + body
            for kind, body in written.items()
            if len(body) <= _LARGEST_BLOCK
        )
        return b"".join([_FLAC_MARKER, *tagged, self._head[at:]])


_PAGE_HEAD = struct.Struct("<4sBBqIIIB")
"""RFC 3533, section 6: marker, version, flags, granule position, serial, number, checksum, segments."""
_CHECKSUM_AT = 22
_CONTINUED, _FIRST, _END = 1, 2, 4
_MOST_SEGMENTS = 255
_NO_PACKET_ENDS = -1
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))

_OPUS_HEAD, _OPUS_TAGS = b"OpusHead", b"OpusTags"
_VORBIS_HEAD, _VORBIS_TAGS = b"\1vorbis", b"\3vorbis"


class OggTagger:
    """Replaces the comments of an Ogg Vorbis or Opus stream, and renumbers the pages after them.

    The stream's serial number, which encoders choose at random, is computed from the comments, so that two
    exports of one session are the same bytes.
    """

    def __init__(self, file: RewritableFile, metadata: Metadata) -> None:
        self._file = file
        self._comments = comments_of(metadata) + picture_comment(metadata)
        self._serial = zlib.crc32(comment_block(b"", self._comments))
        self._left = bytearray()
        self._end = 0
        self._pages = 0
        self._missing = 1
        self._packets: list[bytes] = []
        self._packet = b""
        self._has_ended = False

    def take(self, data: bytes, at: int) -> None:
        """See `Tagger.take`; an Ogg encoder never goes back."""
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
        """See `Tagger.finish`."""
        if self._left or not self._has_ended:
            raise ValueError(f"an Ogg stream does not end after {self._end} bytes")

    def _whole_pages(self) -> Iterator[tuple[bytes, int, int, bytes]]:
        """Take the whole pages from the buffer: segment table, flags, granule position and body."""
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
        """Collect the header packets, and write them when all are there."""
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
        """Replace the comments in their packet."""
        is_opus = packet.startswith(_OPUS_TAGS)
        name, framing = (_OPUS_TAGS, b"") if is_opus else (_VORBIS_TAGS, b"\1")
        return name + comment_block(vendor_of(packet[len(name) :]), self._comments) + framing

    def _write_packets(self, packets: list[bytes], flags: int) -> None:
        """Write packets on as many pages as they need."""
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
