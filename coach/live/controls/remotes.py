"""What else steers and shows a session, beside the keyboard and the screen: the media keys of this system.

Linux has `mpris`. MPNowPlayingInfoCenter of macOS and SystemMediaTransportControls of Windows would be
two more of these, in a module of their own each, chosen in `remotes`.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from coach.live.actions import Action
from coach.live.view import View

TRY_S = 1.5
"""How long somebody who asks whether a remote works waits for its answer."""

_OTHERS = {"win32": "Windows", "darwin": "macOS"}


class Remote(Protocol):
    """Hands on what is asked for from elsewhere, and lets elsewhere know what is heard.

    None of these raises, and none waits for more than a moment: a session needs no remote.
    """

    @property
    def name(self) -> str:
        """What it is called for people, such as "media keys (MPRIS)"."""

    def show(self, view: View) -> None:
        """Let it know of this moment, about ten times a second."""

    def trouble(self, wait_s: float = 0.0) -> str:
        """What keeps it from working, as far as is known after ``wait_s``; "" for nothing."""

    def close(self) -> None:
        """End it."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A remote that is not there, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remotes:
    """The remotes that are ``there``, shown to and closed as one, and those that are ``missing``."""

    there: tuple[Remote, ...]
    missing: tuple[Missing, ...]

    def __enter__(self) -> Self:
        """They begin with what they are first shown."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End them all."""
        self.close()

    def show(self, view: View) -> None:
        """Let them all know of this moment."""
        for remote in self.there:
            remote.show(view)

    def close(self) -> None:
        """End them all."""
        for remote in self.there:
            remote.close()

    def tried(self, wait_s: float = TRY_S) -> "Remotes":
        """The same after each was tried: those that do not work are missing."""
        troubles = [(remote, remote.trouble(wait_s)) for remote in self.there]
        for remote, why in troubles:
            if why:
                remote.close()
        return Remotes(
            tuple(remote for remote, why in troubles if not why),
            (*self.missing, *(Missing(remote.name, why) for remote, why in troubles if why)),
        )


def remotes(put: Callable[[Action], None]) -> Remotes:
    """The remotes of this system; ``put`` is called with what they ask for, from threads of their own."""
    if (system := _OTHERS.get(sys.platform)) is not None:
        return Remotes((), (Missing("media keys", f"coach does not know those of {system} yet"),))
    from coach.live.controls.mpris import Mpris, why_not  # noqa: PLC0415 - only where there is such a thing

    if why := why_not():
        return Remotes((), (Missing(Mpris.name, why),))
    return Remotes((Mpris(put),), ())
