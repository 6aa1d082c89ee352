"""Read the coach's tones from its own folder."""

import wave
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from coach.errors import DiskError
from coach.folders import REINSTALL, sounds_folder
from coach.language.model import Sound
from coach.session.timeline import RATE_HZ


def tones(*, low: bool = False) -> Mapping[Sound, NDArray[np.int16]]:
    """Read every tone as read-only 16-bit samples at `RATE_HZ`, shape (frames,), once a process.

    Those that are ``low`` last as long and are as loud, with fundamentals from 500 to 1,010 Hz.

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
