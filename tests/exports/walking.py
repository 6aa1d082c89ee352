"""A strict reader of RIFF files: it takes nothing that the format does not say."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Wav:
    """What stands in a WAV file; ``chapters`` maps a frame to its label."""

    rate_hz: int
    channels: int
    bits: int
    data: bytes
    tags: dict[str, str]
    chapters: list[tuple[int, str]]
    order: list[str]


def chunks(content: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        body = content[at + 8 : at + 8 + size]
        assert len(body) == size, f"{name} breaks off"
        yield name.decode("ascii"), body
        at += 8 + size
        if size % 2:
            assert content[at : at + 1] == b"\0", f"{name} is padded with something, or not at all"
            at += 1
    assert at == len(content)


def text(body: bytes, encoding: str = "ascii") -> str:
    assert body.endswith(b"\0")
    assert b"\0" not in body[:-1]
    return body[:-1].decode(encoding)


def walk(content: bytes) -> Wav:
    assert content[:4] == b"RIFF"
    assert struct.unpack_from("<I", content, 4) == (len(content) - 8,)
    assert content[8:12] == b"WAVE"
    found = list(chunks(content[12:]))
    order = [name if name != "LIST" else f"LIST {body[:4].decode('ascii')}" for name, body in found]
    assert len(set(order)) == len(order)
    bodies = dict(zip(order, (body for _, body in found), strict=True))
    kind, channels, rate_hz, bytes_s, frame_size, bits = struct.unpack("<HHIIHH", bodies["fmt "])
    assert (kind, bytes_s, frame_size) == (1, rate_hz * frame_size, channels * bits // 8)
    assert len(bodies["data"]) % frame_size == 0
    tags = [(name, text(body)) for name, body in chunks(bodies.get("LIST INFO", b"INFO")[4:])]
    assert len(dict(tags)) == len(tags)
    starts: dict[int, int] = {}
    labels: dict[int, str] = {}
    if "cue " in bodies:
        (count,) = struct.unpack_from("<I", bodies["cue "])
        assert len(bodies["cue "]) == 4 + 24 * count
        for number, position, chunk, chunk_start, block_start, offset in struct.iter_unpack(
            "<II4sIII", bodies["cue "][4:]
        ):
            assert (chunk, chunk_start, block_start, offset) == (b"data", 0, 0, position)
            assert number not in starts
            starts[number] = position
        for name, body in chunks(bodies["LIST adtl"][4:]):
            assert name == "labl"
            labels[struct.unpack_from("<I", body)[0]] = text(body[4:], "utf-8")
        assert labels.keys() == starts.keys()
    chapters = [(starts[number], labels[number]) for number in starts]
    return Wav(rate_hz, channels, bits, bodies["data"], dict(tags), chapters, order)
