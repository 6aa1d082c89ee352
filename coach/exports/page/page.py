"""A session as one page for a phone's browser: the sound, the words and what steers it, in one file.

The sound is the MP3 of `coach.exports.libsndfile`, which every browser plays: at a constant rate all of its
frames have the same length, so that a browser finds any moment by arithmetic. What stands before the frames
in an MP3 file is left out. LAME's header has an index of a hundred places and the encoder's delay, and a
browser that goes by them lands further off (``docs/page.md`` has the figures); the tags are in the page.

The MP3 stands in the page as base64, in blocks that the page takes apart one by one (``page.js``):
no more than a block is ever held here, and no second copy on the phone.
"""

import base64
import hashlib
import json
import re
import struct
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.errors import DiskError
from coach.exports import lame
from coach.exports.encoded import EncodedFile, Encoder
from coach.exports.lame import FRAME_SIZE
from coach.exports.libsndfile import MP3, SoundEncoder
from coach.exports.metadata import About
from coach.exports.streams import Bytes, Mp3Stream
from coach.exports.tags import id3
from coach.folders import PACKAGE, REINSTALL
from coach.session.timeline import RATE_HZ
from coach.text import one_line
from coach.whole import WholeFile

DELAY = lame.DELAY + 529
"""Samples before the sound: those that LAME puts there, and those that every decoder adds. Where no header
says so, nobody leaves them out, and the page counts them in."""

BLOCK_SIZE = 3 * 2**16
"""Bytes of MP3 in one block of base64. Three bytes are four letters: only the last block is padded."""

NO_NAME = "A session"

_OPENING = '<script type="text/plain" class="sound">'
_CLOSING = "</script>\n"
_SLOT = re.compile(r"\{\{(\w+)\}\}")
_IN_JSON = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&"}
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class PageFile(EncodedFile):
    """A page with the session in it: a sink as `EncodedFile` is, whole or not there."""

    def __init__(self, path: Path, *, about: About, force: bool = False) -> None:
        super().__init__(path, about=about, opened=PageEncoder, force=force)


class PageEncoder:
    """The MP3 encoder, with a page around its frames, as a `coach.exports.encoded.Encoder`.

    Raises
    ------
    DiskError
        If coach's own files are missing.
    """

    def __init__(self, file: WholeFile, about: About) -> None:
        untagged = About(title="", length=about.length, start=about.start)
        self._sound = _Sound(file, skipped=len(id3.tag(untagged)) + FRAME_SIZE)
        file.write(opening(about).encode("utf-8", "replace"))
        self._encoder: Encoder = (
            lame.LameEncoder(self._sound, untagged)
            if lame.is_here()
            else SoundEncoder(self._sound, untagged, format_=MP3, stream=Mp3Stream)
        )
        self._file = file

    def encode(self, block: NDArray[np.float32], at: int) -> None:
        """See `coach.exports.encoded.Encoder.encode`."""
        self._encoder.encode(block, at)

    def finish(self) -> None:
        """See `coach.exports.encoded.Encoder.finish`."""
        self._encoder.finish()
        self._file.write(closing(self._sound.finish()).encode())

    def abandon(self) -> None:
        """See `coach.exports.encoded.Encoder.abandon`."""
        self._encoder.abandon()


class _Sound:
    """An MP3 file as the encoder writes it: its frames go to the page in blocks, the rest is let go."""

    def __init__(self, file: Bytes, *, skipped: int) -> None:
        self._file = file
        self._to_skip = skipped
        self._held = bytearray()
        self._size = 0

    def write(self, data: bytes | memoryview) -> None:
        """See `coach.exports.streams.Bytes.write`."""
        sound = data[self._to_skip :]
        self._to_skip -= len(data) - len(sound)
        self._held += sound
        self._size += len(sound)
        while len(self._held) >= BLOCK_SIZE:
            self._pass_on()

    def rewrite(self, data: bytes, at: int) -> None:
        """See `coach.exports.streams.Bytes.rewrite`: nothing, as only LAME's header is written again."""

    def finish(self) -> int:
        """Write what is left; how many bytes of frames there were."""
        if self._held:
            self._pass_on()
        return self._size

    def _pass_on(self) -> None:
        block = base64.b64encode(self._held[:BLOCK_SIZE])
        del self._held[:BLOCK_SIZE]
        self._file.write(b"".join((_OPENING.encode(), block, _CLOSING.encode())))


def opening(about: About) -> str:
    """The page up to the first block of sound.

    Raises
    ------
    DiskError
        Where coach's own files are missing.
    """
    style, script = _own("page.css"), _own("page.js")
    picture, kind, sizes = _icon(about.cover)
    slots = {
        "policy": _policy(style, script),
        "title": (one_line(about.title) or NO_NAME).translate(_IN_TEXT),
        "icon": f"data:{kind};base64,{base64.b64encode(picture).decode()}",
        "kind": kind,
        "sizes": sizes,
        "style": style,
        "about": told(about),
        "script": script,
    }
    return _SLOT.sub(lambda slot: slots[slot[1]], _own("page.html"))


def closing(size: int) -> str:
    """The page after the last block: how many bytes of sound it has, so that it knows if some are missing."""
    return f'<script type="application/json" id="whole">{{"bytes":{size}}}</script>\n</body>\n</html>\n'


def told(about: About) -> str:
    r"""What the page knows of its session, as JSON that may stand within a script element.

    ``id`` is the session's own: it changes with any word, title or time. Times are frames.

    >>> from coach.session.timeline import Frames
    >>> told(About(title="</script>", length=Frames(1)))[:30]
    '{"title":"\\u003c/script\\u003e"'
    """
    known = {
        "title": one_line(about.title) or NO_NAME,
        "artist": about.artist,
        "album": about.album,
        "language": about.language,
        "level": about.level,
        "rate": RATE_HZ,
        "length": about.length,
        "delay": DELAY,
        "chapters": [[chapter.start, chapter.title] for chapter in about.chapters],
        "words": [
            [words.start, words.end, words.text, words.set, words.sets, words.side, words.rep, words.reps]
            for words in about.words
        ],
    }
    own = hashlib.sha256(_json(known).encode()).hexdigest()[:16]
    return _json({**known, "id": own}).translate(_IN_JSON)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _policy(style: str, script: str) -> str:
    """What a browser may do with the page: run this script, use this style, play this sound; nothing else."""
    allowed = (
        "default-src 'none'",
        f"script-src {_hash(script)}",
        f"style-src {_hash(style)}",
        "img-src data:",
        "media-src blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
    return "; ".join(allowed)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _icon(cover: bytes) -> tuple[bytes, str, str]:
    """The picture for the lock screen with its media type and its size: the cover, or else the page's own."""
    if not cover:
        return _own("icon.svg").encode(), "image/svg+xml", "any"
    wide, tall = struct.unpack(">II", cover[16:24])
    return cover, "image/png", f"{wide}x{tall}"


def _own(name: str) -> str:
    path = PACKAGE / "exports" / "page" / name
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise DiskError(f"The page's {path} cannot be read: {error.strerror}.", REINSTALL) from error
