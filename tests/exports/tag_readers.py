"""Strict readers of the tags of MP3, FLAC, Ogg and MP4: they take nothing that the formats do not say."""

import base64
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass
class Read:
    """What a file says of itself. Times of chapters and words in milliseconds, of M4A's in frames."""

    tags: dict[str, str] = field(default_factory=dict)
    chapters: list[tuple[int, str]] = field(default_factory=list)
    other_chapters: list[tuple[int, str]] = field(default_factory=list)
    captions: list[tuple[int, str]] = field(default_factory=list)
    cover: bytes = b""
    depth: int = 0


def read(content: bytes, ending: str) -> Read:
    if ending == "mp3":
        return read_id3(content)
    if ending == "flac":
        return read_flac(content)
    return read_mp4(content) if ending == "m4a" else read_ogg(content)


# ID3v2.4


def read_id3(content: bytes) -> Read:
    marker, version, revision, flags = struct.unpack_from(">3sBBB", content)
    assert (marker, version, revision, flags) == (b"ID3", 4, 0, 0)
    size = _size(content[6:10])
    assert content[10 + size : 12 + size] == b"\xff\xfb", "no MP3 frame behind the tag"
    found, tables, chapters = Read(), {}, {}
    for name, body in id3_frames(content[10 : 10 + size]):
        if name.startswith("T"):
            found.tags[name] = _whole_text(body)
        elif name == "CTOC":
            key, rest = body.split(b"\0", 1)
            *children, last = rest[2:].split(b"\0")
            assert (len(children), last) == (rest[1], b"")
            tables[key] = (rest[0], children)
        elif name == "CHAP":
            key, rest = body.split(b"\0", 1)
            start, end, *offsets = struct.unpack_from(">4I", rest)
            assert offsets == [0xFFFF_FFFF] * 2
            chapters[key] = (start, end, dict(id3_frames(rest[16:])))
        elif name == "USLT":
            language, text = _after_description(body)
            found.tags["USLT"], found.tags["USLT language"] = text.decode(), language
        elif name == "SYLT":
            assert body[4:6] == b"\x02\x01"
            _, text = _after_description(body[:4] + body[6:])
            found.captions = list(_timed(text))
        elif name == "APIC":
            assert body.startswith(b"\3image/png\0\x03\0")
            found.cover = body[13:]
        else:
            raise AssertionError(name)
    found.chapters = list(_in_order(tables, chapters))
    assert [chapters[key] for key in chapters] == sorted(chapters.values(), key=lambda each: each[0])
    return found


def _size(data: bytes) -> int:
    assert all(byte < 128 for byte in data)
    return sum(byte << shift for byte, shift in zip(data, (21, 14, 7, 0), strict=True))


def id3_frames(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(data) and data[at]:
        name, size = data[at : at + 4], _size(data[at + 4 : at + 8])
        assert data[at + 8 : at + 10] == b"\0\0"
        assert at + 10 + size <= len(data), name
        yield name.decode("ascii"), data[at + 10 : at + 10 + size]
        at += 10 + size
    assert not data[at:].strip(b"\0")


def _in_order(
    tables: dict[bytes, tuple[int, list[bytes]]], chapters: dict[bytes, tuple[int, int, dict[str, bytes]]]
) -> Iterator[tuple[int, str]]:
    """The chapters as the tables of contents lead to them; each ends where the next begins."""
    top = [key for key, (flags, _) in tables.items() if flags & 2]
    assert len(top) == (1 if chapters else 0)
    order: list[bytes] = []

    def follow(key: bytes) -> None:
        if key in chapters:
            order.append(key)
        else:
            flags, children = tables[key]
            assert flags & 1, "not ordered"
            for child in children:
                follow(child)

    for key in top:
        follow(key)
    assert sorted(order) == sorted(chapters)
    for key, after in pairwise(order):
        assert chapters[key][1] == chapters[after][0]
    for key in order:
        start, _, frames = chapters[key]
        yield start, _whole_text(frames.get("TIT2", b"\3"))


def _whole_text(body: bytes) -> str:
    assert body[0] == 3
    return body[1:].decode()


def _after_description(body: bytes) -> tuple[str, bytes]:
    assert (body[0], body[4]) == (3, 0)
    return body[1:4].decode("ascii"), body[5:]


def _timed(data: bytes) -> Iterator[tuple[int, str]]:
    while data:
        text, data = data.split(b"\0", 1)
        yield struct.unpack_from(">I", data)[0], text.decode()
        data = data[4:]


# Vorbis comments


def read_comments(block: bytes) -> Read:
    found = Read()
    (size,) = struct.unpack_from("<I", block)
    assert size
    at = 4 + size
    (count,) = struct.unpack_from("<I", block, at)
    at += 4
    for _ in range(count):
        (size,) = struct.unpack_from("<I", block, at)
        name, _, value = block[at + 4 : at + 4 + size].decode().partition("=")
        assert name.isascii()
        assert name not in found.tags
        found.tags[name] = value
        at += 4 + size
    assert block[at:] in {b"", b"\1"}
    numbers = [name[7:] for name in found.tags if name.startswith("CHAPTER") and not name.endswith("NAME")]
    for number in numbers:
        assert len(number) >= 3
        hours, minutes, seconds = found.tags.pop(f"CHAPTER{number}").split(":")
        time_ms = round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1000)
        found.chapters.append((time_ms, found.tags.pop(f"CHAPTER{number}NAME")))
    assert [int(number) for number in numbers] == list(range(1, len(numbers) + 1))
    if "METADATA_BLOCK_PICTURE" in found.tags:
        picture = base64.b64decode(found.tags.pop("METADATA_BLOCK_PICTURE"), validate=True)
        found.cover, found.depth = read_picture(picture)
    return found


def read_picture(block: bytes) -> tuple[bytes, int]:
    kind, size = struct.unpack_from(">II", block)
    assert (kind, block[8 : 8 + size]) == (3, b"image/png")
    description, width, height, depth, colours, length = struct.unpack_from(">6I", block, 8 + size)
    data = block[8 + size + 24 :]
    assert (description, colours, length) == (0, 0, len(data))
    assert struct.pack(">II", width, height) == data[16:24]
    return data, depth


def read_flac(content: bytes) -> Read:
    assert content[:4] == b"fLaC"
    at, kinds, is_last = 4, [], False
    found, cover, depth = Read(), b"", 0
    while not is_last:
        kind, is_last = content[at] & 0x7F, bool(content[at] & 0x80)
        size = int.from_bytes(content[at + 1 : at + 4])
        body = content[at + 4 : at + 4 + size]
        kinds.append(kind)
        if kind == 4:
            found = read_comments(body)
        elif kind == 6:
            cover, depth = read_picture(body)
        elif kind == 1:
            assert not body.strip(b"\0")
        at += 4 + size
    assert kinds[0] == 0
    assert len(set(kinds)) == len(kinds)
    assert content[at] == 0xFF, "no frame behind the head"
    assert content[at + 1] & 0xFC == 0xF8, "no frame behind the head"
    found.cover, found.depth = cover, depth
    return found


# Ogg


def _table() -> list[int]:
    """The checksum of each byte, bit by bit: polynomial 0x04c11db7, highest bit first."""
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ (0x04C11DB7 if value & 0x8000_0000 else 0)) & 0xFFFF_FFFF
        table.append(value)
    return table


TABLE = _table()


def ogg_checksum(data: bytes) -> int:
    value = 0
    for byte in data:
        value = (value << 8 & 0xFFFF_FFFF) ^ TABLE[value >> 24 ^ byte]
    return value


def ogg_pages(content: bytes) -> Iterator[tuple[int, int, int, bytes, bytes]]:
    """Flags, granule position, serial number, segment table and body of every page, checked."""
    at = number = 0
    while at < len(content):
        marker, version, flags, granule, serial, found, checksum, count = struct.unpack_from(
            "<4sBBqIIIB", content, at
        )
        assert (marker, version, found) == (b"OggS", 0, number)
        segments = content[at + 27 : at + 27 + count]
        end = at + 27 + count + sum(segments)
        page = content[at:end]
        assert ogg_checksum(page[:22] + bytes(4) + page[26:]) == checksum
        yield flags, granule, serial, segments, page[27 + count :]
        at, number = end, number + 1


def read_ogg(content: bytes) -> Read:
    pages = list(ogg_pages(content))
    assert len({serial for _, _, serial, _, _ in pages}) == 1
    assert [bool(flags & 2) for flags, *_ in pages] == [True] + [False] * (len(pages) - 1)
    assert [bool(flags & 4) for flags, *_ in pages] == [False] * (len(pages) - 1) + [True]
    packets: list[bytes] = []
    packet = b""
    heads = 2 if pages[0][4].startswith(b"OpusHead") else 3
    for flags, granule, _, segments, body in pages:
        assert bool(flags & 1) == bool(packet)
        if len(packets) < heads:
            assert granule == (0 if min(segments) < 255 else -1)
        at = 0
        for size in segments:
            packet += body[at : at + size]
            at += size
            if size < 255:
                packets.append(packet)
                packet = b""
        assert len(packets) != heads or not packet, "sound begins on a page of its own"
    name = b"OpusTags" if heads == 2 else b"\3vorbis"
    assert packets[1].startswith(name)
    assert heads == 2 or packets[1].endswith(b"\1")
    return read_comments(packets[1][len(name) :])


# MP4


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        assert size >= head, name
        yield name, data[at + head : at + size]
        at += size
    assert at == len(data)


def box(data: bytes, *path: bytes) -> bytes:
    for name in path:
        (data,) = (body for found, body in boxes(data) if found == name)
    return data


def read_mp4(content: bytes) -> Read:
    assert content[4:12] == b"ftypM4A "
    found = Read()
    moov = box(content, b"moov")
    udta = box(moov, b"udta")
    items = dict(boxes(box(udta, b"meta")[4:]))
    for name, body in boxes(items[b"ilst"]):
        kind, data = struct.unpack_from(">I4x", box(body, b"data"))[0], box(body, b"data")[8:]
        if name == b"covr":
            assert kind == 14
            found.cover = data
        elif name == b"trkn":
            found.tags["trkn"] = "/".join(map(str, struct.unpack_from(">HH", data, 2)))
        else:
            found.tags[name.decode("latin-1")] = data.decode()
    if b"chpl" in dict(boxes(udta)):
        found.other_chapters = list(_nero(box(udta, b"chpl")))
    traks = [body for name, body in boxes(moov) if name == b"trak"]
    kinds = [box(trak, b"mdia", b"hdlr")[8:12] for trak in traks]
    assert kinds[0] == b"soun"
    (language,) = struct.unpack_from(">H", box(traks[0], b"mdia", b"mdhd"), 20)
    found.tags["language"] = "".join(chr(0x60 + (language >> shift & 31)) for shift in (10, 5, 0))
    assert kinds[1:] in ([], [b"text"])
    if kinds[1:]:
        (reference,) = struct.unpack(">I", box(traks[0], b"tref", b"chap"))
        (number,) = struct.unpack_from(">I", box(traks[1], b"tkhd"), 12)
        assert reference == number
        found.chapters = list(_text_track(traks[1], content))
    return found


def _nero(body: bytes) -> Iterator[tuple[int, str]]:
    """Nero's list: its times are in units of 100 ns."""
    at = 9
    for _ in range(body[8]):
        start, size = struct.unpack_from(">QB", body, at)
        yield round(start * 48_000 / 10_000_000), body[at + 9 : at + 9 + size].decode()
        at += 9 + size
    assert at == len(body)


def _text_track(trak: bytes, content: bytes) -> Iterator[tuple[int, str]]:
    (scale,) = struct.unpack_from(">I", box(trak, b"mdia", b"mdhd"), 12)
    table = box(trak, b"mdia", b"minf", b"stbl")
    times, sizes = box(table, b"stts"), box(table, b"stsz")
    durations: list[int] = []
    for i in range(struct.unpack_from(">I", times, 4)[0]):
        count, duration = struct.unpack_from(">II", times, 8 + 8 * i)
        durations += [duration] * count
    fixed, count = struct.unpack_from(">II", sizes, 4)
    lengths = [fixed] * count if fixed else list(struct.unpack_from(f">{count}I", sizes, 12))
    offsets = _offsets(table, lengths)
    start = 0
    for offset, length, duration in zip(offsets, lengths, durations, strict=True):
        (size,) = struct.unpack_from(">H", content, offset)
        assert size + 2 <= length
        yield round(start * 48_000 / scale), content[offset + 2 : offset + 2 + size].decode()
        start += duration


def _offsets(table: bytes, lengths: list[int]) -> list[int]:
    """Where each sample stands: chunks, and how many samples are in each."""
    chunks = box(table, b"stco")
    starts = struct.unpack_from(f">{struct.unpack_from('>I', chunks, 4)[0]}I", chunks, 8)
    runs_box = box(table, b"stsc")
    runs = [
        struct.unpack_from(">3I", runs_box, 8 + 12 * i)
        for i in range(struct.unpack_from(">I", runs_box, 4)[0])
    ]
    offsets: list[int] = []
    for number, start in enumerate(starts, 1):
        at = start
        for _ in range([count for first, count, _ in runs if first <= number][-1]):
            offsets.append(at)
            at += lengths[len(offsets) - 1]
    return offsets
