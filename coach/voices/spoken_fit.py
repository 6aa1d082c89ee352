"""Fit a session to the listener's minutes with the lengths that its prompts have in a voice.

Which prompts a session has depends on what gives way, and what gives way on how long they are. So the
session is fitted with estimates, its prompts are spoken, and it is fitted again, until all of its prompts are
known. No clip that an earlier session left has a say in it: the same sheet, voice and options always give the
same session, as a file and live.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace

from coach.errors import VoiceError
from coach.progress import Progress, no_progress
from coach.session.estimate import Estimate, Estimates
from coach.session.fit import WHOLE, Cut
from coach.session.moves import ChapterMoves, prompts
from coach.session.options import Options
from coach.session.timeline import Frames
from coach.sheets.score import check_fits, fitted, gave_way, least_cut, length_s, scored
from coach.sheets.sheet import Sheet
from coach.sound.clip import Clip
from coach.sound.volumes import tones_for
from coach.voices.cache import ClipCache
from coach.voices.engines import open_voice
from coach.voices.spoken_session import Narrator
from coach.voices.voice import Voice

MOST_TURNS = 20
"""Times that a session is spoken and fitted anew; two or three are usual."""


def fitted_by_voice(
    sheet: Sheet,
    options: Options,
    times: int,
    *,
    voice: str,
    speaker: Voice | None = None,
    progress: Progress = no_progress,
    may_fail: bool = False,
) -> tuple[Cut, tuple[str, ...]]:
    """Return the cut with which a session lasts the minutes asked for in this voice, and what gave way.

    With ``may_fail``, estimates take the place of what a failing voice does not say.

    Raises
    ------
    UsageError
        If even the shortest session is longer; the message says how long that is.
    VoiceError
        If a prompt cannot be spoken.
    """
    if options.minutes is None:
        return WHOLE, ()
    speaking = open_voice(voice) if speaker is None else speaker
    narrator = Narrator(speaking, ClipCache(), tones_for(options), name=voice, options=options)
    known = _Known(narrator.clips, Estimates(options.rate_wpm))
    sounds = replace(narrator.sounds, clips=known)
    try:
        with progress("fitting the minutes") as report:
            for _ in range(MOST_TURNS):
                cut = fitted(sheet, options, sounds, times)
                if not _spoken(narrator, scored(sheet, options, times, cut)[2], report):
                    break
            else:
                cut = least_cut(sheet, options, sounds, times)
                _spoken(narrator, scored(sheet, options, times, cut)[2], report)
    except VoiceError:
        if not may_fail:
            raise
        cut = fitted(sheet, options, sounds, times)
    finally:
        if speaker is None:
            speaking.close()
    seconds = length_s(sheet, options, sounds, times, cut)
    check_fits(sheet, options, seconds)
    return cut, gave_way(sheet, options, cut, seconds)


def _spoken(narrator: Narrator, chapters: Sequence[ChapterMoves], report: Callable[[int, int], None]) -> bool:
    """Speak what the chapters need; tell whether anything was new."""
    texts = dict.fromkeys(text for chapter in chapters for text in prompts(chapter))
    missing = [text for text in texts if text not in narrator.clips]
    with closing(narrator.speak(missing, report)) as turns:
        for _ in turns:
            pass
    return bool(missing)


class _Known(Mapping[str, Clip | Estimate]):
    """The clips that are spoken, and estimates of the others at the pace of the voice so far."""

    def __init__(self, clips: Mapping[str, Clip], estimates: Estimates) -> None:
        self._clips = clips
        self._estimates = estimates
        self._measured = 0
        self._pace = 1.0

    def __getitem__(self, text: str) -> Clip | Estimate:
        if clip := self._clips.get(text):
            return clip
        return Estimate(Frames(round(self._estimates[text].length * self._now())))

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str)

    def __iter__(self) -> Iterator[str]:
        return iter(self._clips)

    def __len__(self) -> int:
        return len(self._clips)

    def _now(self) -> float:
        """Return how much longer the spoken prompts are than their estimates."""
        if self._measured != len(self._clips):
            self._measured = len(self._clips)
            spoken = sum(clip.length for clip in self._clips.values())
            self._pace = spoken / sum(self._estimates[text].length for text in self._clips)
        return self._pace
