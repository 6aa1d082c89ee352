"""Stand-ins that are simple enough to be seen right: sheets as values, clips and tones of known lengths."""

from collections.abc import Mapping

import numpy as np

from coach.core.choices import Level
from coach.core.clip import Clip
from coach.core.estimating import Estimates
from coach.core.problems import Span
from coach.core.script import Direction, Dose, Line, Phase, Script, Sound, Wait
from coach.core.tape import Sounds
from coach.core.timeline import Frames, frames

HERE = Span(1)

TONES: Mapping[Sound, Frames] = {
    sound: frames(seconds)
    for sound, seconds in {
        Sound.REP: 0.09,
        Sound.MOVE: 0.15,
        Sound.HOLD_START: 0.31,
        Sound.HOLD_END: 0.37,
        Sound.COUNTDOWN: 0.15,
        Sound.GO: 0.45,
        Sound.SIDE: 0.56,
        Sound.REST: 0.78,
        Sound.END: 1.18,
        Sound.BELL: 0.6,
        Sound.KEY: 0.07,
        Sound.NOT_NOW: 0.29,
    }.items()
}

ESTIMATED = Sounds(Estimates(), TONES)


def line(text: str) -> Line:
    return Line(text, HERE)


def wait(seconds: float) -> Wait:
    return Wait(seconds, HERE)


def phase(cue: str, seconds: float, text: str = "", **at_level: float) -> Phase:
    return Phase(cue, {level: at_level.get(level, seconds) for level in Level}, text, HERE)


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
        dict.fromkeys(Level, dose or Dose(reps=12, sets=2, rest_s=45)),
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
