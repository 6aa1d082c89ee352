"""Speak the prompts of a session and lay its chapters out."""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.language.model import Sound
from coach.session.compile import ChapterLayout, Laid, compile_chapters, due, joined, settled_moves
from coach.session.estimate import Estimates, KnownLengths
from coach.session.moves import ChapterMoves, prompts
from coach.session.options import Options
from coach.session.plan_text import plan_json, plan_text
from coach.session.timeline import RATE_HZ, Frames, Timeline
from coach.session.timeline_builder import Sounds
from coach.sheets.sheet import Sheet
from coach.sound.clip import Clip, Utterance
from coach.sound.volumes import clip_for, spacing_for, tones_for, volume_note
from coach.text import length_text
from coach.voices.cache import ClipCache
from coach.voices.engines import open_voice
from coach.voices.manner import older_ears
from coach.voices.outlook import Outlook, Owed, PaceMeter
from coach.voices.voice import Voice, speak_in_turn, worked_s

IN_PART_S = 0.2
"""Seconds between two looks at what can be heard of a chapter: laying it out takes a hundredth."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A session in time, with every sound that it needs, and what its listener should be told.

    One that is not ``is_whole`` has the chapters that are ready, from the first on; the last of them may be
    ready up to frame ``settled`` only, with estimated lengths behind it. ``options`` are those that it was
    made with; ``sheet`` is where it came from, an exercise of it being done ``times`` times. ``gave_way``
    tells what gave way for the minutes that were asked for.
    """

    timeline: Timeline
    clips: Mapping[str, Clip]
    tones: Mapping[Sound, NDArray[np.int16]]
    voice: str
    notes: tuple[str, ...] = ()
    is_whole: bool = True
    settled: Frames | None = None
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


@dataclass(frozen=True, slots=True)
class Grown:
    """What more of a session can be heard: chapters that are ``whole``, or the next one in part.

    That is ``begun``: exact up to frame ``settled``, with estimates behind it. ``outlook`` tells whether the
    rest of the session will be spoken in time.
    """

    whole: tuple[Laid, ...]
    begun: Laid | None = None
    settled: Frames = Frames(0)  # noqa: RUF009 - a number
    outlook: Outlook = Outlook()  # noqa: RUF009 - a value


class Narrator:
    """Speaks prompts in one voice, as fast and loud as the options say, and lays out chapters with them.

    ``clips`` has the clip of every prompt spoken so far by its text, at the volume of the mix; ``known`` has
    their lengths, and estimates of the others. ``name`` is the voice's whole name, ``tones`` are the samples
    of every tone.
    """

    def __init__(
        self,
        voice: Voice,
        cache: ClipCache | None,
        tones: Mapping[Sound, NDArray[np.int16]],
        *,
        name: str,
        options: Options,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.voice = voice
        self.clips: dict[str, Clip] = {}
        self.known = KnownLengths(self.clips, Estimates(options.rate_wpm))
        lengths = {sound: Frames(samples.shape[0]) for sound, samples in tones.items()}
        self.sounds = Sounds(self.clips, lengths, spacing_for(options))
        self._cache = cache
        self._name = name
        self._options = options
        self._clock = clock
        self._meter = PaceMeter(worked_s(voice, 0.0))
        self._spoke_s = 0.0
        self._has_kept = False

    @contextmanager
    def telling_what_is_kept(self) -> Iterator[None]:
        """Add a note to an interrupt: what was spoken until then is in the cache."""
        try:
            yield
        except KeyboardInterrupt as stopped:
            if self._has_kept:
                stopped.add_note("what was spoken is kept, and the same command goes on from there")
            raise

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
        older = older_ears(self.voice)
        missing = {
            Utterance(text, self._name, self._options.rate_wpm): text
            for text in texts
            if text not in self.clips
        }
        before_s, began_s = self._spoke_s, self._clock()
        with closing(speak_in_turn(missing, self.voice, self._cache, progress)) as spoken:
            for number, ready in enumerate(spoken):
                clips = {
                    missing[utterance]: clip_for(self._options, clip, older)
                    for utterance, clip in ready.items()
                }
                self._spoke_s = before_s + self._clock() - began_s
                if number:  # the first are those that were kept
                    self._meter.spoken(
                        worked_s(self.voice, self._spoke_s),
                        [clip.length / RATE_HZ for clip in clips.values()],
                    )
                    self._has_kept = bool(clips) and self._cache is not None and not self._cache.note
                self.clips.update(clips)
                yield

    def lay_out(
        self,
        chapters: Sequence[ChapterMoves],
        growth: Iterable[None],
        start: Frames = Frames(0),  # noqa: B008 - a number
        *,
        in_part: bool = False,
    ) -> Generator[Grown]:
        """Lay the chapters out one after the other, from frame ``start``, each when its prompts have clips.

        ``growth`` adds to ``clips`` with each iteration. The last of ``chapters`` ends the session. With
        ``in_part``, what of the next chapter can be heard comes too, every `IN_PART_S`.
        """
        layout = ChapterLayout(len(chapters), start)
        waiting = deque(chapters)
        looked_s, expected = self._clock(), list[Expected]()
        for _ in growth:
            whole: list[Laid] = []
            while waiting and all(text in self.clips for text in prompts(waiting[0])):
                whole.append(layout.add(waiting.popleft(), self.sounds))
            if whole:
                yield Grown(tuple(whole))
            if in_part and waiting and self._clock() - looked_s >= IN_PART_S:
                expected = expected or self.expected(chapters)
                yield self._in_part(waiting[0], layout, expected[len(expected) - len(waiting) + 1 :])
                looked_s = self._clock()

    def expected(self, chapters: Sequence[ChapterMoves]) -> "list[Expected]":
        """Estimate how long each of the chapters lasts, and when in it each of its prompts is needed."""
        laid = compile_chapters(chapters, replace(self.sounds, clips=self.known))
        return [Expected.of(chapter, each) for chapter, each in zip(chapters, laid, strict=True)]

    def _in_part(self, chapter: ChapterMoves, layout: ChapterLayout, later: "Sequence[Expected]") -> Grown:
        begun = layout.try_out(chapter, replace(self.sounds, clips=self.known))
        settled = begun.starts[settled_moves(chapter, self.clips)]
        owed: dict[str, Owed] = {}
        at_s = begun.chapter.start / RATE_HZ
        for each in (Expected.of(chapter, begun), *later):
            for text, due_s in each.due_s.items():
                if text not in self.clips:
                    owed.setdefault(text, Owed(at_s + due_s, self.known[text].length / RATE_HZ))
            at_s += each.length_s
        return Grown((), begun, settled, Outlook(tuple(owed.values()), self._meter.pace))


@dataclass(frozen=True, slots=True)
class Expected:
    """The seconds that a chapter lasts, and those of it by which each of its prompts has to be spoken."""

    length_s: float
    due_s: Mapping[str, float]

    @classmethod
    def of(cls, chapter: ChapterMoves, laid: Laid) -> "Expected":
        """Return what is expected of a chapter that is laid out, be it with estimates."""
        start = laid.chapter.start
        return cls(
            (laid.end - start) / RATE_HZ,
            {text: (frame - start) / RATE_HZ for text, frame in due(chapter, laid).items()},
        )


def produced_in_turn(
    title: str,
    chapters: Sequence[ChapterMoves],
    *,
    voice: str,
    speaker: Voice | None = None,
    options: Options = Options(),  # noqa: B008 - a value
    progress: Callable[[int, int], None] | None = None,
    in_part: bool = False,
) -> Generator[Plan]:
    """Lay a session out with the clips of a voice, from the cache or spoken now: plans of what is ready.

    One comes with each chapter, and at last the whole; what sounds at a frame is the same in each of them.
    With ``in_part`` they also come with parts of a chapter, from when on the rest will be spoken in time.
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
    has_begun = False
    with nullcontext(speaker) if speaker is not None else closing(open_voice(voice)) as speaking:
        narrator = Narrator(speaking, cache, tones, name=voice, options=options)
        texts = dict.fromkeys(text for chapter in chapters for text in prompts(chapter))
        growth = narrator.speak(texts, progress)
        in_turn = narrator.lay_out(chapters, growth, in_part=in_part)
        with narrator.telling_what_is_kept(), closing(in_turn):
            for grown in in_turn:
                laid += grown.whole
                begun = () if grown.begun is None else (grown.begun,)
                has_begun = has_begun or not in_part or (bool(begun) and grown.outlook.late_s(0.0) <= 0.0)
                if len(laid) < len(chapters) and has_begun:
                    yield Plan(
                        joined(title, (*laid, *begun), language),
                        narrator.clips,
                        tones,
                        voice,
                        is_whole=False,
                        settled=grown.settled if begun else None,
                        options=options,
                    )
    notes = tuple(filter(None, (volume_note(options), cache.note)))
    yield Plan(joined(title, laid, language), narrator.clips, tones, voice, notes, options=options)
