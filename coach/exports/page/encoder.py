"""The encoder of a page for a phone's browser, which contains the sound, the words and the controls.

The sound is MP3, which every browser plays: at a constant rate all of its frames have the same length, so
that a browser finds any moment by arithmetic. The Info frame is left out: it has an index of a hundred
positions and the encoder's delay, and a browser that uses them seeks less exactly (``docs/page.md`` has the
figures).

The MP3 is in the page as base64, in blocks that ``page.js`` decodes one by one: so neither this encoder nor
the phone needs memory for more than one block besides the sound itself.
"""

import base64
import hashlib
import json
import re
import struct
from typing import Any

from coach.errors import DiskError
from coach.exports import lame
from coach.exports.encoded import Encoder
from coach.exports.lame import FRAME_SIZE
from coach.exports.libsndfile import mp3_sound
from coach.exports.metadata import Metadata
from coach.exports.tags.taggers import RewritableFile
from coach.folders import PACKAGE, REINSTALL
from coach.language.level import Level
from coach.session.timeline import RATE_HZ
from coach.session.words.interface import words_for
from coach.text import one_line

DELAY = lame.DELAY + 529
"""Samples before the sound: those that LAME adds, and those that every decoder adds. Without an Info frame
browsers play them, and the page adds them to its times."""

BLOCK_SIZE = 3 * 2**16
"""Bytes of MP3 in one block of base64, a multiple of three, so that only the last block is padded."""

_OPENING = '<script type="text/plain" class="sound">'
_CLOSING = "</script>\n"
_SLOT = re.compile(r"\{\{(\w+)\}\}")
_IN_JSON = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&"}
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def page_encoder(file: RewritableFile, metadata: Metadata) -> Encoder:
    """Encode MP3 without a tag, and write a page around its frames.

    Raises
    ------
    DiskError
        If the page's own files are missing.
    """
    return mp3_sound(_PageTagger(file, metadata), metadata)


class _PageTagger:
    """Leaves the Info frame out of an MP3, and writes the other frames into a page; see `Tagger`."""

    def __init__(self, file: RewritableFile, metadata: Metadata) -> None:
        self._file = file
        self._held = bytearray()
        self._size = 0
        file.write(page_head(metadata).encode("utf-8", "replace"))

    def take(self, data: bytes, at: int) -> None:
        """See `Tagger.take`; only the Info frame is ever replaced."""
        sound = data[max(0, FRAME_SIZE - at) :]
        self._held += sound
        self._size += len(sound)
        while len(self._held) >= BLOCK_SIZE:
            self._pass_on()

    def finish(self) -> None:
        """Write the last block and the end of the page."""
        if self._held:
            self._pass_on()
        self._file.write(page_end(self._size).encode())

    def _pass_on(self) -> None:
        block = base64.b64encode(self._held[:BLOCK_SIZE])
        del self._held[:BLOCK_SIZE]
        self._file.write(b"".join((_OPENING.encode(), block, _CLOSING.encode())))


def page_head(metadata: Metadata) -> str:
    """Make the page up to the first block of sound.

    Raises
    ------
    DiskError
        If the page's own files are missing.
    """
    style, script = _own("page.css"), _own("page.js")
    picture, kind, sizes = _icon(metadata.cover)
    words = words_for(metadata.language)
    slots = {name: text.translate(_IN_TEXT) for name, text in words.PAGE.items()} | {
        "lang": words.LANGUAGE,
        "policy": _policy(style, script),
        "title": (one_line(metadata.title) or words.NO_NAME).translate(_IN_TEXT),
        "icon": f"data:{kind};base64,{base64.b64encode(picture).decode()}",
        "kind": kind,
        "sizes": sizes,
        "style": style,
        "about": page_data(metadata),
        "texts": page_texts(metadata),
        "script": script,
    }
    return _SLOT.sub(lambda slot: slots[slot[1]], _own("page.html"))


def page_end(size: int) -> str:
    """Make the page after the last block; by ``size``, the bytes of sound, it notices if some are missing."""
    return f'<script type="application/json" id="whole">{{"bytes":{size}}}</script>\n</body>\n</html>\n'


def page_data(metadata: Metadata) -> str:
    r"""Make the page's data of its session, as JSON that is safe within a script element.

    Times are frames. ``id`` is a hash of all the rest.

    >>> from coach.session.timeline import Frames
    >>> page_data(Metadata(title="</script>", length=Frames(1)))[:30]
    '{"title":"\\u003c/script\\u003e"'
    """
    known = {
        "title": one_line(metadata.title) or words_for(metadata.language).NO_NAME,
        "artist": metadata.artist,
        "album": metadata.album,
        "language": metadata.language,
        "rate": RATE_HZ,
        "length": metadata.length,
        "delay": DELAY,
        "chapters": [[chapter.start, chapter.title] for chapter in metadata.chapters],
        "words": [
            [words.start, words.end, words.text, words.set, words.sets, words.side, words.rep, words.reps]
            for words in metadata.captions
        ],
    }
    own = hashlib.sha256(_json(known).encode()).hexdigest()[:16]
    return _json({**known, "id": own}).translate(_IN_JSON)


def page_texts(metadata: Metadata) -> str:
    """Make the coach's own words for the page's script, in its session's language, as such JSON."""
    words = words_for(metadata.language)
    minutes = max(1, int((metadata.length + DELAY) / RATE_HZ / 60 + 0.5))
    level = Level(metadata.level) if metadata.level in set(Level) else None
    return _json({**words.PAGE, "summary": words.summary(minutes, level)}).translate(_IN_JSON)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def _policy(style: str, script: str) -> str:
    """The Content-Security-Policy: the browser may run this script, use this style and play this sound."""
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
    """The picture for the lock screen, its media type and its size: the cover, or else the page's own."""
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
