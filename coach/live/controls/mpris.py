"""Media keys and headsets on Linux: the session as a media player on the D-Bus session bus (MPRIS 2.2).

MPNowPlayingInfoCenter of macOS and SystemMediaTransportControls of Windows would be two more modules.
Everything that may take time or fail, importing jeepney included, happens in a thread that starts with the
first view, so that a session starts and ends no later with media keys than without.
"""

import importlib.util
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from coach.live.actions import Action
from coach.live.view import View

BUS_NAME = "org.mpris.MediaPlayer2.coach"
PATH = "/org/mpris/MediaPlayer2"
ROOT = "org.mpris.MediaPlayer2"
PLAYER = "org.mpris.MediaPlayer2.Player"
PROPERTIES = "org.freedesktop.DBus.Properties"

METHODS: Mapping[str, Mapping[str, Action | str]] = {
    ROOT: {"Quit": Action.STOP, "Raise": "coach has no window"},
    PLAYER: {
        "Play": Action.RESUME,
        "Pause": Action.PAUSE,
        "PlayPause": Action.TOGGLE,
        "Stop": Action.STOP,
        "Next": Action.NEXT,
        "Previous": Action.BACK,
        "Seek": "coach goes from chapter to chapter: Next and Previous",
        "SetPosition": "coach goes from chapter to chapter: Next and Previous",
        "OpenUri": "coach plays script sheets, from its command line",
    },
}
"""The action of each D-Bus method, or the reason why it is refused."""

_ARGUMENTS = {"Seek": "x", "SetPosition": "ox", "OpenUri": "s"}
_OTHERS = {"win32": "Windows", "darwin": "macOS"}
_QUIET = '<annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="false"/>'
_PROPERTIES_XML = (
    '<interface name="org.freedesktop.DBus.Properties">'
    '<method name="Get"><arg type="s" direction="in"/><arg type="s" direction="in"/>'
    '<arg type="v" direction="out"/></method>'
    '<method name="GetAll"><arg type="s" direction="in"/><arg type="a{sv}" direction="out"/></method>'
    '<method name="Set"><arg type="s" direction="in"/><arg type="s" direction="in"/>'
    '<arg type="v" direction="in"/></method>'
    '<signal name="PropertiesChanged"><arg type="s"/><arg type="a{sv}"/><arg type="as"/></signal>'
    "</interface>"
)

_TRACK = "/coach/session"
"""One track for the whole session, as of a broadcast: its title changes, its position runs on."""

LENGTH_NOISE_S = 1.5
"""An estimated length changes by this much before the change is signalled."""

JUMP_S = 1.0
"""A position that is this far from the expected one is a jump, which is signalled as ``Seeked``."""

TRY_S = 1.5
"""Timeout for `Mpris.trouble`, after which media keys count as working."""

STEP_NEAR_DB = 1.5
"""Half a step of louder and softer: a requested volume that is nearer than this counts as reached."""

STEP_TAKES_S = 1.0
"""A step that has no effect within this time was not taken: the volume is at its limit."""

QUIETEST_DB = -60.0

_REPLY_S = 1.0
_LOOK_S = 0.05
"""Interval of checks for a new view while no message arrives."""

_CLOSE_S = 0.3
_NO_REPLY = 1
_DO_NOT_QUEUE = 4
_OWNER = 1
_NAMES = 10

Value = tuple[str, Any]
"""A D-Bus variant: its signature and its value."""

Result = tuple[str | None, tuple[Any, ...], Action | None]
"""The result of a method: its D-Bus signature, its values, and the action to send to the session."""


def why_not() -> str:
    """Why media keys cannot reach coach, as far as can be said without trying; "" for nothing."""
    if (system := _OTHERS.get(sys.platform)) is not None:
        return f"coach does not know those of {system} yet"
    if importlib.util.find_spec("jeepney") is None:
        return "the extra 'mpris' is not installed: pip install jeepney"
    if not _address():
        return "there is no session bus: DBUS_SESSION_BUS_ADDRESS is not set"
    return ""


def _address() -> str:
    """Return the address of the D-Bus session bus; "" if there is none."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    usual = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere", "bus")
    return address or (f"unix:path={usual}" if usual.is_socket() else "")


class Mpris:
    """The session as a media player that headsets, media keys and desktops steer and display.

    ``put`` is called with each action that they ask for, from a thread of its own. Neither `show` nor `close`
    raises an error of the bus or waits for an answer: a session goes on without media keys.
    """

    name = "media keys (MPRIS)"

    def __init__(self, put: Callable[[Action], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.bus_name = ""
        self._put = put
        self._clock = clock
        self._shown: tuple[View, float] | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._is_known = threading.Event()
        self._trouble = ""
        self._connection: Any = None

    def __enter__(self) -> Self:
        """Enter the context; the first view opens the D-Bus connection."""
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the bus."""
        self.close()

    def show(self, view: View) -> None:
        """Display a moment of the session; called about ten times a second, and the first call connects."""
        self._shown = view, self._clock()
        self._begin()

    def trouble(self, wait_s: float = 0.0) -> str:
        """Why media keys do not work, as far as is known after ``wait_s``; "" if they do."""
        self._begin()
        self._is_known.wait(wait_s)
        return self._trouble

    def close(self) -> None:
        """Leave the bus; a second time does nothing."""
        self._is_closed = True
        if self._thread is None or self._thread is threading.current_thread():
            return
        self._thread.join(_CLOSE_S)
        if self._thread.is_alive() and self._connection is not None:
            with suppress(OSError):  # a bus that does not answer: what the thread waits for ends now
                self._connection.sock.shutdown(2)
            self._thread.join(_CLOSE_S)

    def _begin(self) -> None:
        if self._thread is None and not self._is_closed:
            self._thread = threading.Thread(target=self._serve, name="mpris", daemon=True)
            self._thread.start()

    def _serve(self) -> None:
        try:
            self._trouble = why_not() or self._served()
        except OSError as error:
            if not self._is_closed:
                why = error.strerror or str(error) or "it does not answer"
                self._trouble = f"the session bus is gone: {why}"
        except Exception as error:  # noqa: BLE001 - nothing about media keys may harm a session
            self._trouble = f"media keys failed: {type(error).__name__}: {error}"
        finally:
            self.bus_name = ""
            self._is_known.set()

    def _served(self) -> str:
        """Connect, and serve until `close`; returns why there is no connection, or ""."""
        from jeepney.auth import AuthenticationError  # noqa: PLC0415 - in this thread, not in a session's start
        from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415

        try:
            connection = open_dbus_connection(_address(), auth_timeout=_REPLY_S)
        except (OSError, AuthenticationError) as error:
            return f"the session bus does not let coach in: {getattr(error, 'strerror', None) or error}"
        except (RuntimeError, ValueError, KeyError):
            return f"the session bus has an address that cannot be used: {_address()}"
        with connection:
            self._connection = connection
            self._is_known.set()
            player = _Player(connection, self._put, self._clock)
            while not self._is_closed:
                player.step(self._shown)
                self.bus_name = player.name
        return ""


class _Refusal(Exception):  # noqa: N818 - an answer, to a client's error
    """A D-Bus error's name, and the reason."""


class _Player:
    """A connection to the bus that answers method calls, and signals changes."""

    def __init__(self, connection: Any, put: Callable[[Action], None], clock: Callable[[], float]) -> None:
        import jeepney  # noqa: PLC0415

        self.name = ""
        self._jeepney = jeepney
        self._connection = connection
        self._put = put
        self._clock = clock
        self._view: View | None = None
        self._shown_s = 0.0
        self._length_s = 0.0
        self._volume = _Volume()
        self._told: dict[str, Value] = {}

    def step(self, shown: tuple[View, float] | None) -> None:
        """Wait a moment for a method call, take note of the latest view and its time, and answer.

        Raises
        ------
        OSError
            If the bus goes away.
        """
        if shown is not None and not self.name:
            self.name = self._own_name()
        message = None
        with suppress(TimeoutError):
            message = self._connection.receive(timeout=_LOOK_S)
        if shown is not None and (shown[0] is not self._view or shown[1] != self._shown_s):
            self._see(*shown)
        if message is not None and message.header.message_type is self._jeepney.MessageType.method_call:
            self._answer(message)

    def _own_name(self) -> str:
        for name in _names():
            request = self._jeepney.message_bus.RequestName(name, _DO_NOT_QUEUE)
            if self._connection.send_and_get_reply(request, timeout=_REPLY_S).body[0] == _OWNER:
                return name
        raise ValueError("the session bus gives coach no name")

    # What is seen

    def _see(self, view: View, shown_s: float) -> None:
        before, before_s = self._view, self._shown_s
        self._view, self._shown_s = view, shown_s
        length_s = max(view.at_s + view.left_s, 0.0)
        if abs(length_s - self._length_s) >= LENGTH_NOISE_S:
            self._length_s = length_s
        if (action := self._volume.see(view.volume_db, shown_s)) is not None:
            self._put(action)
        self._tell()
        if before is not None:
            is_running = not (before.is_paused or before.is_over)
            expected_s = before.at_s + (shown_s - before_s if is_running else 0.0)
            if abs(view.at_s - expected_s) > JUMP_S:
                self._signal(PLAYER, "Seeked", "x", (self._position_us(),))

    def _tell(self) -> None:
        """Signal the properties that have changed since the last signal, but never the position."""
        now = self._properties(PLAYER)
        del now["Position"]
        changed = {key: value for key, value in now.items() if self._told.get(key) != value}
        if changed:
            self._told = now
            self._signal(PROPERTIES, "PropertiesChanged", "sa{sv}as", (PLAYER, changed, []))

    def _properties(self, interface: str) -> dict[str, Value]:
        view = self._view
        if interface == ROOT:
            return {
                "Identity": ("s", "coach"),
                "CanQuit": ("b", True),
                "CanRaise": ("b", False),
                "HasTrackList": ("b", False),
                "SupportedUriSchemes": ("as", []),
                "SupportedMimeTypes": ("as", []),
            }
        can_play = view is not None and not view.is_over
        return {
            "PlaybackStatus": ("s", _status(view)),
            "Rate": ("d", 1.0),
            "MinimumRate": ("d", 1.0),
            "MaximumRate": ("d", 1.0),
            "Metadata": ("a{sv}", self._metadata()),
            "Volume": ("d", self._volume.shown),
            "Position": ("x", self._position_us()),
            "CanGoNext": ("b", can_play and view is not None and view.chapter < view.chapters),
            "CanGoPrevious": ("b", can_play),
            "CanPlay": ("b", can_play),
            "CanPause": ("b", can_play),
            "CanSeek": ("b", False),
            "CanControl": ("b", True),
        }

    def _metadata(self) -> dict[str, Value]:
        if self._view is None:
            return {}
        return {
            "mpris:trackid": ("o", _TRACK),
            "mpris:length": ("x", round(self._length_s * 1_000_000)),
            "xesam:title": ("s", _sendable(self._view.title)),
            "xesam:album": ("s", _sendable(self._view.session)),
            "xesam:artist": ("as", ["coach"]),
            "xesam:trackNumber": ("i", self._view.chapter),
        }

    def _position_us(self) -> int:
        return round(max(self._view.at_s, 0.0) * 1_000_000) if self._view else 0

    # What is asked

    def _answer(self, call: Any) -> None:
        names = self._jeepney.HeaderFields
        path, interface, member = (
            call.header.fields.get(name, "") for name in (names.path, names.interface, names.member)
        )
        action = None
        try:
            signature, values, action = self._result(path, interface, member, call.body)
            answer = self._jeepney.new_method_return(call, signature, values)
        except _Refusal as refusal:
            error, why = refusal.args
            answer = self._jeepney.new_error(call, f"org.freedesktop.DBus.Error.{error}", "s", (why,))
        if not call.header.flags & _NO_REPLY:
            self._connection.send(answer)
        if action is not None:
            self._put(action)  # after the answer, as what is asked for may be the end
        self._tell()

    def _result(self, path: str, interface: str, member: str, body: tuple[Any, ...]) -> Result:
        match interface, member:
            case "org.freedesktop.DBus.Peer", "Ping":
                return None, (), None
            case "org.freedesktop.DBus.Introspectable", "Introspect":
                return "s", (self._introspection(path),), None
        if path != PATH:
            raise _Refusal("UnknownObject", "coach has only the object " + PATH)
        if interface == PROPERTIES:
            return self._properties_result(member, body)
        for known in (interface,) if interface else METHODS:
            match METHODS.get(known, {}).get(member):
                case Action() as action:
                    return None, (), action
                case str(why):
                    raise _Refusal("NotSupported", why)
        raise _Refusal("UnknownMethod", f"coach has no method {interface}.{member}")

    def _properties_result(self, member: str, body: tuple[Any, ...]) -> Result:
        match member, body:
            case "GetAll", (str(interface),):
                return "a{sv}", (self._known(interface),), None
            case "Get", (str(interface), str(key)):
                return "v", (self._known(interface, key)[key],), None
            case "Set", (str(interface), str(key), (signature, volume)):
                self._known(interface, key)
                if key != "Volume":
                    raise _Refusal("PropertyReadOnly", f"{key} can only be read")
                if signature == "d" and math.isfinite(volume):
                    return None, (), self._volume.wish(volume, self._clock())
                raise _Refusal("InvalidArgs", "the volume is a number")
            case "Get" | "GetAll" | "Set", _:
                raise _Refusal("InvalidArgs", f"{member} takes other arguments")
        raise _Refusal("UnknownMethod", f"there is no method {PROPERTIES}.{member}")

    def _known(self, interface: str, key: str | None = None) -> dict[str, Value]:
        """Return the properties of an interface, or raise if the interface or the key is unknown."""
        if interface not in METHODS:
            raise _Refusal("UnknownInterface", f"coach has no interface {interface}")
        properties = self._properties(interface)
        if key is not None and key not in properties:
            raise _Refusal("UnknownProperty", f"coach has no property {key}")
        return properties

    def _introspection(self, path: str) -> str:
        """The introspection XML of an object path, for tools that list methods and properties."""
        if path == PATH:
            interfaces = "".join(_interface_xml(name, self._properties(name)) for name in (ROOT, PLAYER))
            return f"<node>{interfaces}{_PROPERTIES_XML}</node>"
        parent = path.rstrip("/") + "/"
        below = PATH.removeprefix(parent).partition("/")[0] if PATH.startswith(parent) else ""
        return f'<node><node name="{below}"/></node>' if below else "<node/>"

    def _signal(self, interface: str, member: str, signature: str, body: tuple[Any, ...]) -> None:
        emitter = self._jeepney.DBusAddress(PATH, interface=interface)
        self._connection.send(self._jeepney.new_signal(emitter, member, signature, body))


class _Volume:
    """The volume as a settable number, reached by single steps, louder or softer.

    `shown` is the number that was requested, as long as the steps allow none that is nearer to it: so a
    slider stays where it was dragged, and requests of less than a step add up.
    """

    def __init__(self) -> None:
        self._now_db = 0.0
        self._wish_db: float | None = None
        self._asked_s: float | None = None

    @property
    def shown(self) -> float:
        """1 for the usual loudness, 2 for twice the amplitude."""
        return float(10 ** ((self._now_db if self._wish_db is None else self._wish_db) / 20))

    def wish(self, volume: float, now_s: float) -> Action | None:
        """Request a volume; returns the first step towards it, if one is due."""
        self._wish_db = max(QUIETEST_DB, 20 * math.log10(volume)) if volume > 0 else QUIETEST_DB
        return self._step(now_s)

    def see(self, volume_db: float, now_s: float) -> Action | None:
        """Take note of the volume of a view; returns the next step, if one is due."""
        if volume_db != self._now_db:
            if self._asked_s is None:
                self._wish_db = None  # somebody turned it with a key
            self._now_db, self._asked_s = volume_db, None
        elif self._asked_s is not None and now_s - self._asked_s > STEP_TAKES_S:
            self._wish_db, self._asked_s = None, None
        return self._step(now_s)

    def _step(self, now_s: float) -> Action | None:
        if self._wish_db is None or self._asked_s is not None:
            return None
        missing_db = self._wish_db - self._now_db
        if abs(missing_db) < STEP_NEAR_DB:
            return None
        self._asked_s = now_s
        return Action.LOUDER if missing_db > 0 else Action.SOFTER


def _status(view: View | None) -> str:
    if view is None or view.is_over:
        return "Stopped"
    return "Paused" if view.is_paused else "Playing"


def _names() -> list[str]:
    """List the bus names to request, in order."""
    own = f"{BUS_NAME}.instance{os.getpid()}"  # processes of two containers can have the same number
    return [BUS_NAME, own, *(f"{own}_{number}" for number in range(2, _NAMES))]


def _sendable(text: str) -> str:
    """Remove surrogates and NUL, which a D-Bus string cannot hold."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _interface_xml(name: str, properties: Mapping[str, Value]) -> str:
    parts = []
    for method in METHODS[name]:
        arguments = "".join(f'<arg type="{kind}" direction="in"/>' for kind in _ARGUMENTS.get(method, ""))
        parts.append(f'<method name="{method}">{arguments}</method>')
    if name == PLAYER:
        parts.append('<signal name="Seeked"><arg name="Position" type="x"/></signal>')
    for key, (signature, _) in properties.items():
        access = "readwrite" if key == "Volume" else "read"
        quiet = _QUIET if key == "Position" else ""
        parts.append(f'<property name="{key}" type="{signature}" access="{access}">{quiet}</property>')
    return f'<interface name="{name}">{"".join(parts)}</interface>'
