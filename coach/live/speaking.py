"""Speak and lay out a session while it is played: chapter by chapter, in a thread of its own.

The session loop sends a `ChapterOrder`, and gets a `ChapterReady` for each chapter of it, in order. Before
that it may get the chapter in part, each time as a `ChapterBegun`: a slow voice is heard after its first
sentences. After a change of level the loop sends another order, whose higher ``number`` tells messages of the
two apart: the thread gives up the old order after the prompts that it is at. The first chapter of such an
order comes whole only, as it takes the place of one that is heard.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Self

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError, VoiceError
from coach.language.model import Sound
from coach.live.ask_pain import replies
from coach.session.compile import Laid
from coach.session.moves import ChapterMoves, prompts
from coach.session.options import Options
from coach.session.timeline import Frames
from coach.sound.clip import Clip
from coach.voices.cache import ClipCache
from coach.voices.outlook import Outlook
from coach.voices.spoken_session import Narrator
from coach.voices.voice import Voice

GROUP = 12
"""Number of prompts that are spoken in one go; a new order waits for so many at most."""

EXTRAS = 8
"""Size of a group of extra prompts."""

SPARE_S = 20.0
"""Seconds by which the session's prompts have to be ahead for extra prompts to be spoken among them."""

PATIENCE = 2
"""Number of failed prompts after which the rest of the chapter is left unspoken."""


@dataclass(frozen=True, slots=True)
class ChapterOrder:
    """The chapters of a session to be spoken: from index ``first`` on, which begins at frame ``start``.

    An order with a higher ``number`` replaces this one. The prompts ``also`` are spoken before the first
    chapter.
    """

    number: int
    title: str
    chapters: tuple[ChapterMoves, ...]
    first: int = 0
    start: Frames = Frames(0)  # noqa: RUF009 - a number
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChapterReady:
    """A chapter of an order is spoken and laid out."""

    order: ChapterOrder
    index: int
    laid: Laid


@dataclass(frozen=True, slots=True)
class ChapterBegun:
    """A chapter of an order is laid out in part: exact up to frame ``settled``, with estimates behind it.

    ``outlook`` tells whether the rest of the order will be spoken in time.
    """

    order: ChapterOrder
    index: int
    laid: Laid
    settled: Frames
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class LengthsEstimated:
    """The estimated length of each chapter of an order in seconds; 0 for those before its first."""

    order: ChapterOrder
    lengths_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class VoiceFailed:
    """A failure of the voice; if it ``ends`` the thread, no further chapter will be spoken."""

    error: CoachError
    ends: bool = False


VoiceMessage = ChapterReady | ChapterBegun | LengthsEstimated | VoiceFailed


class _Closed(Exception):  # noqa: N818 - nothing went wrong
    """Raised when the session ends while a prompt is being spoken."""


class SpeakingThread:
    """Speaks and lays out the chapters of an order in a thread of its own; a context manager.

    ``tell`` is called from the thread, with each chapter of an order as it gets ready. ``clips`` grows with
    every prompt that is spoken. ``spare_s`` is set by the session loop: how long before they are heard the
    prompts of the session will be spoken. Where the voice fails, a prompt becomes silence of the length it
    would have, so that the tones go on and a screen can show the words; the failure is told once.
    """

    def __init__(
        self,
        voice: Voice,
        cache: ClipCache | None,
        tones: Mapping[Sound, NDArray[np.int16]],
        tell: Callable[[VoiceMessage], None],
        *,
        name: str,
        options: Options = Options(),  # noqa: B008 - a value
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._narrator = Narrator(voice, cache, tones, name=name, options=options, clock=clock)
        self.clips = self._narrator.clips
        self.has_failed = False
        self.spare_s = 0.0
        self._tell = tell
        self._order: ChapterOrder | None = None
        self._failed = 0
        self._extras: list[str] = []
        self._is_closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="voicing", daemon=True)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the thread and the voice, even in the middle of a prompt."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._narrator.voice.close()
        self._thread.join(timeout=2.0)
        self._narrator.voice.close()  # what the thread may just have begun

    def order(self, order: ChapterOrder) -> None:
        """Speak and lay out the chapters of an order; what is left of an earlier one is given up."""
        with self._changed:
            self._order = order
            self._changed.notify_all()

    def speak(self, texts: Iterable[str]) -> None:
        """Speak further prompts as soon as no order is waiting; the latest first."""
        with self._changed:
            self._extras[:0] = [text for text in texts if text not in self.clips]
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            while (task := self._next()) is not None:
                if isinstance(task, ChapterOrder):
                    self._fill(task)
                else:
                    self._add(task, may_be_silent=False)
        except _Closed:
            return
        except CoachError as error:
            self._tell(VoiceFailed(error, ends=True))
        except Exception as error:  # noqa: BLE001 - a thread that died unheard leaves the session waiting
            what = f"something went wrong inside coach: {type(error).__name__}: {error}"
            self._tell(VoiceFailed(CoachError(what, "please report it"), ends=True))

    def _next(self) -> ChapterOrder | list[str] | None:
        """Return the next job: an order, a group of extra prompts, or None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or self._order or self._extras)
            if self._is_closed:
                return None
            if self._order is not None:
                order, self._order = self._order, None
                return order
        return self._next_extras()

    def _fill(self, order: ChapterOrder) -> None:
        self._add(order.also, may_be_silent=False)
        chapters = order.chapters[order.first :]
        index, are_lengths_told = order.first, False
        growth = self._spoken(chapters)
        for grown in self._narrator.lay_out(chapters, growth, order.start, in_part=True):
            for laid in grown.whole:
                self._tell(ChapterReady(order, index, laid))
                index += 1
            if grown.begun is not None and not (order.number and index == order.first):
                self._tell(ChapterBegun(order, index, grown.begun, grown.settled, grown.outlook))
            if not are_lengths_told:
                are_lengths_told = True
                lengths_s = [each.length_s for each in self._narrator.expected(chapters)]
                self._tell(LengthsEstimated(order, (*[0.0] * order.first, *lengths_s)))

    def _spoken(self, chapters: Sequence[ChapterMoves]) -> Iterator[None]:
        """Speak the prompts in the order in which they are heard, and others where there is time to spare."""
        for chapter in chapters:
            self._failed, texts = 0, prompts(chapter)
            for first in range(0, max(1, len(texts)), GROUP):
                if self._is_closed or self._order is not None:
                    return
                yield from self._adding(texts[first : first + GROUP], may_be_silent=True)
                if self.spare_s > SPARE_S and (extras := self._next_extras()):
                    self._add(extras, may_be_silent=False)
            self._add(replies(chapter), may_be_silent=False)

    def _next_extras(self) -> list[str]:
        with self._changed:
            some, self._extras = self._extras[:EXTRAS], self._extras[EXTRAS:]
            return some

    def _add(self, texts: Iterable[str], *, may_be_silent: bool) -> None:
        """Get a clip of every text from the cache or the voice; where both fail, maybe as much silence."""
        for _ in self._adding(texts, may_be_silent=may_be_silent):
            pass

    def _adding(self, texts: Iterable[str], *, may_be_silent: bool) -> Iterator[None]:
        """Add clips as `_add` does; an iteration ends each time ``clips`` has grown."""
        try:
            yield from self._speaking(texts, only_kept=may_be_silent and self._failed >= PATIENCE)
        except VoiceError as error:
            self._check_open()
            if not self.has_failed:
                self.has_failed = True
                self._tell(VoiceFailed(error))
        missing = [text for text in texts if text not in self.clips] if may_be_silent else []
        if missing:
            self._speak_or_fill(missing)
            yield

    def _check_open(self) -> None:
        """Raise `_Closed` once the session has ended."""
        if self._is_closed:
            raise _Closed

    def _speaking(self, texts: Iterable[str], *, only_kept: bool = False) -> Iterator[None]:
        with closing(self._narrator.speak(texts)) as growth:
            for _ in islice(growth, 1) if only_kept else growth:  # first come those that were kept
                self._check_open()
                yield

    def _speak_or_fill(self, texts: Iterable[str]) -> None:
        """Speak each text by itself until the voice has failed `PATIENCE` times; the others are silence."""
        for text in texts:
            try:
                if self._failed < PATIENCE:
                    for _ in self._speaking([text]):
                        pass
                    continue
            except VoiceError:
                self._failed += 1
            self.clips[text] = Clip(np.zeros(self._narrator.known[text].length, np.int16), Frames(0))
