"""ID3v2.4 tags: title, cover, chapters, words. Bytes only.

Version 2.4 has UTF-8, which emoji need; 2.3 has not. Chapters follow the ID3v2 Chapter Frame Addendum 1.0: a
``CHAP`` frame for each, in order, and a ``CTOC`` that lists them. libsndfile writes neither cover, chapters
nor words, and ffmpeg no words; mutagen writes all, but is under the GPL.
"""

import struct
from collections.abc import Sequence

from coach import __version__
from coach.exports.captions import plain_text, timed_lines
from coach.exports.metadata import Metadata
from coach.exports.tags.fields import cover_of, milliseconds, three_letters, track_of
from coach.session.timeline import Chapter
from coach.text import cut, one_line, utf8_size

_UTF_8 = b"\x03"
PADDING = 1_024
"""Bytes after the frames, so that a tag editor need not rewrite the whole file."""

_FRONT_COVER = b"\x03"
_MOST_CHILDREN = 255
"""A table of contents counts its entries in one byte."""
_TOP_LEVEL, _ORDERED = 2, 1
_NO_OFFSET = 0xFFFF_FFFF
_NOTHING = b"\0"
"""An empty description."""
_NO_LANGUAGE = b"XXX"
_MILLISECONDS = b"\x02"
_LYRICS = b"\x01"
CHAPTER_BYTES = 126
"""The longest title of a chapter: ffmpeg, and players built on it, drop a chapter whose title's frame has
128 bytes or more, of which one names the encoding."""


def tag(metadata: Metadata) -> bytes:
    r"""The whole tag, padding included.

    >>> from coach.session.timeline import Frames
    >>> tag(Metadata(title="Knee", length=Frames(48_000)))[10:25]
    b'TIT2\x00\x00\x00\x05\x00\x00\x03Knee'
    """
    frames = b"".join([_texts(metadata), _contents(metadata), _words(metadata), _cover(metadata)])
    return b"ID3\x04\0\0" + _size(len(frames) + PADDING) + frames + bytes(PADDING)


def _size(size: int) -> bytes:
    r"""A size in four bytes, of which none is above 127, so that no decoder takes it for sound.

    >>> _size(300)
    b'\x00\x00\x02,'
    """
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _frame(name: bytes, body: bytes) -> bytes:
    return name + _size(len(body)) + b"\0\0" + body


def _ended(text: str) -> bytes:
    """A text with a terminator."""
    return text.encode() + b"\0"


def _text(name: bytes, text: str) -> bytes:
    """A text frame, or nothing for an empty text."""
    line = one_line(text)
    return _frame(name, _UTF_8 + line.encode()) if line else b""


def _texts(metadata: Metadata) -> bytes:
    fields = {
        b"TIT2": metadata.title,
        b"TPE1": metadata.artist,
        b"TALB": metadata.album,
        b"TRCK": track_of(metadata),
        b"TDRC": metadata.date,
        b"TLAN": three_letters(metadata.language) if metadata.language else "",
        b"TLEN": str(milliseconds(metadata.length)),
        b"TSSE": f"coach {__version__}",
    }
    return b"".join(_text(name, text) for name, text in fields.items())


def _contents(metadata: Metadata) -> bytes:
    """The table of contents, then the chapters in its order; nested tables if there are too many."""
    if not metadata.chapters:
        return b""
    names = [f"chp{number}" for number in range(len(metadata.chapters))]
    below = b""
    while len(names) > _MOST_CHILDREN:
        groups = [names[i : i + _MOST_CHILDREN] for i in range(0, len(names), _MOST_CHILDREN)]
        tables = {f"{group[0]}-{group[-1]}": group for group in groups}
        below = b"".join(_table(name, group, _ORDERED) for name, group in tables.items()) + below
        names = list(tables)
    return _table("toc", names, _TOP_LEVEL | _ORDERED) + below + _chapters(metadata)


def _table(name: str, children: Sequence[str], flags: int) -> bytes:
    entries = b"".join(_ended(child) for child in children)
    return _frame(b"CTOC", _ended(name) + bytes([flags, len(children)]) + entries)


def _chapters(metadata: Metadata) -> bytes:
    ends = [*(chapter.start for chapter in metadata.chapters[1:]), metadata.length]
    pairs = zip(metadata.chapters, ends, strict=True)
    return b"".join(_chapter(f"chp{number}", *pair) for number, pair in enumerate(pairs))


def _chapter(name: str, chapter: Chapter, end: int) -> bytes:
    times = struct.pack(">4I", milliseconds(chapter.start), milliseconds(end), _NO_OFFSET, _NO_OFFSET)
    title = cut(one_line(chapter.title), CHAPTER_BYTES, utf8_size)
    return _frame(b"CHAP", _ended(name) + times + _text(b"TIT2", title))


def _words(metadata: Metadata) -> bytes:
    """The words twice: as plain text (USLT), and each line with its time (SYLT)."""
    if not metadata.captions:
        return b""
    start = _UTF_8 + (three_letters(metadata.language).encode() if metadata.language else _NO_LANGUAGE)
    timed = b"".join(_ended(line) + struct.pack(">I", milliseconds(at)) for at, line in timed_lines(metadata))
    return _frame(b"USLT", start + _NOTHING + plain_text(metadata).encode()) + _frame(
        b"SYLT", start + _MILLISECONDS + _LYRICS + _NOTHING + timed
    )


def _cover(metadata: Metadata) -> bytes:
    picture = cover_of(metadata)
    if picture is None:
        return b""
    return _frame(b"APIC", _UTF_8 + b"image/png\0" + _FRONT_COVER + _NOTHING + picture.data)
