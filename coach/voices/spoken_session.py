"""Speak the prompts of a session and lay its chapters out."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.language.model import Sound
from coach.session.compile import Laid, compile_chapters, joined
from coach.session.moves import ChapterMoves, prompts
from coach.session.options import Options
from coach.session.plan_text import plan_json, plan_text
from coach.session.timeline import Frames, Timeline
from coach.session.timeline_builder import Sounds
from coach.sheets.sheet import Sheet
from coach.sound.clip import Clip, Utterance
from coach.sound.volumes import clip_for, spacing_for, tones_for
from coach.text import length_text
from coach.voices.cache import ClipCache
from coach.voices.engines import open_voice
from coach.voices.voice import Voice, speak_in_turn


@dataclass(frozen=True, slots=True)
class Plan:
    """A session in time, with every sound that it needs, and what its listener should be told.

    One that is not ``is_whole`` has the chapters that are ready, from the first on. ``options`` are those
    that it was made with; ``sheet`` is where it came from, an exercise of it being done ``times`` times.
    ``gave_way`` tells what gave way for the minutes that were asked for.
    """

    timeline: Timeline
    clips: Mapping[str, Clip]
    tones: Mapping[Sound, NDArray[np.int16]]
    voice: str
    notes: tuple[str, ...] = ()
    is_whole: bool = True
    options: Options = Options()  # noqa: RUF009 - a value
    sheet: Sheet | None = None
    times: int = 1
    gave_way: tuple[str, ...] = ()

    @property
    def length_text(self) -> str:
        """The length in minutes and seconds, for people."""
        return length_text(self.timeline.duration_s)

    def text(self) -> str:
        """The plan as people read it: when what is said, and where the tones are."""
        nothing = () if self.options.minutes is None else ("nothing, this is the whole session",)
        return plan_text(self.timeline, self.gave_way or nothing)

    def as_json(self) -> dict[str, Any]:
        """The plan as JSON values."""
        plan = plan_json(self.timeline, voice=self.voice, level=self.options.level)
        return plan if self.options.minutes is None else {**plan, "gave_way": [*self.gave_way]}


class Narrator:
    """Speaks prompts in one voice, as fast and loud as the options say, and lays out chapters with them.

    ``clips`` has the clip of every prompt spoken so far by its text, at the volume of the mix. ``name`` is
    the voice's whole name, ``tones`` are the samples of every tone.
    """

    def __init__(
        self,
        voice: Voice,
        cache: ClipCache | None,
        tones: Mapping[Sound, NDArray[np.int16]],
        *,
        name: str,
        options: Options,
    ) -> None:
        self.voice = voice
        self.clips: dict[str, Clip] = {}
        lengths = {sound: Frames(samples.shape[0]) for sound, samples in tones.items()}
        self.sounds = Sounds(self.clips, lengths, spacing_for(options))
        self._cache = cache
        self._name = name
        self._options = options

    def speak(
        self, texts: Iterable[str], progress: Callable[[int, int], None] | None = None
    ) -> Generator[None]:
        """Speak the texts that have no clip yet; an iteration ends each time ``clips`` has grown.

        ``progress`` is called as by `coach.voices.voice.speak_all`.

        Raises
        ------
        VoiceError
            If a prompt cannot be spoken.
        UsageError
            If there is no such voice, or no such pace.
        """
        missing = {
            Utterance(text, self._name, self._options.rate_wpm): text
            for text in texts
            if text not in self.clips
        }
        with closing(speak_in_turn(missing, self.voice, self._cache, progress)) as spoken:
            for ready in spoken:
                self.clips.update(
                    {missing[utterance]: clip_for(self._options, clip) for utterance, clip in ready.items()}
                )
                yield

    def lay_out(
        self,
        chapters: Sequence[ChapterMoves],
        growth: Iterable[None],
        start: Frames = Frames(0),  # noqa: B008 - a number
    ) -> Generator[list[Laid]]:
        """Lay the chapters out one after the other, from frame ``start``, each when its prompts have clips.

        ``growth`` adds to ``clips`` with each iteration; the chapters that are then complete come as one
        list. The last of ``chapters`` ends the session.
        """
        in_turn = compile_chapters(chapters, self.sounds, start)
        waiting = deque(chapters)
        for _ in growth:
            ready: list[Laid] = []
            while waiting and all(text in self.clips for text in prompts(waiting[0])):
                waiting.popleft()
                ready.append(next(in_turn))
            if ready:
                yield ready


def produced_in_turn(
    title: str,
    chapters: Sequence[ChapterMoves],
    *,
    voice: str,
    speaker: Voice | None = None,
    options: Options = Options(),  # noqa: B008 - a value
    progress: Callable[[int, int], None] | None = None,
) -> Generator[Plan]:
    """Lay a session out with the clips of a voice, from the cache or spoken now: plans of what is ready.

    One comes with each chapter, and at last the whole; what sounds at a frame is the same in each of them.
    ``options`` set the pace, the volumes and the spacing; ``voice`` is the name of the voice, as
    `coach.voices.engines.voice_for` gives it, or only a label where a ``speaker`` of the caller's speaks.

    Raises
    ------
    UsageError
        If there is no voice of that name, or no such pace.
    VoiceError
        If a prompt cannot be spoken.
    """
    cache = ClipCache()
    tones = tones_for(options)
    laid: list[Laid] = []
    language = chapters[0].language if chapters else ""
    with nullcontext(speaker) if speaker is not None else closing(open_voice(voice)) as speaking:
        narrator = Narrator(speaking, cache, tones, name=voice, options=options)
        texts = dict.fromkeys(text for chapter in chapters for text in prompts(chapter))
        with closing(narrator.lay_out(chapters, narrator.speak(texts, progress))) as in_turn:
            for ready in in_turn:
                laid += ready
                if len(laid) < len(chapters):
                    yield Plan(
                        joined(title, laid, language),
                        narrator.clips,
                        tones,
                        voice,
                        is_whole=False,
                        options=options,
                    )
    notes = (cache.note,) if cache.note else ()
    yield Plan(joined(title, laid, language), narrator.clips, tones, voice, notes, options=options)
