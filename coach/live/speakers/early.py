"""Open a loudspeaker in a thread while everything else is loaded, and ring a bell on it when it is open."""

import threading
from importlib import import_module
from importlib.util import find_spec
from typing import Self

import numpy as np
from numpy.typing import NDArray

from coach.errors import CoachError, DeviceError
from coach.live.speakers.loudspeaker import EXPORT_HINT, Loudspeaker
from coach.live.speakers.player import Player, open_loudspeaker

LEAD = 960
"""Frames of silence before the bell, 20 ms: a new stream may lose its first milliseconds."""

HEAD_START_S = 0.03
"""How long the constructor waits for the sound server, which mostly answers within this time: loading
packages meanwhile would slow the opening down."""

OPEN_S = 10.0
CLOSE_S = 1.0
"""Timeout for closing a sound system that hangs."""


class EarlyLoudspeaker:
    """Opens a loudspeaker in a thread of its own; `speaker` hands it over, and opens others when it is lost.

    A context manager: on leaving, a loudspeaker that was not handed over is closed without having been heard.
    """

    def __init__(self, player: Player) -> None:
        self.player = player
        self._first: Loudspeaker | None = None
        self._error: CoachError | None = None
        self._may_ring, self._is_open = threading.Event(), threading.Event()
        self._is_taken = self._is_given_up = False
        self.rung: NDArray[np.float32] = np.zeros((0, 1), np.float32)
        """The samples of the bell that the first loudspeaker was given."""

        _load(player)
        self._thread = threading.Thread(target=self._open, name="loudspeaker", daemon=True)
        self._thread.start()
        self._is_open.wait(HEAD_START_S)

    def __enter__(self) -> Self:
        """Return the object itself; the constructor has begun to open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close a loudspeaker that was not handed over."""
        self._is_given_up = not self._is_taken
        self.ring()
        self._thread.join(CLOSE_S)
        if self._is_given_up and self._first is not None:
            first, self._first = self._first, None
            first.drop()
            first.close()

    def ring(self) -> None:
        """Let the thread write the bell as soon as the loudspeaker is open."""
        self._may_ring.set()

    def speaker(self) -> Loudspeaker:
        """Hand over the loudspeaker, to which the bell was written; later calls open another one.

        Raises
        ------
        DeviceError
            If there is none.
        """
        if self._is_taken:
            return open_loudspeaker(self.player)
        self.ring()
        self._thread.join(OPEN_S)
        self._is_taken = True
        if self._thread.is_alive():
            raise DeviceError(f"the sound system has not answered for {OPEN_S:.0f} seconds.", EXPORT_HINT)
        if self._first is None:
            raise self._error or DeviceError("the loudspeaker could not be opened", EXPORT_HINT)
        return self._first

    def _open(self) -> None:
        try:
            self._first = open_loudspeaker(self.player)
            self._is_open.set()
            self._may_ring.wait()
            if not self._is_given_up:
                self.rung = _bell()
                self._first.write(self.rung)
        except CoachError as error:
            self._error = error


_begun: list[EarlyLoudspeaker] = []


def begin_early(name: str) -> EarlyLoudspeaker | None:
    """Begin to open the player of that name, for `take_or_open` to return; None if there is none."""
    if name not in list(Player):
        return None
    _begun[:] = [EarlyLoudspeaker(Player(name))]
    return _begun[0]


def take_or_open(player: Player) -> EarlyLoudspeaker:
    """Return what `begin_early` began, once, if that is of the same player; else begin to open now."""
    begun = _begun.pop() if _begun else None
    return begun if begun is not None and begun.player is player else EarlyLoudspeaker(player)


def _load(player: Player) -> None:
    """Import what opening needs, before the thread starts: two threads that import at once take longer."""
    if player in {Player.AUTO, Player.MINIAUDIO}:
        import_module("coach.live.speakers.miniaudio")
        if find_spec("miniaudio") is not None:
            import_module("miniaudio")


def _bell() -> NDArray[np.float32]:
    """Return the samples of the bell, preceded by `LEAD` frames of silence."""
    from coach.language.model import Sound  # noqa: PLC0415
    from coach.sound.tones import tones  # noqa: PLC0415 - loaded by then

    lead = np.zeros(LEAD, np.float32)
    bell = tones()[Sound.BELL].astype(np.float32) / 32768
    return np.concatenate([lead, bell]).reshape(-1, 1)
