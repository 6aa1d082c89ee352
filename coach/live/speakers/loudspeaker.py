"""Which loudspeaker plays, and how it is opened. Importing this costs no sound library."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

from coach.errors import DeviceError
from coach.live.speakers.player import Player
from coach.sound.sink import Sink

EXPORT_HINT = "`coach export` writes a session as a WAV file that any other machine plays."


class Loudspeaker(Sink, Protocol):
    """A sink that is heard while it is written to, and the clock of a live session.

    ``write`` takes mono blocks. Where it, or any of the properties, finds that the device takes nothing more,
    it raises `coach.errors.DeviceLostError`; another loudspeaker may then be opened.
    """

    @property
    def player(self) -> str:
        """What plays: "miniaudio", "simpleaudio" or "none"."""

    @property
    def device(self) -> str:
        """The device's name for people, such as "Built-in Audio Analog Stereo (PulseAudio)"."""

    @property
    def room(self) -> int:
        """How many frames `write` takes now without waiting."""

    @property
    def heard(self) -> int:
        """How many of the frames written and not dropped have been heard; it never goes back."""


@dataclass(frozen=True, slots=True)
class Usable:
    """Whether a player can be used on this machine, and why or why not, in half a sentence."""

    player: Player
    is_usable: bool
    why: str


def explain_players() -> tuple[Usable, ...]:
    """Every player that there is, in the order in which ``auto`` tries them; no device is opened."""
    from coach.live.speakers.simpleaudio import unusable  # noqa: PLC0415 - only those who ask

    why_not = unusable()
    has_miniaudio = find_spec("miniaudio") is not None
    return (
        Usable(Player.SIMPLEAUDIO, not why_not, why_not or "it is installed and safe"),
        Usable(
            Player.MINIAUDIO, has_miniaudio, "it is installed" if has_miniaudio else "it is not installed"
        ),
        Usable(Player.NONE, True, "it keeps the time and is not heard"),
    )


def open_loudspeaker(player: Player) -> Loudspeaker:
    """The loudspeaker that is asked for, open; ``auto`` takes simpleaudio where it can, else miniaudio.

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


def _open_any() -> Loudspeaker:
    if find_spec("simpleaudio") is not None:
        from coach.live.speakers.simpleaudio import unusable  # noqa: PLC0415

        if not unusable():
            try:
                return open_loudspeaker(Player.SIMPLEAUDIO)
            except DeviceError:
                pass  # miniaudio knows more sound systems, and says what is wrong if it too finds none
    return open_loudspeaker(Player.MINIAUDIO)


def no_device(why: Exception | None = None) -> DeviceError:
    """The error of a machine without a loudspeaker, as every player says it."""
    reason = "" if why is None else f" ({', '.join(map(str, why.args))})"
    return DeviceError(
        f"no sound device could be opened{reason}.",
        f"Connect a loudspeaker or headphones and look at the system's sound settings. {EXPORT_HINT}",
    )
