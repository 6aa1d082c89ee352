"""Remote controls that the system provides, such as media keys: their interface, and choosing them.

Linux has `mpris`. MPNowPlayingInfoCenter of macOS and SystemMediaTransportControls of Windows would be two
more modules, chosen in `remotes`.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from coach.live.actions import Action
from coach.live.view import View

TRY_S = 1.5
"""How long `Remotes.tried` waits for a remote control to say whether it works."""

_OTHERS = {"win32": "Windows", "darwin": "macOS"}


class Remote(Protocol):
    """A remote control: it passes on the listener's actions, and displays the session.

    No method raises or blocks: a session goes on without its remote controls.
    """

    @property
    def name(self) -> str:
        """Its name for people, such as "media keys (MPRIS)"."""

    def show(self, view: View) -> None:
        """Display a moment of the session; called about ten times a second."""

    def trouble(self, wait_s: float = 0.0) -> str:
        """Why it does not work, as far as is known after ``wait_s``; "" if it does."""

    def close(self) -> None:
        """Disconnect."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A remote control that is not available, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remotes:
    """All remote controls of the system, used as one; ``missing`` are those that are not available."""

    there: tuple[Remote, ...]
    missing: tuple[Missing, ...]

    def __enter__(self) -> Self:
        """Return the object itself; each remote connects when it is first shown a view."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect all."""
        self.close()

    def show(self, view: View) -> None:
        """Display a moment of the session on all."""
        for remote in self.there:
            remote.show(view)

    def close(self) -> None:
        """Disconnect all."""
        for remote in self.there:
            remote.close()

    def tried(self, wait_s: float = TRY_S) -> "Remotes":
        """Try each, and move those that do not work to ``missing``."""
        troubles = [(remote, remote.trouble(wait_s)) for remote in self.there]
        for remote, why in troubles:
            if why:
                remote.close()
        return Remotes(
            tuple(remote for remote, why in troubles if not why),
            (*self.missing, *(Missing(remote.name, why) for remote, why in troubles if why)),
        )


def remotes(put: Callable[[Action], None]) -> Remotes:
    """The remote controls of this system; they call ``put`` with each action, from threads of their own."""
    if (system := _OTHERS.get(sys.platform)) is not None:
        return Remotes((), (Missing("media keys", f"coach does not know those of {system} yet"),))
    from coach.live.controls.mpris import Mpris, why_not  # noqa: PLC0415 - only where there is such a thing

    if why := why_not():
        return Remotes((), (Missing(Mpris.name, why),))
    return Remotes((Mpris(put),), ())
