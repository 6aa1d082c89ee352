"""What comes with coach: its script sheets and its tones, wherever coach is installed."""

from __future__ import annotations

import wave
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from coach.core.script import Sound
from coach.core.timeline import RATE_HZ
from coach.errors import DiskError

if TYPE_CHECKING:  # numpy takes longer to load than everything else here, and the folders need none of it
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

PACKAGE = Path(__file__).resolve().parent

REINSTALL = "Install coach again: its own files are damaged."


def _folder(name: str) -> Path:
    """A wheel carries its data inside the package; a checkout, also an editable install, has it beside."""
    for place in (PACKAGE, PACKAGE.parent):
        folder = place / name
        if folder.is_dir():
            return folder
    raise DiskError(f"There is no folder {name!r} in {PACKAGE} or beside it.", REINSTALL)


def scripts_folder() -> Path:
    """The folder of script sheets that come with coach.

    Raises
    ------
    DiskError
        Where there is none.
    """
    return _folder("scripts")


def sounds_folder() -> Path:
    """The folder of tones, one ``.wav`` for each `Sound`.

    Raises
    ------
    DiskError
        Where there is none.
    """
    return _folder("sounds")


def tones(*, low: bool = False) -> Mapping[Sound, NDArray[np.int16]]:
    """Every tone as read-only 16-bit samples at `RATE_HZ`, shape (frames,); read once a process.

    Those that are ``low`` last as long, a fourth deeper and 3 dB louder.

    Raises
    ------
    DiskError
        Naming the file that is missing, damaged or of another format.
    """
    folder = sounds_folder()
    return _tones_in(folder / "low" if low else folder)


@cache
def _tones_in(folder: Path) -> Mapping[Sound, NDArray[np.int16]]:
    return MappingProxyType({sound: _tone(folder / f"{sound}.wav") for sound in Sound})


def _tone(path: Path) -> NDArray[np.int16]:
    import numpy as np  # noqa: PLC0415

    try:
        with wave.open(str(path), "rb") as reader:
            found = (reader.getframerate(), reader.getnchannels(), 8 * reader.getsampwidth())
            promised = reader.getnframes()
            data = reader.readframes(promised)
    except FileNotFoundError:
        raise DiskError(f"The tone {path} is missing.", REINSTALL) from None
    except OSError as error:
        raise DiskError(f"The tone {path} cannot be read: {error.strerror}.", REINSTALL) from error
    except (wave.Error, EOFError) as error:
        raise DiskError(f"The tone {path} is no sound file: {error}.", REINSTALL) from error
    if found != (RATE_HZ, 1, 16):
        rate_hz, channels, bits = found
        raise DiskError(
            f"The tone {path} has {rate_hz} Hz, {channels} channel(s) and {bits} bits, "
            f"but tones have {RATE_HZ} Hz, 1 channel and 16 bits.",
            REINSTALL,
        )
    if not promised or len(data) != 2 * promised:
        raise DiskError(f"The tone {path} breaks off after {len(data) // 2} of {promised} frames.", REINSTALL)
    return np.frombuffer(data, dtype="<i2").astype(np.int16, copy=False)
