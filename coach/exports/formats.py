"""The file formats of a session. Imports nothing heavy: `coach --help` lists them."""

from enum import StrEnum


class Format(StrEnum):
    """A sound format, named by its file ending."""

    WAV = "wav"
    FLAC = "flac"
    OGG = "ogg"
    OPUS = "opus"
    MP3 = "mp3"
    M4A = "m4a"

    @property
    def ending(self) -> str:
        """The file ending with its dot."""
        return f".{self.value}"


PAGE = ".html"
"""The ending of a page for a browser, which contains the sound."""

ENDINGS = (*(format_.ending for format_ in Format), PAGE)
