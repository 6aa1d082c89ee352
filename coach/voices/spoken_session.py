"""A score gets its voice: prompts are spoken, the session is laid out, and both are ready to be rendered."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.folders import clips_folder
from coach.language.model import Sound
from coach.session.compile import Laid, joined, lay_out
from coach.session.layout import Sounds
from coach.session.moves import ChapterScore, prompts
from coach.session.options import Mix
from coach.session.timeline import Frames, Timeline
from coach.sound.clip import Clip, Utterance
from coach.sound.volumes import clip_for, spacing_for, tones_for
from coach.voices.cache import KeptClips
from coach.voices.engines import opened
from coach.voices.voice import voiced_in_turn


@dataclass(frozen=True, slots=True)
class Plan:
    """A session in time, with every sound that it needs, and what its listener should be told.

    One that is not ``is_whole`` has the chapters that are ready, from the first on.
    """

    timeline: Timeline
    clips: Mapping[str, Clip]
    tones: Mapping[Sound, NDArray[np.int16]]
    voice: str
    notes: tuple[str, ...] = ()
    is_whole: bool = True


def produce(
    title: str,
    chapters: Sequence[ChapterScore],
    *,
    voice: str,
    rate_wpm: int,
    mix: Mix = Mix(),  # noqa: B008 - a value
    progress: Callable[[int, int], None] | None = None,
) -> Plan:
    """The session laid out with the clips of a voice, spoken now or kept from before.

    ``voice`` is its name (`coach.voices.engines.voice_for` gives one).

    Raises
    ------
    UsageError
        If there is no voice of that name, or no such pace.
    VoiceError
        If a prompt cannot be spoken.
    """
    *_, whole = produced_in_turn(title, chapters, voice=voice, rate_wpm=rate_wpm, mix=mix, progress=progress)
    return whole


def produced_in_turn(
    title: str,
    chapters: Sequence[ChapterScore],
    *,
    voice: str,
    rate_wpm: int,
    mix: Mix = Mix(),  # noqa: B008 - a value
    progress: Callable[[int, int], None] | None = None,
) -> Generator[Plan]:
    """The session as `produce` gives it, as far as it is ready: once with each chapter, at last whole.

    What sounds at a frame is the same in each of them.
    """
    texts = dict.fromkeys(text for chapter in chapters for text in prompts(chapter))
    wanted = {Utterance(text, voice, rate_wpm): text for text in texts}
    kept = KeptClips(clips_folder())
    bells = tones_for(mix)
    clips: dict[str, Clip] = {}
    lengths = {sound: Frames(samples.shape[0]) for sound, samples in bells.items()}
    sounds = Sounds(clips, lengths, spacing_for(mix))
    laid: list[Laid] = []
    with (
        closing(opened(voice)) as speaker,
        closing(voiced_in_turn(wanted, speaker, kept, progress)) as spoken,
    ):
        for ready in spoken:
            clips |= {wanted[utterance]: clip_for(mix, clip) for utterance, clip in ready.items()}
            before = len(laid)
            while len(laid) < len(chapters) and all(text in clips for text in prompts(chapters[len(laid)])):
                start = laid[-1].end if laid else Frames(0)
                is_last = len(laid) == len(chapters) - 1
                laid.append(lay_out(chapters[len(laid)], sounds, start, is_last=is_last))
            if before < len(laid) < len(chapters):
                yield Plan(joined(title, laid), clips, bells, voice, is_whole=False)
    notes = (kept.note,) if kept.note else ()
    yield Plan(joined(title, laid), clips, bells, voice, notes)
