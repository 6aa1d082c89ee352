"""The chunks of a WAV file (RIFF) before and after its samples: header, tags, chapters. Bytes only."""

import struct
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from coach import __version__
from coach.exports.metadata import Metadata
from coach.exports.tags import id3
from coach.session.timeline import RATE_HZ, Chapter
from coach.text import PLAIN, one_line

HEAD_SIZE = 44
SAMPLE_SIZE = 2

LONGEST = 2**32 - 1
"""Bytes that a RIFF size can count, after its first eight."""
LONGEST_S = LONGEST // (SAMPLE_SIZE * RATE_HZ)
"""Of the longest WAV file, in seconds."""

_IN_ASCII = (
    PLAIN
    | str.maketrans("øØłŁđĐð", "oOlLdDd")
    | str.maketrans({"ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "þ": "th"})
)


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


def _chunk(name: bytes, body: bytes) -> bytes:
    """A chunk, padded to an even length, which its size does not count."""
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def head(frames: int, tail_size: int) -> bytes:
    """The first `HEAD_SIZE` bytes: RIFF size, format, and the size of the samples.

    >>> head(480, 0)[:4], len(head(480, 0)) == HEAD_SIZE
    (b'RIFF', True)
    """
    size = frames * SAMPLE_SIZE
    form = struct.pack("<HHIIHH", 1, 1, RATE_HZ, RATE_HZ * SAMPLE_SIZE, SAMPLE_SIZE, 8 * SAMPLE_SIZE)
    riff = struct.pack("<4sI4s", b"RIFF", HEAD_SIZE - 8 + size + tail_size, b"WAVE")
    return riff + _chunk(b"fmt ", form) + struct.pack("<4sI", b"data", size)


_ENDLESS = struct.pack("<I", LONGEST)
ENDLESS_HEAD = head(0, 0)[:4] + _ENDLESS + head(0, 0)[8:-4] + _ENDLESS
"""The header of a WAV stream of unknown length: both sizes are the highest number."""


def tail(metadata: Metadata) -> bytes:
    """The chunks after the samples: ``LIST INFO`` tags, a cue point with a label for each chapter, ID3.

    Chapters are cue points only, as common players jumble them with ID3 chapters. The ID3 tag has what INFO
    cannot hold: a cover, the words, letters beyond ASCII. Common players (all that build on ffmpeg) read no
    text from it if there is INFO too; so there is no INFO where it would lose letters.
    """
    is_plain = not has_letters_of_its_own(metadata.title + metadata.artist + metadata.album)
    return b"".join(
        [
            _info(metadata) if is_plain else b"",
            _cues(metadata.chapters) if metadata.chapters else b"",
            _chunk(b"id3 ", id3.tag(replace(metadata, chapters=()))),
        ]
    )


def _info(metadata: Metadata) -> bytes:
    fields = {
        b"INAM": metadata.title,
        b"IART": metadata.artist,
        b"IPRD": metadata.album,
        b"IPRT": str(metadata.track or ""),
        b"ICRD": metadata.date,
        b"ILNG": metadata.language,
        b"ISFT": f"coach {__version__}",
    }
    texts = [_chunk(name, in_ascii(text).encode() + b"\0") for name, text in fields.items() if text]
    return _chunk(b"LIST", b"INFO" + b"".join(texts))


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
