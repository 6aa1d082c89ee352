"""A coach that writes down what it does, to be held against what is recorded and what it does next time.

    python -m tests.realtime.driven run ...

It is the real one, with the real loudspeaker, keys, voice and disk. Three things are wrapped: the
loudspeaker, the playback, and the screen. The environment says what for:

LIVE_TRACE
    A file to which every view is added as a line of JSON, with the time.
LIVE_LOG
    A file that has at the end, as a pickle, a `Log`.
LIVE_SPEED
    How many times as fast as sound `--player none` plays.
"""

import dataclasses
import json
import os
import pickle
import sys
import time
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coach.cli import app as cli
from coach.live import run as performing
from coach.live import session_loop as running
from coach.live.actions import Action
from coach.live.playback import Playback
from coach.live.playhead import PlayableSession, Playhead
from coach.live.speakers import early
from coach.live.speakers.loudspeaker import Loudspeaker
from coach.live.speakers.player import Player
from coach.live.speakers.silent import SilentPlayer
from coach.live.view import View
from coach.session.timeline import Timeline
from coach.sound.dither import Quantiser


@dataclass(slots=True)
class Turn:
    """What was changed: at which frame of what was written, by which action, from and to which playhead."""

    written: int
    action: str
    before: Playhead
    after: Playhead
    timeline_before: Timeline
    timeline_after: Timeline


@dataclass(slots=True)
class Log:
    """What a loudspeaker was given and did not give back.

    ``samples`` as an export would have them; ``session`` has the frame of the session that each one is, -1
    for answers and silence; ``cuts`` are the frames before which something was dropped.
    """

    samples: NDArray[np.int16]
    session: NDArray[np.int32]
    cuts: list[int]
    turns: list[Turn] = field(default_factory=list)
    filled: int = 0


class Logged:
    """A loudspeaker, and what it was given."""

    def __init__(self, speaker: Loudspeaker) -> None:
        self.speaker = speaker
        self.given: list[tuple[NDArray[np.int16], int]] = []
        self.cuts: list[int] = []
        self.written = self._at = 0
        self._quantiser = Quantiser()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.speaker, name)

    def write(self, block: NDArray[np.float32], at: int | None = None) -> None:
        position = self._at if at is None else at
        samples = np.empty(len(block), np.int16)
        self._quantiser.quantise(block, position, samples)
        self.speaker.write(block, at)
        self.given.append((samples, -1 if at is None else at))
        self.written += len(block)
        self._at = position + len(block)

    def drop(self) -> int:
        dropped = self.speaker.drop()
        self.written -= dropped
        left = dropped
        while left:
            samples, at = self.given.pop()
            if len(samples) > left:
                self.given.append((samples[: len(samples) - left], at))
            left -= min(left, len(samples))
        if dropped:
            self.cuts.append(self.written)
        return dropped

    def log(self) -> Log:
        session = [
            np.full(len(samples), -1) if at < 0 else np.arange(at, at + len(samples))
            for samples, at in self.given
        ]
        return Log(
            np.concatenate([samples for samples, _ in self.given]),
            np.concatenate(session).astype(np.int32),
            self.cuts,
            TURNS,
            int(getattr(self.speaker, "filled", 0)),
        )


SPEAKERS: list[Logged] = []
TURNS: list[Turn] = []
ASKED: list[str] = [""]


class LoggedPlayback(Playback):
    """Playback of which every change is written down."""

    def go_on(self, head: Playhead, session: PlayableSession | None = None) -> None:
        before, coming = self._log[-1].head, session or self.session
        written = SPEAKERS[-1].written
        TURNS.append(Turn(written, ASKED[0], before, head, self.session.timeline, coming.timeline))
        super().go_on(head, session)


class Traced:
    """A screen, and every view that it was given."""

    def __init__(self, screen: Any, path: Path) -> None:
        self._screen = screen
        self._file = path.open("a", buffering=1)

    def show(self, view: View) -> None:
        self._file.write(json.dumps({"now_s": time.monotonic(), **dataclasses.asdict(view)}) + "\n")
        self._screen.show(view)

    def close(self) -> None:
        self._screen.close()


def wrap() -> None:
    """Put the wrappers in the places of what they wrap."""
    open_real, act_real = vars(early)["open_loudspeaker"], running.LiveSession._act
    screen_real = vars(performing)["screen_for"]
    speed = float(os.environ.get("LIVE_SPEED", "1"))

    def open_logged(player: Player) -> Loudspeaker:
        real = SilentPlayer(speed) if player is Player.NONE else open_real(player)
        if "LIVE_LOG" not in os.environ:
            return real
        SPEAKERS.append(Logged(real))
        return SPEAKERS[-1]

    def act_logged(run: running.LiveSession, action: Action) -> None:
        ASKED[0] = str(action)
        act_real(run, action)
        ASKED[0] = ""

    vars(early)["open_loudspeaker"] = open_logged
    if "LIVE_LOG" in os.environ:
        vars(running)["Playback"] = LoggedPlayback
        running.LiveSession._act = act_logged  # type: ignore[method-assign,assignment]
    if "LIVE_TRACE" in os.environ:
        trace = Path(os.environ["LIVE_TRACE"])
        vars(performing)["screen_for"] = lambda **options: Traced(screen_real(**options), trace)


def main() -> None:
    """Run coach, and leave the log whatever happens."""
    wrap()
    try:
        sys.argv[0] = "coach"
        cli.run()
    finally:
        if "LIVE_LOG" in os.environ:
            Path(os.environ["LIVE_LOG"]).write_bytes(pickle.dumps(SPEAKERS[-1].log()))


if __name__ == "__main__":
    # What is pickled belongs to a module that a test can import.
    import_module("tests.realtime.driven").main()
