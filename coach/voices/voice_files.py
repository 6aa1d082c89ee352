"""Where the listener's own voices lie."""

from pathlib import Path

STYLES_FOLDER = "kokoro"
"""The styles of Kokoro lie in a folder of this name, the voices of Piper beside it."""


def voices_folder() -> Path:
    """The folder of the listener's own voices: ``voices`` in the folder of coach's data."""
    from coach.folders import data_folder  # noqa: PLC0415 - of use only here, with_home

    return data_folder() / "voices"


def own_models() -> dict[str, Path]:
    """The listener's own Piper voices by name."""
    return {path.stem: path for path in sorted(voices_folder().glob("*.onnx"))}


def own_styles() -> dict[str, Path]:
    """The listener's own styles of Kokoro by name."""
    return {path.stem: path for path in sorted((voices_folder() / STYLES_FOLDER).glob("*.bin"))}
