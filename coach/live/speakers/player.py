"""Name what can play a live session, and open one of them.

The command line imports this module for its help, so it imports neither numpy nor a sound library.
"""

from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from coach.errors import DeviceError

if TYPE_CHECKING:
    from coach.live.speakers.loudspeaker import Loudspeaker


class Player(StrEnum):
    """The package that drives the loudspeaker; ``NONE`` keeps the time and plays nothing."""

    AUTO = "auto"
    MINIAUDIO = "miniaudio"
    SIMPLEAUDIO = "simpleaudio"
    NONE = "none"


class PlayerStatus(NamedTuple):
    """The availability of a player on this machine, with the reason in half a sentence."""

    player: Player
    is_usable: bool
    why: str


def list_players() -> tuple[PlayerStatus, ...]:
    """List all players in the order in which ``auto`` tries them, without opening a device."""
    from coach.live.speakers.simpleaudio import why_unusable  # noqa: PLC0415 - only those who ask

    why_not = why_unusable()
    has_miniaudio = find_spec("miniaudio") is not None
    return (
        PlayerStatus(Player.SIMPLEAUDIO, not why_not, why_not or "it is installed and safe"),
        PlayerStatus(
            Player.MINIAUDIO, has_miniaudio, "it is installed" if has_miniaudio else "it is not installed"
        ),
        PlayerStatus(Player.NONE, True, "it keeps the time and is not heard"),
    )


def open_loudspeaker(player: Player) -> "Loudspeaker":
    """Open the default device with a player; ``auto`` takes simpleaudio where it is usable, else miniaudio.

    Raises
    ------
    DeviceError
        If it cannot be opened; for ``auto``, if neither can.
    """
    match player:
        case Player.NONE:
            from coach.live.speakers.silent import SilentPlayer  # noqa: PLC0415 - one of them, whichever it is

            return SilentPlayer()
        case Player.SIMPLEAUDIO:
            from coach.live.speakers.simpleaudio import open_simpleaudio  # noqa: PLC0415

            return open_simpleaudio()
        case Player.MINIAUDIO:
            from coach.live.speakers.miniaudio import open_miniaudio  # noqa: PLC0415

            return open_miniaudio()
        case Player.AUTO:
            return _open_any()


def _open_any() -> "Loudspeaker":
    if find_spec("simpleaudio") is not None:
        from coach.live.speakers.simpleaudio import why_unusable  # noqa: PLC0415

        if not why_unusable():
            try:
                return open_loudspeaker(Player.SIMPLEAUDIO)
            except DeviceError:
                pass  # miniaudio knows more sound systems, and says what is wrong if it too finds none
    return open_loudspeaker(Player.MINIAUDIO)
