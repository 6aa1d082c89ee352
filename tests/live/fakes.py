"""A world in which a session plays in no time: a clock of its own, a loudspeaker that only counts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from queue import Empty
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.diary.entries import Entry
from coach.errors import DeviceError, DeviceLostError
from coach.language.level import Level
from coach.live.actions import Action
from coach.live.ask_pain import replies
from coach.live.change_level import shifted
from coach.live.chapters import SessionToPlay
from coach.live.session_loop import Connections, LiveSession, Message
from coach.live.speaking import ChapterOrder, ChapterReady, LengthsEstimated, SpeakingThread
from coach.live.view import View
from coach.session.compile import compile_chapters
from coach.session.estimate import Estimates
from coach.session.moves import ChapterMoves, prompts
from coach.session.options import Options
from coach.session.timeline import RATE_HZ, Frames
from coach.session.timeline_builder import Sounds
from coach.session.whereabouts import Place
from coach.sound.clip import Clip
from coach.sound.tones import tones

TONES = tones()
LENGTHS = {sound: Frames(len(samples)) for sound, samples in TONES.items()}


def clip_of(text: str) -> Clip:
    """A buzz as long as the prompt is likely to be, another one for each text."""
    length = Estimates()[text].length
    step = 40 + sum(map(ord, text)) % 50
    return Clip((8_000 * np.sign(np.arange(length) % step - step / 2)).astype(np.int16), Frames(0))


@dataclass
class Time:
    """Seconds that pass when somebody waits."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


class TimedInbox:
    """Messages that come at their time; waiting for one lets the time pass.

    What is put in comes ``late_s`` later.
    """

    def __init__(
        self,
        time: Time,
        planned: Iterable[tuple[float, Message]] = (),
        late_s: Callable[[Message], float] = lambda _: 0.0,
    ) -> None:
        self._time = time
        self._late_s = late_s
        self._planned = sorted(planned, key=lambda item: item[0])
        self._posted: list[Message] = []

    def get(self, *, timeout: float) -> Message:
        if self._posted:
            return self._posted.pop(0)
        until = self._time.now_s + timeout
        if self._planned and self._planned[0][0] <= until:
            when, message = self._planned.pop(0)
            self._time.now_s = max(when, self._time.now_s)
            return message
        self._time.now_s = until
        raise Empty

    def put(self, item: Message, /) -> None:
        late_s = self._late_s(item)
        if late_s:
            self._planned = sorted(
                [*self._planned, (self._time.now_s + late_s, item)], key=lambda each: each[0]
            )
        else:
            self._posted.append(item)


class Tape:
    """A loudspeaker with 400 ms of room, by the clock of a `Time`; ``tape`` is what was heard of it."""

    player = "fake"
    device = "a tape"

    def __init__(self, time: Time, breaks_at_s: float = float("inf")) -> None:
        self._time = time
        self._breaks_at_s = breaks_at_s
        self._looked_s = time()
        self._heard = 0.0
        self.tape: list[NDArray[np.float32]] = []
        self.written = 0
        self.is_closed = False

    @property
    def heard(self) -> int:
        now = self._time()
        if now >= self._breaks_at_s:
            raise DeviceLostError("the tape is torn.")
        self._heard = min(float(self.written), self._heard + (now - self._looked_s) * RATE_HZ)
        self._looked_s = now
        return int(self._heard)

    @property
    def room(self) -> int:
        return RATE_HZ * 2 // 5 - (self.written - self.heard)

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        assert not self.is_closed
        assert at is None or at >= 0
        self.tape.append(block[:, 0].copy())
        self.written += len(block)

    def drop(self) -> int:
        dropped = self.written - self.heard
        whole = np.concatenate(self.tape) if self.tape else np.zeros(0, np.float32)
        self.tape = [whole[: len(whole) - dropped]]
        self.written -= dropped
        return dropped

    def close(self) -> None:
        self.is_closed = True

    @property
    def sound(self) -> NDArray[np.float32]:
        return np.concatenate(self.tape)


@dataclass
class Tapes:
    """Opens tapes; each is torn at its time, and none is to be had in between."""

    time: Time
    breaks_at_s: list[float] = field(default_factory=list)
    gone_until_s: float = 0.0
    rung: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 1), np.float32))
    opened: list[Tape] = field(default_factory=list)

    def speaker(self) -> Tape:
        if self.time() < self.gone_until_s and self.opened:
            raise DeviceError("there is no tape.")
        breaks = self.breaks_at_s.pop(0) if self.breaks_at_s else float("inf")
        self.opened.append(Tape(self.time, breaks))
        return self.opened[-1]


class Buzzing(SpeakingThread):
    """A voice that needs no time."""

    def __init__(self, tell: Callable[[Message], None]) -> None:
        self._tell = tell
        self.clips: dict[str, Clip] = {}

    def order(self, order: ChapterOrder) -> None:
        self.speak(order.also)
        chapters = order.chapters[order.first :]
        for text in dict.fromkeys(text for each in chapters for text in (*prompts(each), *replies(each))):
            self.clips.setdefault(text, clip_of(text))
        laid = list(compile_chapters(chapters, Sounds(self.clips, LENGTHS)))
        lengths = [(each.end - each.chapter.start) / RATE_HZ for each in laid]
        self._tell(LengthsEstimated(order, (*[0.0] * order.first, *lengths)))
        for index, each in enumerate(laid, start=order.first):
            self._tell(ChapterReady(order, index, shifted(each, order.start - laid[0].chapter.start)))

    def speak(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.clips.setdefault(text, clip_of(text))


@dataclass
class Heard:
    """What became of a session: every view of it, what was kept and recorded."""

    views: list[View] = field(default_factory=list)
    kept: list[Mapping[str, Any] | None] = field(default_factory=list)
    diary: list[tuple[Entry, Entry | None]] = field(default_factory=list)

    def show(self, view: View) -> None:
        self.views.append(view)

    @property
    def said(self) -> list[str]:
        """Every prompt that was heard, once each time that it was begun."""
        found: list[tuple[str, float]] = []
        for view in self.views:
            if view.said and (not found or found[-1] != (view.said, view.said_at_s)):
                found.append((view.said, view.said_at_s))
        return [text for text, _ in found]


def played(
    score_at: Callable[[Level], tuple[ChapterMoves, ...]],
    keys: Iterable[tuple[float, Message]] = (),
    *,
    speakers: Tapes | None = None,
    time: Time | None = None,
    start: Place | None = None,
    resumes: bool = False,
    level: Level = Level.STANDARD,
    has_keys: bool = False,
    late_s: Callable[[Message], float] = lambda _: 0.0,
    heard: Heard | None = None,
    voices: type[Buzzing] = Buzzing,
    options: Options | None = None,
    pains: Mapping[str, int] | None = None,
    unanswered: Entry | None = None,
    tells_keys: bool = False,
) -> tuple[Heard, LiveSession, Tapes]:
    """A session that is over, with what its listener pressed and when."""
    time = time or Time()
    inbox = TimedInbox(time, keys, late_s)
    heard = heard or Heard()
    speakers = speakers or Tapes(time)
    connections = Connections(
        speakers,
        inbox,
        TONES,
        heard.kept.append,
        lambda entry, earlier: heard.diary.append((entry, earlier)),
        [heard.show],
        {"space": Action.TOGGLE, "b": Action.TOGGLE, "w": Action.WHERE, "q": Action.STOP}.get,
        has_keys=has_keys,
        clock=time,
    )
    to_play = SessionToPlay(
        "test",
        "Test",
        score_at,
        level,
        start,
        resumes,
        {"sheet": "test"},
        options=options or Options(level),
        pains=pains or {},
        unanswered=unanswered,
        tells_keys=tells_keys,
    )
    run = LiveSession(to_play, connections, voices(inbox.put))
    run.play()
    return heard, run, speakers
