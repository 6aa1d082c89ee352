"""A session as one page for a phone's browser: the sound, the words and what steers it, in one file.

The sound is MP3 at a constant bit rate, which every browser plays. At 48 kHz and 64 kb/s each of its frames
has 1,152 samples in 192 bytes, so that a browser finds any moment by arithmetic. LAME puts a header before
them, with an index of a hundred places and its own delay; a browser that goes by it lands further off, so it
is left out (``docs/page.md`` has the figures).

It stands in the page as base64, in blocks that the page takes apart one by one (``coach/web/page.js``): no
more than a block is ever held here, and no second copy on the phone.
"""

import base64
import hashlib
import io
import json
import re
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from coach.assets import PACKAGE, REINSTALL
from coach.core.about import About
from coach.core.timeline import RATE_HZ
from coach.errors import DiskError
from coach.sinks.whole_file import WholeFile

if TYPE_CHECKING:
    import soundfile

COMPRESSION = 0.885
"""What libsndfile makes 64 kb/s of, 0.64 MB of page a minute."""

FRAME_SIZE = 192
"""Bytes of each frame of MP3 at that rate."""

DELAY = 576 + 529
"""Samples of nothing before the sound: the delay of LAME, and that of every decoder. Where LAME's header does
not say so, nobody leaves them out, and the page counts them in."""

MARGIN_DB = -1.5
"""Sessions reach -1.5 dBTP, and encoders at this rate overshoot: -3 dBTP leaves room for it."""

BLOCK_SIZE = 3 * 2**16
"""Bytes of MP3 in one block of base64. Three bytes are four letters: only the last block is padded."""

PIECE = 2**16
"""Frames that the encoder is given at a time."""

NO_NAME = "A session"

_OPENING = '<script type="text/plain" class="sound">'
_CLOSING = "</script>\n"
_SLOT = re.compile(r"\{\{(\w+)\}\}")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f]+")
_IN_JSON = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&"}
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class PageFile:
    """A `Sink` and a context manager: ``with PageFile(path, about=about) as sink: ...``.

    Leaving the block puts the file under its name; leaving it by an exception throws it away, and the name
    keeps what it had (see `WholeFile`). Memory does not grow with the session. Two exports of the same sound
    with the same libsndfile are the same bytes.

    Parameters
    ----------
    path
        Where the file is to be.
    about
        What the page shows and jumps to. Exactly ``about.length`` frames have to be written.
    force
        Replace a file that exists.

    Raises
    ------
    DiskError
        From entering, writing and closing: the name is taken, no room, no permission; coach's own files are
        missing.
    ValueError
        Where more or fewer frames come than were promised, or a block is no sound.
    """

    def __init__(self, path: Path, *, about: About, force: bool = False) -> None:
        self._path = path
        self._about = about
        self._written = 0
        self._mp3 = _Mp3()
        self._encoder: soundfile.SoundFile | None = None
        self._file = WholeFile(path, force=force)

    def __enter__(self) -> Self:
        """Open, and write all that stands before the sound; the name keeps what it has."""
        import soundfile  # noqa: PLC0415 - only those who write a page

        page = opening(self._about).encode("utf-8", "replace")
        self._file.__enter__()
        try:
            self._file.write(page)
            self._encoder = soundfile.SoundFile(
                self._mp3,
                "w",
                samplerate=RATE_HZ,
                channels=1,
                format="MP3",
                subtype="MPEG_LAYER_III",
                compression_level=COMPRESSION,
                bitrate_mode="CONSTANT",
            )
        except BaseException:
            self._file.discard()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, or after an exception throw away."""
        try:
            if kind is None:
                self.close()
        finally:
            self._end()

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        """Append frames; see `Sink.write`. A file has no frames left out: ``at`` is where the last ended."""
        if self._encoder is None:
            raise ValueError(f"{self._path} is not open")
        if block.ndim != 2 or block.shape[1] != 1 or block.dtype != np.float32:
            raise ValueError(f"a block is float32 of shape (frames, 1), not {block.dtype} of {block.shape}")
        if at is not None and at != self._written:
            raise ValueError(f"frame {at} does not follow {self._written} frames")
        if self._written + len(block) > self._about.length:
            raise ValueError(f"{self._written + len(block)} frames were written of {self._about.length}")
        gain = np.float32(10 ** (MARGIN_DB / 20))
        for start in range(0, len(block), PIECE):
            piece = block[start : start + PIECE, 0]
            if not np.abs(piece).max() <= 1:
                raise ValueError("a sample is not in [-1, 1]")
            self._encoder.write(piece * gain)
            self._written += len(piece)
            self._hand_over()

    def drop(self) -> int:
        """0: what was written stays written."""
        return 0

    def close(self) -> None:
        """Put the finished file under its name. Once is enough, a second time does nothing.

        An export that failed is not closed: leave the ``with`` block by its exception instead.
        """
        if self._encoder is None:
            return
        try:
            if self._written != self._about.length:
                raise ValueError(f"only {self._written} frames were written of {self._about.length}")
            self._encoder.close()
            self._hand_over(is_last=True)
            self._file.write(closing(self._mp3.size).encode())
            self._file.keep()
        finally:
            self._end()

    def _end(self) -> None:
        encoder, self._encoder = self._encoder, None
        if encoder is not None:
            encoder.close()
        self._file.discard()

    def _hand_over(self, *, is_last: bool = False) -> None:
        """Write the blocks that are full, and at the end what is left."""
        sound = self._mp3.sound
        while len(sound) >= BLOCK_SIZE or (is_last and sound):
            self._file.write(_block(sound[:BLOCK_SIZE]))
            del sound[:BLOCK_SIZE]


class _Mp3:
    """What the encoder writes to: its header, which it writes again at the end, is let go.

    It only gathers: an exception in here would pass through C code and be lost.
    """

    def __init__(self) -> None:
        self.sound = bytearray()
        """What has not been taken yet."""
        self.size = 0
        """Bytes of sound, those that were taken included."""
        self._at = 0
        self._end = 0

    def write(self, data: Any) -> int:
        """Take bytes."""
        given = bytes(data)
        sound = given[max(0, FRAME_SIZE - self._at) :] if self._at == self._end else b""
        self.sound += sound
        self.size += len(sound)
        self._at += len(given)
        self._end = max(self._end, self._at)
        return len(given)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a byte."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._end}[whence]
        return self._at

    def tell(self) -> int:
        """The byte that is written next."""
        return self._at


def _block(mp3: bytearray) -> bytes:
    return b"".join((_OPENING.encode(), base64.b64encode(mp3), _CLOSING.encode()))


def opening(about: About) -> str:
    """The page up to the first block of sound.

    Raises
    ------
    DiskError
        Where coach's own files are missing.
    """
    style, script = _own("page.css"), _own("page.js")
    slots = {
        "policy": _policy(style, script),
        "title": (_CONTROLS.sub(" ", about.title).strip() or NO_NAME).translate(_IN_TEXT),
        "icon": _icon(about.cover),
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

    >>> from coach.core.timeline import Frames
    >>> told(About(title="</script>", length=Frames(1)))[:53]
    '{"title":"\\u003c/script\\u003e","artist":"coach","album'
    """
    known = {
        "title": _CONTROLS.sub(" ", about.title).strip() or NO_NAME,
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


def _icon(cover: bytes) -> str:
    kind, picture = ("png", cover) if cover else ("svg+xml", _own("icon.svg").encode())
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def _own(name: str) -> str:
    path = PACKAGE / "web" / name
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise DiskError(f"The page's {path} cannot be read: {error.strerror}.", REINSTALL) from error
