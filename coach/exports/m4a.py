"""The encoder of M4A: AAC in MP4 with title, cover, chapters and words, by PyAV, of the extra ``phone``."""

from fractions import Fraction
from typing import Any

from coach import __version__
from coach.exports.captions import plain_text
from coach.exports.metadata import Metadata
from coach.exports.pyav import PyavEncoder, Recipe
from coach.exports.tags.fields import Picture, cover_of, three_letters, track_of
from coach.exports.tags.taggers import PrefixTagger, RewritableFile
from coach.session.timeline import RATE_HZ
from coach.text import cut, one_line, utf8_size

AAC = Recipe(
    container="mp4",
    codec="aac",
    sample_format="fltp",
    bits=96_000,
    codec_options={"aac_coder": "fast"},
    container_options={"brand": "M4A ", "movie_timescale": str(RATE_HZ)},
)
"""Apple's brand of MP4, with a time scale of frames, so that chapters are exact."""

CHAPTER_BYTES = 127
"""The longest title of a chapter in UTF-8. Nero's list counts its bytes in one byte, which some readers take
to be signed; the muxer cuts at 255, even in the middle of a character."""


def m4a_encoder(file: RewritableFile, metadata: Metadata) -> PyavEncoder:
    """Encode AAC in MP4 with tags, chapters as QuickTime's text track and as Nero's list, and the cover.

    Unlike other formats it needs a little memory for every second: the muxer writes its index at the end.

    Raises
    ------
    UsageError
        If the extra is not installed.
    """
    picture = cover_of(metadata)
    encoder = PyavEncoder(PrefixTagger(file, b""), AAC)
    encoder.sound.metadata["language"] = three_letters(metadata.language)
    encoder.container.metadata.update(_tags(metadata))
    encoder.container.set_chapters(_chapters(metadata))
    if picture is not None:
        _add_cover(picture, encoder.container)
    return encoder


def _add_cover(picture: Picture, container: Any) -> None:
    from av import Packet  # noqa: PLC0415 - from an extra
    from av.stream import Disposition  # noqa: PLC0415 - from an extra

    stream = container.add_mux_stream("png", width=picture.width, height=picture.height)
    stream.disposition = Disposition.attached_pic
    packet = Packet(picture.data)
    packet.stream = stream
    packet.pts = packet.dts = 0
    container.mux(packet)


def _tags(metadata: Metadata) -> dict[str, str]:
    """The tags that are not empty, under ffmpeg's names."""
    tags = {
        "title": one_line(metadata.title),
        "artist": one_line(metadata.artist),
        "album": one_line(metadata.album),
        "track": track_of(metadata),
        "date": metadata.date,
        "lyrics": plain_text(metadata),
        "encoding_tool": f"coach {__version__}",
    }
    return {name: text for name, text in tags.items() if text}


def _chapters(metadata: Metadata) -> list[Any]:
    """The chapters as PyAV takes them, each up to the start of the next."""
    if not metadata.chapters:
        return []
    ends = [*(chapter.start for chapter in metadata.chapters[1:]), metadata.length]
    return [
        {
            "id": number,
            "start": chapter.start,
            "end": end,
            "time_base": Fraction(1, RATE_HZ),
            "metadata": {"title": cut(one_line(chapter.title), CHAPTER_BYTES, utf8_size)},
        }
        for number, (chapter, end) in enumerate(zip(metadata.chapters, ends, strict=True))
    ]
