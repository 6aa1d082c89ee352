"""A session as M4A: AAC in MP4 with title, cover, chapters and words, by PyAV. Needs the extra ``phone``."""

from fractions import Fraction
from io import SEEK_CUR, SEEK_END, SEEK_SET
from pathlib import Path
from typing import Any

from coach import __version__
from coach.exports.captions import plain_text
from coach.exports.encoded import EncodedFile
from coach.exports.metadata import About
from coach.exports.pyav import PyavEncoder, Recipe
from coach.exports.tags.pictures_and_text import (
    Picture,
    picture_of,
    three_letters,
    track_of,
)
from coach.session.timeline import RATE_HZ
from coach.text import cut, one_line, utf8_size
from coach.whole import WholeFile

AAC = Recipe(
    container="mp4",
    codec="aac",
    sample_format="fltp",
    bits=96_000,
    codec_options={"aac_coder": "fast"},
    container_options={"brand": "M4A ", "movie_timescale": str(RATE_HZ)},
)
"""Apple's brand of MP4, in which a time is a frame: chapters are exact."""

CHAPTER_BYTES = 127
"""Of a chapter's title in UTF-8. Nero's list counts it in one byte, which some readers take to be signed; the
muxer cuts at 255, in the middle of a character if need be."""


class M4aFile(EncodedFile):
    """AAC in MP4, with chapters as QuickTime's text track and as Nero's list.

    Unlike the other files it needs a little memory for every second: the muxer writes its index at the end.
    """

    def __init__(self, path: Path, *, about: About, force: bool = False) -> None:
        super().__init__(path, about=about, opened=aac_encoder, force=force)


class _Place:
    """A `WholeFile` as PyAV writes to it: it goes back to fill in lengths."""

    def __init__(self, file: WholeFile) -> None:
        self._file = file
        self._at = 0
        self._end = 0

    def write(self, data: bytes) -> int:
        """Write at the current place, over what stands there, then go on at the end."""
        if self._at == self._end:
            self._file.write(data)
            self._end += len(data)
        else:
            inside = data[: self._end - self._at]
            self._file.rewrite(inside, at=self._at)
            self._file.write(data[len(inside) :])
            self._end += len(data) - len(inside)
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        """Go to a place."""
        self._at = {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._end}[whence] + offset
        return self._at

    def tell(self) -> int:
        """The current place."""
        return self._at


def aac_encoder(file: WholeFile, about: About) -> PyavEncoder:
    """What encodes into an open file, its tags, chapters and cover set.

    Raises
    ------
    UsageError
        If the extra is not installed.
    """
    picture = picture_of(about)
    encoder = PyavEncoder(_Place(file), AAC)
    encoder.sound.metadata["language"] = three_letters(about.language)
    encoder.container.metadata.update(_tags(about))
    encoder.container.set_chapters(_chapters(about))
    if picture is not None:
        _put(picture, encoder.container)
    return encoder


def _put(picture: Picture, container: Any) -> None:
    from av import Packet  # noqa: PLC0415 - from an extra
    from av.stream import Disposition  # noqa: PLC0415 - from an extra

    stream = container.add_mux_stream("png", width=picture.width, height=picture.height)
    stream.disposition = Disposition.attached_pic
    packet = Packet(picture.data)
    packet.stream = stream
    packet.pts = packet.dts = 0
    container.mux(packet)


def _tags(about: About) -> dict[str, str]:
    """Title and the like; what is empty is left out. The names are ffmpeg's."""
    tags = {
        "title": one_line(about.title),
        "artist": one_line(about.artist),
        "album": one_line(about.album),
        "track": track_of(about),
        "date": about.date,
        "lyrics": plain_text(about),
        "encoding_tool": f"coach {__version__}",
    }
    return {name: text for name, text in tags.items() if text}


def _chapters(about: About) -> list[Any]:
    """The chapters as PyAV takes them, each up to where the next begins."""
    if not about.chapters:
        return []
    ends = [*(chapter.start for chapter in about.chapters[1:]), about.length]
    return [
        {
            "id": number,
            "start": chapter.start,
            "end": end,
            "time_base": Fraction(1, RATE_HZ),
            "metadata": {"title": cut(one_line(chapter.title), CHAPTER_BYTES, utf8_size)},
        }
        for number, (chapter, end) in enumerate(zip(about.chapters, ends, strict=True))
    ]
