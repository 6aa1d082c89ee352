"""A score gets its voice: prompts are spoken, the session is laid out, and both are ready to be rendered."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.core.choices import Mix
from coach.core.clip import Clip, Utterance
from coach.core.compiling import compile_session
from coach.core.score import ChapterScore, prompts
from coach.core.script import Sound
from coach.core.tape import Sounds
from coach.core.timeline import Frames, Timeline
from coach.mixing import clip_for, spacing_for, tones_for
from coach.voices import voiced
from coach.voices.engines import opened
from coach.voices.kept import KeptClips, clips_folder


@dataclass(frozen=True, slots=True)
class Production:
    """A session in time, with every sound that it needs, and what its listener should be told."""

    timeline: Timeline
    clips: Mapping[str, Clip]
    tones: Mapping[Sound, NDArray[np.int16]]
    voice: str
    notes: tuple[str, ...] = ()


def produce(
    title: str,
    chapters: Sequence[ChapterScore],
    *,
    voice: str,
    rate_wpm: int,
    mix: Mix = Mix(),  # noqa: B008 - a value
    progress: Callable[[int, int], None] | None = None,
) -> Production:
    """The session laid out with the clips of a voice, spoken now or kept from before.

    ``voice`` is its name (`coach.voices.engines.voice_for` gives one).

    Raises
    ------
    UsageError
        If there is no voice of that name, or no such pace.
    VoiceError
        If a prompt cannot be spoken.
    """
    texts = dict.fromkeys(text for chapter in chapters for text in prompts(chapter))
    wanted = {text: Utterance(text, voice, rate_wpm) for text in texts}
    kept = KeptClips(clips_folder())
    with closing(opened(voice)) as speaker:
        spoken = voiced(wanted.values(), speaker, kept, progress)
    clips = {text: clip_for(mix, spoken[utterance]) for text, utterance in wanted.items()}
    bells = tones_for(mix)
    lengths = {sound: Frames(samples.shape[0]) for sound, samples in bells.items()}
    timeline = compile_session(title, chapters, Sounds(clips, lengths, spacing_for(mix)))
    notes = (kept.note,) if kept.note else ()
    return Production(timeline, clips, bells, voice, notes)
