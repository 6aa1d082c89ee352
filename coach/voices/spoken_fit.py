"""Fit a session to the listener's minutes with the lengths that its prompts have in a voice.

Which prompts a session has depends on what gives way, and what gives way on how long they are. So the
session is fitted with estimates, its prompts are spoken, and it is fitted again, until all of its prompts are
known. No clip that an earlier session left has a say in it: the same sheet, voice and options always give the
same session, as a file and live.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace

from coach.errors import VoiceError
from coach.progress import Progress, no_progress
from coach.session.fit import WHOLE, Cut
from coach.session.moves import ChapterMoves, prompts
from coach.session.options import Options
from coach.sheets.score import check_fits, fitted, gave_way, least_cut, length_s, scored
from coach.sheets.sheet import Sheet
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
    sounds = replace(narrator.sounds, clips=narrator.known)
    try:
        with narrator.telling_what_is_kept(), progress("fitting the minutes") as report:
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
