"""Music from a file for the bed: read from any frame on, at the bed's level, looped without an end."""

import math
import os
import stat
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Self

import numpy as np
import soundfile
import soxr  # type: ignore[import-untyped]
from numpy.typing import NDArray

from coach.disk_cache import DiskCache, key
from coach.errors import CoachError, DiskError, UsageError
from coach.session.timeline import RATE_HZ, frames
from coach.sound.loudness import OFFSET_DB, integrated_lufs, k_mean_squares
from coach.sound.music_bed import BED_LUFS, HOP, MARGIN, steadied
from coach.sound.music_damage import broken_off, music_damage
from coach.stderr import discard_library_messages
from coach.text import clock

Samples = NDArray[np.float32]

SEGMENT = 40 * HOP
"""Frames produced at a time, 4 s: a frame depends on its segment only, never on the order of reading."""

KEPT_SEGMENTS = 3
"""Size of the cache: the segments being played and written ahead, and one for the crossfade of the loop."""

CROSSFADE = frames(4.0)
"""Crossfade from the music's end to its beginning, if the music is at least twice as long."""

SHORTEST_S = 1.0
LOWEST_HZ, HIGHEST_HZ = 4_000, 768_000

_BLOCK_VALUES = 1 << 18
"""Samples of all channels that are read at a time: a megabyte."""

_AROUND_S = 0.05
"""More than a resampler looks around it, at any rate."""

_EDGE_BELOW_LU = 50.0
"""Level below the whole file's at which sound at either end counts as silence and is trimmed."""

_WORTH_CACHING_S = 20.0
"""A measurement is cached for longer music: a few milliseconds are not worth a file."""

_CACHED = struct.Struct("<qqd")

_MP3_GUESSES = 0.95
"""An MP3 file that does not say how long it is may be so much shorter than its first frames promise."""

_UNKNOWN_FRAMES = 1 << 48
"""A FLAC file that does not say how long it is counts as endless."""

_FORMAT = 2

_AGAIN = "copy it again, or choose another"

READABLE = "coach reads WAV, FLAC, OGG and MP3: convert it into one of them, or choose another"


@dataclass(frozen=True, slots=True)
class Measurement:
    """The audible range of a file, ``[start, end)`` in its own frames, and its loudness.

    ``damage`` says what is missing of it, "" if nothing is.
    """

    start: int
    end: int
    lufs: float
    damage: str = ""


class MusicFile:
    """Music as `coach.sound.music_bed.Music`, read a segment at a time; a context manager.

    An hour of it takes as little memory as a minute. What sounds at a frame depends on the frame alone, not
    on what was read before. The file's channels are mixed into one. It is as loud as `BED_LUFS`, its loudest
    parts are held back, and its end goes over into its beginning.

    With a ``gain_db`` below 0 it is so much softer: as much as the speech is, if that is made softer.

    The first time, the whole file is read to measure its loudness, which is cached (`coach.disk_cache`).
    ``progress`` is told how much of it has been read, from 0 to 1. What can be read of a file that is cut
    short or damaged is played, and ``notes`` say where it is. If the file fails later, as the disk was taken
    out, `read` raises; where ``tell`` is given, it is told once instead, and there is silence.

    Raises
    ------
    UsageError
        If there is no such file, or it is no music.
    DiskError
        If the system does not let us read it.
    ValueError
        If ``gain_db`` is above 0: the peaks of a louder bed would lift the mix above its bound.
    """

    def __init__(
        self,
        path: Path,
        *,
        gain_db: float = 0.0,
        progress: Callable[[float], None] | None = None,
        tell: Callable[[CoachError], None] | None = None,
    ) -> None:
        if gain_db > 0:
            raise ValueError(f"a bed cannot be {gain_db} dB louder than it has to be")
        self.path = path
        self._softer = np.float32(10 ** (gain_db / 20))
        self._tell = tell
        self._has_failed = False
        about = _about(path)
        self._file = _opened(path)
        try:
            self._measured = _measured(path, about, self._file, progress)
        except BaseException:
            self._file.close()
            raise
        self.notes: tuple[str, ...] = ()
        if damage := self._measured.damage:
            self.notes = (f"{path} {damage}. What can be read of it is played: {_AGAIN}.",)
            self._open_again()
        self._source_hz: int = self._file.samplerate
        unit_hz = math.gcd(self._source_hz, RATE_HZ)
        self._source_unit, self._unit = self._source_hz // unit_hz, RATE_HZ // unit_hz
        self._length: int = (self._measured.end - self._measured.start) * RATE_HZ // self._source_hz
        self._crossfade: int = min(CROSSFADE, self._length // 2)
        self._gain = np.float32(10 ** ((BED_LUFS - self._measured.lufs) / 20))
        self._segments = lru_cache(KEPT_SEGMENTS)(self._steady_segment)
        self._parts = lru_cache(KEPT_SEGMENTS)(self._file_segment)

    def _open_again(self) -> None:
        """Open the file anew: a decoder that met damage finds no place any more."""
        self._file.close()
        self._file = _opened(self.path)

    def __enter__(self) -> Self:
        """It is open already."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; nothing more can be read."""
        self._file.close()

    @property
    def lufs(self) -> float:
        """The loudness of the file, as plain mono."""
        return self._measured.lufs

    @property
    def length(self) -> int:
        """The frames of the music, once, at 48 kHz."""
        return self._length

    @property
    def period(self) -> int:
        """After so many frames the music begins anew."""
        return self._length - self._crossfade

    def read(self, start: int, count: int) -> Samples:
        """The frames ``[start, start + count)``, shape (count,)."""
        return _joined(self._segments, SEGMENT, start, count)

    # Steady, without an end

    def _steady_segment(self, index: int) -> Samples:
        if self._has_failed:
            return np.zeros(SEGMENT, np.float32)
        try:
            looped = self._looped(index * SEGMENT - MARGIN, SEGMENT + 2 * MARGIN)
            return steadied(looped) * self._softer
        except CoachError as error:
            if self._tell is None:
                raise
            self._has_failed = True
            self._tell(error)
            return np.zeros(SEGMENT, np.float32)

    def _looped(self, start: int, count: int) -> Samples:
        """The looped music; silence before its beginning."""
        looped = np.zeros(count, np.float32)
        done = max(0, -start)
        while done < count:
            turn, at = divmod(start + done, self.period)
            some = min(count - done, self.period - at)
            looped[done : done + some] = self._part(at, some)
            ends = min(some, self._crossfade - at)
            if turn and ends > 0:
                quarter = np.pi / 2 * (np.arange(at, at + ends) + 0.5) / self._crossfade
                looped[done : done + ends] *= np.sin(quarter)
                looped[done : done + ends] += self._part(self.period + at, ends) * np.cos(quarter)
            done += some
        return looped

    # The file

    @property
    def _part_length(self) -> int:
        """Frames of a part of the file at 48 kHz: about as many as a segment, of whole frames of the file."""
        return -(-SEGMENT // self._unit) * self._unit

    def _part(self, start: int, count: int) -> Samples:
        """The frames ``[start, start + count)`` of the file at 48 kHz."""
        return _joined(self._parts, self._part_length, start, count)

    def _file_segment(self, index: int) -> Samples:
        around = math.ceil(_AROUND_S * RATE_HZ / self._unit)  # units
        units = self._part_length // self._unit
        first = self._measured.start + (index * units - around) * self._source_unit
        source = self._source(first, (units + 2 * around) * self._source_unit)
        if self._source_hz != RATE_HZ:
            source = soxr.resample(source, self._source_hz, RATE_HZ, quality="HQ")
        part: Samples = np.zeros(self._part_length, np.float32)
        found = source[around * self._unit :][: self._part_length]
        part[: len(found)] = found * self._gain
        return part

    def _source(self, first: int, count: int) -> Samples:
        """Read frames of the file from ``first`` on, mixed into one channel; silence outside of it."""
        source = np.zeros(count, np.float32)
        done = max(0, -first)
        step = max(1, _BLOCK_VALUES // self._file.channels)
        last = min(count, self._measured.end - first) if self.notes else count  # damage may lie beyond
        try:
            if first + done < self._file.frames:
                self._file.seek(first + done)
            while done < last:
                block = _next_block(self._file, min(step, last - done))
                if not len(block):
                    break
                source[done : done + len(block)] = _mono(block)
                done += len(block)
        except (OSError, RuntimeError) as error:
            if self.notes:
                self._open_again()
                return source
            where = clock(max(0, first) / self._file.samplerate)
            raise DiskError(
                f"{self.path} cannot be read any more, at {where}: {error}", "is its disk still there?"
            ) from error
        return source


def _joined(parts: Callable[[int], Samples], length: int, start: int, count: int) -> Samples:
    joined = np.empty(count, np.float32)
    done = 0
    while done < count:
        index, at = divmod(start + done, length)
        some = min(count - done, length - at)
        joined[done : done + some] = parts(index)[at : at + some]
        done += some
    return joined


# What is known of a file


def _about(path: Path) -> os.stat_result:
    """The status of a regular file that can be read; anything else is refused before it is opened."""
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise UsageError(f"{path} is a folder, no music", "name a file in it")
        if not stat.S_ISREG(about.st_mode):
            raise UsageError(f"{path} is a device or the like, no music", "name a file")
        if not about.st_size:
            raise UsageError(f"{path} is empty", _AGAIN)
        with path.open("rb"):
            return about
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(f"there is no music {path}", "is the name spelt as the file is?") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise DiskError(f"{path} cannot be read: {why}", "choose another, or make it readable") from error


def _opened(path: Path) -> soundfile.SoundFile:
    try:
        with discard_library_messages():  # its MP3 part has opinions
            file = soundfile.SoundFile(path)
    except (OSError, RuntimeError, TypeError, ValueError) as error:
        raise UsageError(f"{path} is no music that coach can read", READABLE) from error
    if not LOWEST_HZ <= file.samplerate <= HIGHEST_HZ:
        file.close()
        raise UsageError(f"{path} has {file.samplerate} samples a second: that is no music", READABLE)
    return file


def _measured(
    path: Path, about: os.stat_result, file: soundfile.SoundFile, progress: Callable[[float], None] | None
) -> Measurement:
    """Return the loudness and the audible range of a file: from the cache, or measured now."""
    cache = DiskCache()
    digest = key("music", _FORMAT, str(path.resolve()), about.st_size, about.st_mtime_ns)
    if cached := cache.read(digest):
        found = Measurement(*_CACHED.unpack(cached[1]))
        if found.end <= file.frames:
            return found
    measured = _measure(path, file, progress)
    if file.frames / file.samplerate > _WORTH_CACHING_S and not measured.damage:
        cache.write(digest, _CACHED.pack(measured.start, measured.end, measured.lufs))
    return measured


def _measure(
    path: Path, file: soundfile.SoundFile, progress: Callable[[float], None] | None = None
) -> Measurement:
    """Read the whole file once, and measure it."""
    hop = file.samplerate // 10
    step = max(1, _BLOCK_VALUES // file.channels // hop) * hop
    powers: list[NDArray[np.float64]] = []
    length = 0
    damage = ""
    try:
        damage = music_damage(path, file.samplerate)
        file.seek(0)
        while len(block := _next_block(file, step)):
            mono = _mono(block)
            if not np.isfinite(mono).all():
                raise _no_numbers(path, (length + int(np.argmin(np.isfinite(mono)))) / file.samplerate)
            whole = len(mono) // hop * hop
            powers.append(k_mean_squares(mono[:whole].reshape(-1, hop), file.samplerate))
            length += len(mono)
            if progress is not None:
                progress(min(1.0, length / max(1, file.frames)))
    except (OSError, RuntimeError):
        damage = _broken_off(length, file)
    promised = file.frames if file.frames < _UNKNOWN_FRAMES else 0
    if length < promised * (_MP3_GUESSES if file.format == "MP3" else 1.0):
        damage = damage or _broken_off(length, file)
    hops = np.concatenate([*powers, np.zeros(0)])
    lufs = integrated_lufs(hops)
    if math.isinf(lufs):
        if length < SHORTEST_S * file.samplerate:
            raise _too_short(path, length / file.samplerate, damage)
        mixed = ", once its channels are mixed into one" if file.channels > 1 else ""
        raise UsageError(f"{path} is silent{mixed}", "choose another, or play it to hear whether it is whole")
    sound = np.flatnonzero(hops > 10 ** ((lufs - _EDGE_BELOW_LU - OFFSET_DB) / 10))
    first, last = int(sound[0]), int(sound[-1])
    start, end = first * hop, length if last == len(hops) - 1 else (last + 1) * hop
    if end - start < SHORTEST_S * file.samplerate:
        raise _too_short(path, (end - start) / file.samplerate, damage)
    return Measurement(start, end, lufs, damage)


def _next_block(file: soundfile.SoundFile, count: int) -> Samples:
    with discard_library_messages():
        return np.asarray(file.read(count, dtype="float32", always_2d=True))


def _mono(block: Samples) -> Samples:
    return block[:, 0] if block.shape[1] == 1 else block.mean(axis=1, dtype=np.float32)


def _no_numbers(path: Path, at_s: float) -> UsageError:
    return UsageError(f"{path} has samples that are no numbers, the first at {clock(at_s)}", READABLE)


def _broken_off(length: int, file: soundfile.SoundFile) -> str:
    of_s = file.frames / file.samplerate if file.frames < _UNKNOWN_FRAMES else None
    return broken_off(length / file.samplerate, of_s)


def _too_short(path: Path, length_s: float, damage: str) -> UsageError:
    if damage:
        return UsageError(f"{path} {damage}: too short for music", _AGAIN)
    return UsageError(
        f"{path} is too short for music: {length_s:.1f} s of sound",
        f"choose one of {SHORTEST_S:.0f} s at least",
    )
