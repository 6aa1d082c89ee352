"""Find what is missing or damaged in a music file, where its decoder passes over it in silence.

Decoders skip what they cannot read of an MP3 or an Ogg file, and take a WAV file for as long as it is. So the
structure of these files is walked through: frames, pages, and the length that the file's beginning promises.
FLAC needs no such walk: each frame has a checksum, and the decoder stops at the first that is wrong.
"""

import os
import struct
import zlib
from pathlib import Path
from typing import BinaryIO, NamedTuple

from coach.text import clock, counted

_SEARCH_BYTES = 1 << 16


def music_damage(path: Path, rate_hz: int) -> str:
    """Say where a music file is damaged or breaks off; "" if nothing of it is missing, as far as it tells.

    ``rate_hz`` is the number of frames a second that its decoder gives.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        head = file.read(12)
        if head[:4] in {b"RIFF", b"FORM"}:
            return _wave_damage(file, head, size)
        if head[:4] == b"OggS":
            return _ogg_damage(file, size, rate_hz)
        if head[:4] != b"fLaC":
            return _mp3_damage(file, size)
    return ""


class _Place(NamedTuple):
    """The places where a file is damaged, in seconds; where it breaks off, and of how much, if it does."""

    damaged_s: tuple[float, ...] = ()
    ends_s: float | None = None
    of_s: float | None = None

    def __str__(self) -> str:
        if self.damaged_s:
            more = len(self.damaged_s) - 1
            others = f" and in {counted(more, 'more place')}" if more else ""
            return f"is damaged at {clock(self.damaged_s[0])}{others}"
        return "" if self.ends_s is None else broken_off(self.ends_s, self.of_s)


def broken_off(at_s: float, of_s: float | None) -> str:
    """Say where a file breaks off, and of how much if that is known.

    >>> broken_off(29.0, 60.0), broken_off(29.0, None)
    ('is not whole: it breaks off at 0:29 of 1:00', 'is not whole: it breaks off at 0:29')
    """
    of = "" if of_s is None else f" of {clock(of_s)}"
    return f"is not whole: it breaks off at {clock(at_s)}{of}"


# WAV and AIFF

_STREAMED = 0x7FFF_0000
"""Sizes from here on are written by programs that did not know the length yet."""


def _wave_damage(file: BinaryIO, head: bytes, size: int) -> str:
    """Compare the size of the samples with what the file has of them."""
    order = "<" if head[:4] == b"RIFF" else ">"
    bytes_a_second = 0.0
    at = 12
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack(f"{order}4sI", file.read(8))
        start = at + 8
        if name == b"fmt ":
            bytes_a_second = struct.unpack("<8xI", file.read(12).ljust(12, b"\0"))[0]
        elif name == b"COMM":
            bytes_a_second = _aiff_bytes_a_second(file.read(18).ljust(18, b"\0"))
        elif name in {b"data", b"SSND"}:
            if length >= _STREAMED or start + length <= size or not bytes_a_second:
                return ""
            return str(_Place((), (size - start) / bytes_a_second, length / bytes_a_second))
        at = start + length + length % 2
    return ""


def _aiff_bytes_a_second(common: bytes) -> float:
    channels, _, bits, exponent, mantissa = struct.unpack(">hIhHQ", common)
    rate_hz = mantissa * 2.0 ** ((exponent & 0x7FFF) - 16_383 - 63) if exponent & 0x7FFF else 0.0
    return float(rate_hz * channels * -(-bits // 8))


# Ogg

_PAGE = struct.Struct("<4sBBqIIIB")
_LAST_PAGE = 0x04
_NO_POSITION = -1
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _ogg_damage(file: BinaryIO, size: int, rate_hz: int) -> str:
    """Walk through the pages: each has a checksum, a number, and the position that it ends at."""
    damaged: list[float] = []
    next_number: dict[int, int] = {}
    has_ended = True
    at_s, at = 0.0, 0
    while at + _PAGE.size <= size:
        file.seek(at)
        page = _ogg_page(file.read(_PAGE.size + 255 + 255 * 255))
        if page is None:
            found = _next(file, b"OggS", at + 1)
            if found is None:
                break
            if has_ended and at:
                has_ended = False  # foreign bytes after an end
            damaged.append(at_s)
            at = found
            next_number.clear()
            continue
        length, kind, position, serial, number = page
        if next_number.get(serial, number) != number:
            damaged.append(at_s)
        next_number[serial] = number + 1
        has_ended = bool(kind & _LAST_PAGE)
        if position != _NO_POSITION:
            at_s = position / rate_hz
        at += length
    return str(_Place(tuple(dict.fromkeys(damaged)), None if has_ended else at_s))


def _ogg_page(data: bytes) -> tuple[int, int, int, int, int] | None:
    """Length, kind, position, serial number and number of the page at the beginning; None if it is none."""
    if len(data) < _PAGE.size:
        return None
    magic, _, kind, position, serial, number, checksum, segments = _PAGE.unpack_from(data)
    length = _PAGE.size + segments + sum(data[_PAGE.size : _PAGE.size + segments])
    if magic != b"OggS" or len(data) < length:
        return None
    body = data[:22] + bytes(4) + data[26:length]
    return (length, kind, position, serial, number) if _ogg_checksum(body) == checksum else None


def _ogg_checksum(data: bytes) -> int:
    """The CRC-32 of Ogg: zlib's polynomial, with the bits of bytes and sum the other way round."""
    backwards = zlib.crc32(data.translate(_REVERSED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int.from_bytes(backwards.to_bytes(4, "little").translate(_REVERSED), "big")


# MP3

_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES_HZ = (44_100, 48_000, 32_000)
_TAGS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN", b"3DI")


class _Frame(NamedTuple):
    """A frame of MP3; those of one file have the same ``kind``."""

    length: int
    kind: bytes
    samples: int
    rate_hz: int


def _mp3_damage(file: BinaryIO, size: int) -> str:
    """Walk through the frames, each of which tells its own length."""
    at = _after_id3(file, 0)
    first = _next_frame(file, at, None)
    if first is None:
        return ""
    at, frame = first
    a_frame_s = frame.samples / frame.rate_hz
    file.seek(at)
    promised = _promised_frames(file.read(frame.length))
    damaged: list[float] = []
    count, is_cut = 0, False
    while at + 4 <= size:
        file.seek(at)
        head = file.read(11)
        found = _frame(head)
        if found is not None and found.kind == frame.kind:
            is_cut = at + found.length > size
            count += not is_cut
            at += found.length
        elif head.startswith(b"ID3"):
            at = _after_id3(file, at)
        elif head.startswith(_TAGS):
            break
        elif following := _next_frame(file, at, frame.kind):
            damaged.append(count * a_frame_s)
            at, _ = following
        else:
            is_cut = size - at > _SEARCH_BYTES
            break
    if promised is not None:
        count -= 1  # the frame that promises has no sound
        is_cut = count < promised - 1
    ends_s = count * a_frame_s if is_cut else None
    return str(_Place(tuple(damaged), ends_s, None if promised is None else promised * a_frame_s))


def _frame(head: bytes) -> _Frame | None:
    """The frame whose header this is; None if it is none of MPEG layer III with a bit rate."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version = head[1] >> 3 & 3
    kbits_index, rate_index, padding = head[2] >> 4, head[2] >> 2 & 3, head[2] >> 1 & 1
    if version == 1 or not 0 < kbits_index < 15 or rate_index == 3:
        return None
    is_first = version == 3
    rate_hz = _RATES_HZ[rate_index] >> {3: 0, 2: 1, 0: 2}[version]
    samples = 1_152 if is_first else 576
    kbits = (_KBITS_1 if is_first else _KBITS_2)[kbits_index]
    kind = bytes((head[1] & 0xFE, head[2] & 0x0C))
    return _Frame(samples // 8 * 1000 * kbits // rate_hz + padding, kind, samples, rate_hz)


def _next_frame(file: BinaryIO, start: int, kind: bytes | None) -> tuple[int, _Frame] | None:
    """The next place at which a frame begins and another one follows, within what is searched."""
    end = start + _SEARCH_BYTES
    at = _next(file, b"\xff", start, end)
    while at is not None:
        file.seek(at)
        frame = _frame(file.read(4))
        if frame is not None and kind in {None, frame.kind}:
            file.seek(at + frame.length)
            after = _frame(file.read(4))
            if after is not None and after.kind == frame.kind:
                return at, frame
        at = _next(file, b"\xff", at + 1, end)
    return None


def _after_id3(file: BinaryIO, at: int) -> int:
    """The place behind an ID3v2 tag, or the same one where there is none."""
    file.seek(at)
    head = file.read(10)
    if len(head) < 10 or head[:3] != b"ID3":
        return at
    length = 0
    for byte in head[6:10]:
        length = length << 7 | byte & 0x7F
    return at + 10 + length + (10 if head[5] & 0x10 else 0)


def _promised_frames(first: bytes) -> int | None:
    """The number of frames that the first one promises, as encoders write it; None if it has sound."""
    for magic in (b"Xing", b"Info"):
        at = first.find(magic, 4, 48)
        if at >= 0 and len(first) >= at + 12:
            flags, count = struct.unpack_from(">II", first, at + 4)
            return count if flags & 1 else None
    if first[36:40] == b"VBRI" and len(first) >= 54:
        return int.from_bytes(first[50:54], "big")
    return None


def _next(file: BinaryIO, wanted: bytes, start: int, end: int | None = None) -> int | None:
    """The next place of some bytes from ``start`` on, before ``end``; None if there is none."""
    at = start
    while end is None or at < end:
        file.seek(at)
        block = file.read(_SEARCH_BYTES)
        found = block.find(wanted)
        if found >= 0:
            return at + found
        if len(block) < _SEARCH_BYTES:
            return None
        at += _SEARCH_BYTES - len(wanted) + 1
    return None
