"""Stand-ins that are simple enough to be seen right: sheets as values, clips and tones of known lengths."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from coach.language.dose import Dose
from coach.language.keywords.en import KEYWORDS as ENGLISH
from coach.language.level import Level
from coach.language.model import Direction, Line, Phase, Script, Sound, Wait
from coach.language.problems import Span
from coach.live.playhead import PlayableSession
from coach.session.compile import Laid, compile_chapters, joined
from coach.session.estimate import TONES_S, Estimates
from coach.session.moves import ChapterMoves
from coach.session.options import Options
from coach.session.timeline import Frames, frames
from coach.session.timeline_builder import Sounds
from coach.sheets.by_name import named
from coach.sheets.score import scored
from coach.sound.clip import Clip
from tests.doses import counted

HERE = Span(1)

TONES: Mapping[Sound, Frames] = {sound: frames(seconds) for sound, seconds in TONES_S.items()}

ESTIMATED = Sounds(Estimates(), TONES)


def line(text: str) -> Line:
    return Line(text, HERE)


def wait(seconds: float) -> Wait:
    return Wait(seconds, HERE)


def phase(cue: str, seconds: float, text: str = "", **at_level: float) -> Phase:
    length_s = {level: at_level.get(level, seconds) for level in Level}
    return Phase(cue, length_s, text, HERE, ENGLISH.kind_of(cue))


def curls(
    dose: Dose | None = None,
    *,
    reminders: tuple[Line, ...] | None = None,
    breathing: tuple[Line, ...] | None = None,
) -> Script:
    """Curl 2 s, hold 3 s, lower 3 s, loose 1 s: nine seconds a repetition."""
    phases = (
        phase("curl", 2, "Bring your heels up,"),
        phase("hold", 3, "hold them there,"),
        phase("lower", 3, "and lower them slowly."),
        phase("loose", 1),
    )
    instructions: tuple[Direction, ...] = (line("Lie on your stomach."), wait(5))
    return Script(
        "curls",
        "Curls",
        dict.fromkeys(Level, dose or counted(12, sets=2, rest_s=45)),
        phases,
        instructions,
        cautions=(line("Keep your hips down."),),
        reminders=(line("Are your hips down?"), line("Slow on the way down."))
        if reminders is None
        else reminders,
        if_it_hurts=(line("If it hurts, bend less far, or stop."),),
        breathing=(line("Breathe out as you curl."),) if breathing is None else breathing,
        brief=(line("Heels up, hold, and lower."),),
    )


def noise_clip(seconds: float, seed: int = 1, onset: int = 0) -> Clip:
    """A clip of noise, half of full scale."""
    samples = np.random.default_rng(seed).integers(-16_000, 16_000, frames(seconds)).astype(np.int16)
    return Clip(samples, Frames(onset))


class NoiseClips(Mapping[str, Clip]):
    """A clip of noise for every text but those in ``missing``, as long as its estimate."""

    def __init__(self, missing: frozenset[str] = frozenset()) -> None:
        self._missing = missing | {""}

    def __getitem__(self, text: str) -> Clip:
        if text in self._missing:
            raise KeyError(text)
        return Clip(_noise(text, Estimates()[text].length), Frames(0))

    def __contains__(self, text: object) -> bool:
        return text not in self._missing

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


_NOISE = np.random.default_rng(7).integers(1, 16_000, frames(60)).astype(np.int16)


def _noise(name: str, length: int) -> NDArray[np.int16]:
    """Samples that are never zero, and others for every name: a piece of one long noise."""
    start = crc32(name.encode()) % (len(_NOISE) - length)
    return _NOISE[start : start + length]


NOISE_TONES = {sound: _noise(sound, length) for sound, length in TONES.items()}


IN_TWO_SETS = str(Path(__file__).parent / "step-ups.md")
"""A sheet with another dose at each level, at the standard one two sets a leg; those of coach may change."""


@cache
def bundled_score(name: str, level: Level) -> tuple[ChapterMoves, ...]:
    """The chapters of one of coach's own sheets, or of another one by its path."""
    return scored(named(name), Options(level))[2]


@cache
def bundled_chapters(name: str, level: Level = Level.STANDARD, rate_wpm: int = 150) -> tuple[Laid, ...]:
    """One of coach's own sheets, laid out chapter by chapter for a voice of a pace."""
    return tuple(compile_chapters(bundled_score(name, level), Sounds(Estimates(rate_wpm), TONES)))


def playable(
    laid: Sequence[Laid], count: int | None = None, missing: frozenset[str] = frozenset()
) -> PlayableSession:
    """A stage with the first ``count`` of the chapters laid out, all by default; each text has its clip."""
    titles = tuple(part.chapter.title for part in laid)
    return PlayableSession(joined("A session", laid[:count]), NoiseClips(missing), NOISE_TONES, titles)


class NoiseMusic:
    """Music without an end that is another noise at every frame, never zero, about as loud as a bed."""

    def read(self, start: int, count: int) -> NDArray[np.float32]:
        at = np.arange(start, start + count, dtype=np.int64)
        scattered = (at * 2_654_435_761 >> 7) % 10_007 - 5_003.5
        return (scattered / 5_003.5 * 0.05).astype(np.float32)
