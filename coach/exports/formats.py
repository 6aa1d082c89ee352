"""The formats of sound that a session is written in. Light: the command line needs it for its help."""

from enum import StrEnum


class Format(StrEnum):
    """A format, by the ending of its files."""

    WAV = "wav"
    FLAC = "flac"
    OGG = "ogg"
    OPUS = "opus"
    MP3 = "mp3"
    M4A = "m4a"

    @property
    def ending(self) -> str:
        """With its dot."""
        return f".{self.value}"


PAGE = ".html"
"""A page for a browser, with the sound in it."""

ENDINGS = (*(format_.ending for format_ in Format), PAGE)
