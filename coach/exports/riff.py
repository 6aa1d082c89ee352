"""The chunks of a WAV file (RIFF) before and after its samples: header, tags, chapters. Bytes only."""

import struct
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coach import __version__
from coach.session.timeline import RATE_HZ, Chapter
from coach.text import PLAIN, one_line

HEAD_SIZE = 44

LONGEST = 2**32 - 1
"""Bytes that a RIFF size can count, after its first eight."""

_IN_ASCII = PLAIN | str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "þ": "th",
    }
)


@dataclass(frozen=True, slots=True)
class Tags:
    """Tags that players show; empty ones are left out. ``language`` is written as in sheets: "en-us"."""

    title: str = ""
    artist: str = ""
    album: str = ""
    date: str = ""
    comment: str = ""
    language: str = ""
    track: int | None = None


def in_ascii(text: str) -> str:
    r"""Convert a text to ASCII, as INFO and labels declare no character set, and players guess differently.

    Accents are dropped, typography becomes plain, control characters become spaces, the rest question marks.

    >>> in_ascii("Émile’s “Brücke” – ½ dose")
    'Emile\'s "Brucke" - 1/2 dose'
    """
    plain = unicodedata.normalize("NFKD", text.translate(_IN_ASCII)).replace("⁄", "/")
    kept = (
        " " if unicodedata.category(character) == "Cc" else character
        for character in plain
        if not unicodedata.combining(character)
    )
    return "".join(kept).encode("ascii", "replace").decode("ascii")


def has_letters_of_its_own(text: str) -> bool:
    """Say whether a text would lose more than its typography in ASCII.

    >>> [has_letters_of_its_own(text) for text in ("Heel – “raises”", "Übung", "🦵")]
    [False, True, True]
    """
    return any(
        not character.isascii() and unicodedata.category(character)[0] not in "PZ" for character in text
    )


def head(frames: int, channels: int, tail_size: int) -> bytes:
    """The first `HEAD_SIZE` bytes: RIFF size, format, and the size of the samples.

    >>> head(480, 1, 0)[:4], len(head(480, 1, 0)) == HEAD_SIZE
    (b'RIFF', True)
    """
    frame_size = 2 * channels
    data_size = frames * frame_size
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        HEAD_SIZE - 8 + data_size + tail_size,
        b"WAVE",
        b"fmt ",
        16,
        1,
        channels,
        RATE_HZ,
        RATE_HZ * frame_size,
        frame_size,
        16,
        b"data",
        data_size,
    )


def endless_head(channels: int) -> bytes:
    r"""The header of a WAV stream of unknown length: both sizes are the highest number.

    >>> len(endless_head(1)) == HEAD_SIZE, endless_head(1)[-4:]
    (True, b'\xff\xff\xff\xff')
    """
    most = struct.pack("<I", LONGEST)
    known = head(0, channels, 0)
    return known[:4] + most + known[8:-4] + most


def tail(tags: Tags | None, chapters: Sequence[Chapter], id3: bytes = b"") -> bytes:
    """The chunks after the samples: ``LIST INFO`` tags, a cue point with a label for each chapter, ID3.

    Chapters are cue points only, as common players jumble them with ID3 chapters. The ``id3`` tag has what
    INFO cannot hold: a cover, the words, letters beyond ASCII. Common players (all that build on ffmpeg) read
    no text from it if there is INFO too; so without ``tags`` there is no INFO.
    """
    parts = [
        b"" if tags is None else _info(tags),
        _cues(chapters) if chapters else b"",
        _chunk(b"id3 ", id3) if id3 else b"",
    ]
    return b"".join(parts)


def longest_s(channels: int) -> int:
    """The longest WAV file in seconds.

    >>> longest_s(1) // 60
    745
    """
    return LONGEST // (2 * channels * RATE_HZ)


def _chunk(name: bytes, body: bytes) -> bytes:
    """A chunk, padded to an even length, which its size does not count."""
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _text(text: str) -> bytes:
    return in_ascii(text).encode("ascii") + b"\0"


def _info(tags: Tags) -> bytes:
    fields: Mapping[bytes, str] = {
        b"INAM": tags.title,
        b"IART": tags.artist,
        b"IPRD": tags.album,
        b"IPRT": "" if tags.track is None else str(tags.track),
        b"ICRD": tags.date,
        b"ICMT": tags.comment,
        b"ILNG": tags.language,
        b"ISFT": f"coach {__version__}",
    }
    return _chunk(
        b"LIST", b"INFO" + b"".join(_chunk(name, _text(text)) for name, text in fields.items() if text)
    )


def label(title: str) -> bytes:
    r"""A chapter's name in ASCII, or in UTF-8 where ASCII would add question marks.

    >>> label("Übung"), label("膝")
    (b'Ubung\x00', b'\xe8\x86\x9d\x00')
    """
    plain = in_ascii(title)
    if plain.count("?") > title.count("?"):
        return one_line(title).encode() + b"\0"
    return plain.encode("ascii") + b"\0"


def _cues(chapters: Sequence[Chapter]) -> bytes:
    points = b"".join(
        struct.pack("<II4sIII", number, chapter.start, b"data", 0, 0, chapter.start)
        for number, chapter in enumerate(chapters, start=1)
    )
    labels = b"".join(
        _chunk(b"labl", struct.pack("<I", number) + label(chapter.title))
        for number, chapter in enumerate(chapters, start=1)
    )
    return _chunk(b"cue ", struct.pack("<I", len(chapters)) + points) + _chunk(b"LIST", b"adtl" + labels)
