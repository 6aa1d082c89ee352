"""Speak and lay out a session while it is played: chapter by chapter, in a thread of its own.

The session loop sends a `ChapterOrder`, and gets a `ChapterReady` for each chapter of it, in order. After a
change of level it sends another one, whose higher ``number`` tells messages of the two apart: the thread
gives up the old order after the chapter that it is at.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError, VoiceError
from coach.language.model import Sound
from coach.live.ask_pain import replies
from coach.session.compile import Laid, compile_chapters
from coach.session.estimate import Estimates
from coach.session.moves import ChapterMoves, prompts
from coach.session.options import Options
from coach.session.timeline import RATE_HZ, Frames
from coach.sound.clip import Clip
from coach.voices.cache import ClipCache
from coach.voices.spoken_session import Narrator
from coach.voices.voice import Voice

EXTRAS = 8
"""Size of a group of extra prompts; a new order waits for one group at most."""

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
class LengthsEstimated:
    """The estimated length of each chapter of an order in seconds; 0 for those before its first."""

    order: ChapterOrder
    lengths_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class VoiceFailed:
    """A failure of the voice; if it ``ends`` the thread, no further chapter will be spoken."""

    error: CoachError
    ends: bool = False


VoiceMessage = ChapterReady | LengthsEstimated | VoiceFailed


class _Closed(Exception):  # noqa: N818 - nothing went wrong
    """Raised when the session ends while a prompt is being spoken."""


class SpeakingThread:
    """Speaks and lays out the chapters of an order in a thread of its own; a context manager.

    ``tell`` is called from the thread, with each chapter of an order as it gets ready. ``clips`` grows with
    every prompt that is spoken. Where the voice fails, a prompt becomes silence of the length it would have,
    so that the tones go on and a screen can show the words; the failure is told once.
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
    ) -> None:
        self._narrator = Narrator(voice, cache, tones, name=name, options=options)
        self.clips = self._narrator.clips
        self.has_failed = False
        self._estimates = Estimates(options.rate_wpm)
        self._tell = tell
        self._order: ChapterOrder | None = None
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
            some, self._extras = self._extras[:EXTRAS], self._extras[EXTRAS:]
            return some

    def _fill(self, order: ChapterOrder) -> None:
        self._add(order.also, may_be_silent=False)
        chapters = order.chapters[order.first :]
        index = order.first
        for ready in self._narrator.lay_out(chapters, self._spoken(chapters), order.start):
            for laid in ready:
                self._tell(ChapterReady(order, index, laid))
                if index == order.first:
                    self._tell(LengthsEstimated(order, self._estimated(order)))
                index += 1

    def _spoken(self, chapters: Sequence[ChapterMoves]) -> Iterator[None]:
        """Speak chapter by chapter, so that a newer order waits for one chapter at most."""
        for chapter in chapters:
            if self._is_closed or self._order is not None:
                return
            self._add(prompts(chapter), may_be_silent=True)
            yield
            self._add(replies(chapter), may_be_silent=False)

    def _estimated(self, order: ChapterOrder) -> tuple[float, ...]:
        sounds = replace(self._narrator.sounds, clips=self._estimates)
        later = [
            (laid.end - laid.chapter.start) / RATE_HZ
            for laid in compile_chapters(order.chapters[order.first :], sounds)
        ]
        return (*[0.0] * order.first, *later)

    def _add(self, texts: Iterable[str], *, may_be_silent: bool) -> None:
        """Get a clip of every text from the cache or the voice; where both fail, maybe as much silence."""
        try:
            self._speak(texts)
        except VoiceError as error:
            self._check_open()
            if not self.has_failed:
                self.has_failed = True
                self._tell(VoiceFailed(error))
            if may_be_silent:
                self._speak_or_fill([text for text in texts if text not in self.clips])

    def _check_open(self) -> None:
        """Raise `_Closed` once the session has ended."""
        if self._is_closed:
            raise _Closed

    def _speak(self, texts: Iterable[str]) -> None:
        for _ in self._narrator.speak(texts):
            self._check_open()

    def _speak_or_fill(self, texts: Iterable[str]) -> None:
        """Speak each text by itself until the voice has failed `PATIENCE` times; the others are silence."""
        failed = 0
        for text in texts:
            try:
                if failed < PATIENCE:
                    self._speak([text])
                    continue
            except VoiceError:
                failed += 1
            self.clips[text] = Clip(np.zeros(self._estimates[text].length, np.int16), Frames(0))
