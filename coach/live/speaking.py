"""A session gets its voice while it is played: chapter by chapter, in a thread of its own."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Self

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError, VoiceError
from coach.language.model import Sound
from coach.session.compile import Laid, compile_chapters, lay_out
from coach.session.estimate import Estimates, speech_s
from coach.session.layout import Measured, Sounds
from coach.session.moves import ChapterScore, prompts
from coach.session.options import USUAL_RATE_WPM, Mix
from coach.session.timeline import RATE_HZ, Frames
from coach.sound.clip import Clip, Utterance
from coach.sound.volumes import clip_for, spacing_for
from coach.voices.cache import KeptClips
from coach.voices.voice import Voice, language_of, voiced

EXTRAS = 8
"""Prompts beside a session that are spoken at a time: a chapter that is ordered meanwhile waits no longer."""

PATIENCE = 2
"""So many prompts that the voice cannot say, and it is not asked again within that chapter."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be voiced: the chapters of a session from index ``first`` on, which begins at ``start``.

    ``number`` tells one order from the next: what is left of an older one is given up. The prompts ``also``
    are there when its first chapter is.
    """

    number: int
    title: str
    chapters: tuple[ChapterScore, ...]
    first: int = 0
    start: Frames = Frames(0)  # noqa: RUF009 - a number
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    """A chapter that is voiced and laid out."""

    order: Order
    index: int
    laid: Laid


@dataclass(frozen=True, slots=True)
class Estimated:
    """How many seconds each chapter of an order is likely to last; 0 for those before its first."""

    order: Order
    lengths_s: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """The voice has failed: ``error`` says why. Where it ``ends`` the work, nothing more gets ready."""

    error: CoachError
    ends: bool = False


News = Ready | Estimated | Trouble


class Mute:
    """A voice that says nothing: what another voice has said before can still be read."""

    def __init__(self, other: Voice) -> None:
        self._other = other

    @property
    def identity(self) -> str:
        """That of the other voice."""
        return self._other.identity

    @property
    def language(self) -> str:
        """That of the other voice."""
        return language_of(self._other)

    def speak(self, utterances: Sequence[Utterance]) -> Iterator[tuple[Utterance, Clip]]:
        """Nothing.

        Raises
        ------
        VoiceError
            Always.
        """
        raise VoiceError(f"The voice did not say {utterances[0].text!r}.")

    def close(self) -> None:
        """Nothing was started."""


class _GivenUp(Exception):  # noqa: N818 - nothing went wrong
    """The session is over, and nobody waits for what is being spoken."""


class Voicing:
    """A thread that speaks, lays out and tells; a context manager.

    ``tell`` is called from the thread, with each chapter of an order as it gets ready. ``clips`` grows with
    every prompt that is spoken. Where the voice fails, a prompt is silent for as long as it would take to
    say, so that the tones go on and a screen can show the words; that is told once.
    """

    def __init__(
        self,
        voice: Voice,
        kept: KeptClips | None,
        tones: Mapping[Sound, NDArray[np.int16]],
        tell: Callable[[News], None],
        *,
        name: str,
        rate_wpm: int,
        mix: Mix = Mix(),  # noqa: B008 - a value
    ) -> None:
        self.clips: dict[str, Clip] = {}
        self.has_failed = False
        self._voice = voice
        self._kept = kept
        self._lengths = {sound: Frames(len(samples)) for sound, samples in tones.items()}
        self._tell = tell
        self._name = name
        self._rate_wpm = rate_wpm
        self._mix = mix
        self._order: Order | None = None
        self._extras: list[str] = []
        self._is_closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="voicing", daemon=True)

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it, and with it the voice, in the middle of a prompt if need be."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        self._voice.close()
        self._thread.join(timeout=2.0)
        self._voice.close()  # what the thread may just have begun

    def order(self, order: Order) -> None:
        """Voice and lay out the chapters of an order; any other order is given up."""
        with self._changed:
            self._order = order
            self._changed.notify_all()

    def speak(self, texts: Iterable[str]) -> None:
        """Have these prompts ready, as soon as no chapter is waiting; those asked for last come first."""
        with self._changed:
            self._extras[:0] = [text for text in texts if text not in self.clips]
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            while (task := self._next()) is not None:
                if isinstance(task, Order):
                    self._fill(task)
                else:
                    self._add(task, may_be_silent=False)
        except _GivenUp:
            return
        except CoachError as error:
            self._tell(Trouble(error, ends=True))
        except Exception as error:  # noqa: BLE001 - a thread that died unheard would leave the session waiting
            what = f"something went wrong inside coach: {type(error).__name__}: {error}"
            self._tell(Trouble(CoachError(what, "please report it"), ends=True))

    def _next(self) -> Order | list[str] | None:
        """What to do now: an order, a few of the extras, or None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or self._order or self._extras)
            if self._is_closed:
                return None
            if self._order is not None:
                order, self._order = self._order, None
                return order
            some, self._extras = self._extras[:EXTRAS], self._extras[EXTRAS:]
            return some

    def _fill(self, order: Order) -> None:
        start = order.start
        self._add(order.also, may_be_silent=False)
        for index, chapter in islice(enumerate(order.chapters), order.first, None):
            if self._is_closed or self._order is not None:
                return
            self._add(prompts(chapter), may_be_silent=True)
            is_last = index == len(order.chapters) - 1
            laid = lay_out(chapter, self._sounds(self.clips), start, is_last=is_last)
            self._tell(Ready(order, index, laid))
            start = laid.end
            if index == order.first:
                self._tell(Estimated(order, self._estimated(order)))

    def _sounds(self, clips: Mapping[str, Measured]) -> Sounds:
        return Sounds(clips, self._lengths, spacing_for(self._mix))

    def _estimated(self, order: Order) -> tuple[float, ...]:
        sounds = self._sounds(Estimates(self._rate_wpm))
        later = [
            (laid.end - laid.chapter.start) / RATE_HZ
            for laid in compile_chapters(order.chapters[order.first :], sounds)
        ]
        return (*[0.0] * order.first, *later)

    def _add(self, texts: Sequence[str], *, may_be_silent: bool) -> None:
        """Have a clip of every text: kept, spoken, or for want of a voice as much silence."""
        missing = [text for text in texts if text not in self.clips]
        try:
            self._speak(missing)
        except VoiceError as error:
            self._check()
            if not self.has_failed:
                self.has_failed = True
                self._tell(Trouble(error))
            if may_be_silent:
                self._speak_what_can_be(missing)

    def _check(self, *_: object) -> None:
        """Nothing, as long as what is being spoken is wanted.

        Raises
        ------
        _GivenUp
            At the end.
        """
        if self._is_closed:
            raise _GivenUp

    def _speak(self, texts: Sequence[str], voice: Voice | None = None) -> None:
        wanted = {text: Utterance(text, self._name, self._rate_wpm) for text in texts}
        spoken = voiced(wanted.values(), voice or self._voice, self._kept, self._check)
        self.clips.update({text: clip_for(self._mix, spoken[each]) for text, each in wanted.items()})

    def _speak_what_can_be(self, texts: Sequence[str]) -> None:
        """Each text for itself, until the voice has failed `PATIENCE` times; then only what is kept."""
        failed = 0
        for text in texts:
            try:
                self._speak([text], self._voice if failed < PATIENCE else Mute(self._voice))
            except VoiceError:
                failed += 1
                length = round(speech_s(text) * USUAL_RATE_WPM / self._rate_wpm * RATE_HZ)
                self.clips[text] = Clip(np.zeros(length, np.int16), Frames(0))
