"""Media keys and headsets on Linux: the session as a media player on the D-Bus session bus (MPRIS 2.2).

Everything that may take time or fail, importing jeepney included, happens in a thread that starts with the
first view, so that a session starts and ends no later with media keys than without.
"""

import importlib.util
import math
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from coach.live.actions import Action
from coach.live.view import View

BUS_NAME = "org.mpris.MediaPlayer2.coach"
PATH = "/org/mpris/MediaPlayer2"
ROOT = "org.mpris.MediaPlayer2"
PLAYER = "org.mpris.MediaPlayer2.Player"
PROPERTIES = "org.freedesktop.DBus.Properties"

METHODS: Mapping[str, Mapping[str, Action]] = {
    ROOT: {"Quit": Action.STOP},
    PLAYER: {
        "Play": Action.RESUME,
        "Pause": Action.PAUSE,
        "PlayPause": Action.TOGGLE,
        "Stop": Action.STOP,
        "Next": Action.NEXT,
        "Previous": Action.BACK,
    },
}
"""The action of each D-Bus method."""

_REFUSED = {
    ROOT: {"Raise": "coach has no window"},
    PLAYER: {
        "Seek": "coach goes from chapter to chapter: Next and Previous",
        "SetPosition": "coach goes from chapter to chapter: Next and Previous",
        "OpenUri": "coach plays script sheets, from its command line",
    },
}

_ARGUMENTS = {"Seek": "x", "SetPosition": "ox", "OpenUri": "s"}
_QUIET = '<annotation name="org.freedesktop.DBus.Property.EmitsChangedSignal" value="false"/>'
_STANDARD_XML = (
    '<interface name="org.freedesktop.DBus.Properties">'
    '<method name="Get"><arg type="s" direction="in"/><arg type="s" direction="in"/>'
    '<arg type="v" direction="out"/></method>'
    '<method name="GetAll"><arg type="s" direction="in"/><arg type="a{sv}" direction="out"/></method>'
    '<method name="Set"><arg type="s" direction="in"/><arg type="s" direction="in"/>'
    '<arg type="v" direction="in"/></method>'
    '<signal name="PropertiesChanged"><arg type="s"/><arg type="a{sv}"/><arg type="as"/></signal>'
    "</interface>"
    '<interface name="org.freedesktop.DBus.Introspectable">'
    '<method name="Introspect"><arg type="s" direction="out"/></method></interface>'
    '<interface name="org.freedesktop.DBus.Peer"><method name="Ping"/></interface>'
)

_TRACK = "/coach/session"
"""One track for the whole session, as of a broadcast: its title changes, its position runs on."""

LENGTH_NOISE_S = 1.5
"""An estimated length changes by this much before the change is signalled."""

JUMP_S = 1.0
"""A position that is this far from the expected one is a jump, which is signalled as ``Seeked``."""

STEP_NEAR_DB = 1.5
"""Half a step of louder and softer: a requested volume that is nearer than this counts as reached."""

STEP_TAKES_S = 1.0
"""A step that has no effect within this time was not taken: the volume is at its limit."""

QUIETEST_DB = -60.0

_REPLY_S = 1.0
_CLOSE_S = 0.3
_NO_REPLY = 1
_DO_NOT_QUEUE = 4
_OWNER = 1
_OWNER_ALREADY = 4

Value = tuple[str, Any]
"""A D-Bus variant: its signature and what it holds."""


def why_not() -> str:
    """Why media keys cannot reach coach, as far as can be said without trying; "" for nothing."""
    if importlib.util.find_spec("jeepney") is None:
        return "the extra 'mpris' is not installed: pip install jeepney"
    if not _address():
        return "there is no session bus: DBUS_SESSION_BUS_ADDRESS is not set"
    return ""


def _address() -> str:
    """Where the session bus is; "" if there is none."""
    address = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    usual = Path(os.environ.get("XDG_RUNTIME_DIR") or "/nowhere", "bus")
    return address or (f"unix:path={usual}" if usual.is_socket() else "")


class Mpris:
    """A `Remote`: the session as a media player that headsets, media keys and desktops steer and display.

    ``put`` is called with what they ask for, from a thread of its own. `show` is called with each moment of
    the session; the first call begins everything. Nothing here ever raises or waits because of the bus:
    `trouble` says what is wrong with it.
    """

    name = "media keys (MPRIS)"

    def __init__(self, put: Callable[[Action], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._put = put
        self._clock = clock
        self._shown: tuple[View, float] | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._is_known = threading.Event()
        self._trouble = ""
        self._bus_name = ""
        self._hang_up: Callable[[], None] = lambda: None
        self._wake, self._waker = -1, -1

    def __enter__(self) -> Self:
        """Nothing yet: the first view begins it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the bus."""
        self.close()

    @property
    def bus_name(self) -> str:
        """The name that it has on the bus; "" as long as it has none."""
        return self._bus_name

    def show(self, view: View) -> None:
        """See `Remote`."""
        self._shown = view, self._clock()
        if self._thread is None:
            self._begin()
        with suppress(BlockingIOError, BrokenPipeError):  # it has been woken already, or is no more
            if not self._is_closed:
                os.write(self._waker, b"v")

    def trouble(self, wait_s: float = 0.0) -> str:
        """See `Remote`."""
        if self._thread is None:
            self._begin()
        self._is_known.wait(wait_s)
        return self._trouble

    def close(self) -> None:
        """Leave the bus; a second time does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._thread is None:
            return
        os.close(self._waker)
        if self._thread is threading.current_thread():
            return
        self._thread.join(_CLOSE_S)
        if self._thread.is_alive():
            with suppress(OSError):  # whatever it waits for, on a bus that does not answer, ends now
                self._hang_up()
            self._thread.join(_CLOSE_S)

    def _begin(self) -> None:
        if self._is_closed:
            return
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._waker, False)
        os.set_blocking(self._wake, False)
        self._thread = threading.Thread(target=self._serve, name="mpris", daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            self._trouble = why_not() or self._served()
        except OSError as error:
            if not self._is_closed:
                self._trouble = f"the session bus is gone: {error.strerror or error}"
        except Exception as error:  # noqa: BLE001 - nothing about media keys may harm a session
            self._trouble = f"media keys failed: {type(error).__name__}: {error}"
        finally:
            self._bus_name = ""
            self._is_known.set()
            os.close(self._wake)

    def _served(self) -> str:
        """Why it is over, after all was done that was asked; "" if that was our wish."""
        from socket import SHUT_RDWR  # noqa: PLC0415 - in this thread, not in a session's start

        from jeepney.auth import AuthenticationError  # noqa: PLC0415
        from jeepney.io.blocking import open_dbus_connection  # noqa: PLC0415

        try:
            connection = open_dbus_connection(_address(), auth_timeout=_REPLY_S)
        except (OSError, AuthenticationError) as error:
            return f"the session bus does not let coach in: {getattr(error, 'strerror', None) or error}"
        except (RuntimeError, ValueError, KeyError):
            return f"the session bus has an address that cannot be used: {_address()}"
        with connection:
            self._hang_up = partial(connection.sock.shutdown, SHUT_RDWR)
            if self._is_closed:
                return ""
            self._is_known.set()
            _Player(connection, self._put, self._named, self._clock).serve(self._wake, lambda: self._shown)
            return ""

    def _named(self, name: str) -> None:
        self._bus_name = name


class _Player:
    """A connection to the bus that answers method calls, and signals changes."""

    def __init__(
        self,
        connection: Any,
        put: Callable[[Action], None],
        named: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        import jeepney  # noqa: PLC0415

        self._jeepney = jeepney
        self._connection = connection
        self._put = put
        self._named = named
        self._clock = clock
        self._names = _names()
        self._name = ""
        self._name_serial: int | None = None
        self._view: View | None = None
        self._shown_s = 0.0
        self._length_s = 0.0
        self._volume = _Volume()
        self._told: dict[str, Value] = {}

    def serve(self, wake: int, shown: Callable[[], tuple[View, float] | None]) -> None:
        """Answer and tell, until the other end of ``wake`` is closed.

        Raises
        ------
        OSError
            If the bus goes away.
        """
        import selectors  # noqa: PLC0415

        with selectors.DefaultSelector() as selector:
            selector.register(wake, selectors.EVENT_READ)
            selector.register(self._connection.sock, selectors.EVENT_READ)
            while True:
                ready = {key.fd for key, _ in selector.select()}
                if wake in ready:
                    if not os.read(wake, 4096):
                        return
                    if (latest := shown()) is not None:
                        self._see(*latest)
                if self._connection.sock.fileno() in ready:
                    self._receive()

    def _receive(self) -> None:
        while True:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return
            header = message.header
            if header.message_type is self._jeepney.MessageType.method_call:
                self._answer(message)
            elif header.fields.get(self._jeepney.HeaderFields.reply_serial) == self._name_serial:
                self._learn_name(message.body)

    # The name

    def _ask_for_name(self) -> None:
        self._name = next(self._names)
        self._name_serial = next(self._connection.outgoing_serial)
        request = self._jeepney.message_bus.RequestName(self._name, _DO_NOT_QUEUE)
        self._connection.send(request, serial=self._name_serial)

    def _learn_name(self, body: tuple[Any, ...]) -> None:
        if body and body[0] in {_OWNER, _OWNER_ALREADY}:
            self._named(self._name)
        else:
            self._ask_for_name()

    # What is seen

    def _see(self, view: View, shown_s: float) -> None:
        before, before_s = self._view, self._shown_s
        self._view, self._shown_s = view, shown_s
        if self._name_serial is None:
            self._ask_for_name()
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
        fields = self._jeepney.HeaderFields
        member = call.header.fields.get(fields.member, "")
        interface = call.header.fields.get(fields.interface, "")
        if interface == "org.freedesktop.DBus.Peer" and member == "Ping":
            self._reply(call)
        elif interface == "org.freedesktop.DBus.Introspectable" and member == "Introspect":
            self._reply(call, "s", (self._introspection(call.header.fields.get(fields.path, "")),))
        elif call.header.fields.get(fields.path) != PATH:
            self._refuse(call, "UnknownObject", "coach has only the object " + PATH)
        elif interface == PROPERTIES:
            self._answer_about_properties(call, member)
        else:
            self._answer_player(call, interface, member)

    def _answer_player(self, call: Any, interface: str, member: str) -> None:
        for known in (interface,) if interface else (ROOT, PLAYER):
            if (action := METHODS.get(known, {}).get(member)) is not None:
                self._reply(call)  # first, as what is asked for may be the end
                self._put(action)
                return
            if (why := _REFUSED.get(known, {}).get(member)) is not None:
                self._refuse(call, "NotSupported", why)
                return
        self._refuse(call, "UnknownMethod", f"coach has no method {interface}.{member}")

    def _answer_about_properties(self, call: Any, member: str) -> None:
        arguments = {"Get": 2, "GetAll": 1, "Set": 3}.get(member)
        if arguments is None:
            self._refuse(call, "UnknownMethod", f"there is no method {PROPERTIES}.{member}")
        elif len(call.body) != arguments or not all(isinstance(name, str) for name in call.body[:2]):
            self._refuse(call, "InvalidArgs", f"{member} takes other arguments")
        elif call.body[0] not in METHODS:
            self._refuse(call, "UnknownInterface", f"coach has no interface {call.body[0]}")
        elif member == "GetAll":
            self._reply(call, "a{sv}", (self._properties(call.body[0]),))
        elif call.body[1] not in (properties := self._properties(call.body[0])):
            self._refuse(call, "UnknownProperty", f"coach has no property {call.body[1]}")
        elif member == "Get":
            self._reply(call, "v", (properties[call.body[1]],))
        elif call.body[1] != "Volume":
            self._refuse(call, "PropertyReadOnly", f"{call.body[1]} can only be read")
        elif call.body[2][0] != "d" or not math.isfinite(call.body[2][1]):
            self._refuse(call, "InvalidArgs", "the volume is a number")
        else:
            self._reply(call)
            if (action := self._volume.wish(call.body[2][1], self._clock())) is not None:
                self._put(action)
            self._tell()

    def _introspection(self, path: str) -> str:
        """The introspection XML of an object path, for tools that list methods and properties."""
        if path == PATH:
            interfaces = "".join(_interface_xml(name, self._properties(name)) for name in (ROOT, PLAYER))
            return f"<node>{interfaces}{_STANDARD_XML}</node>"
        parent = path.rstrip("/") + "/"
        below = PATH.removeprefix(parent).partition("/")[0] if PATH.startswith(parent) else ""
        return f'<node><node name="{below}"/></node>' if below else "<node/>"

    def _reply(self, call: Any, signature: str | None = None, body: tuple[Any, ...] = ()) -> None:
        if not call.header.flags & _NO_REPLY:
            self._connection.send(self._jeepney.new_method_return(call, signature, body))

    def _refuse(self, call: Any, error: str, why: str) -> None:
        if not call.header.flags & _NO_REPLY:
            name = f"org.freedesktop.DBus.Error.{error}"
            self._connection.send(self._jeepney.new_error(call, name, "s", (why,)))

    def _signal(self, interface: str, member: str, signature: str, body: tuple[Any, ...]) -> None:
        emitter = self._jeepney.DBusAddress(PATH, interface=interface)
        self._connection.send(self._jeepney.new_signal(emitter, member, signature, body))


class _Volume:
    """The volume as a number that can be set; it is reached by single steps, louder or softer.

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


def _names() -> Any:
    """The bus names to request, one after another."""
    yield BUS_NAME
    yield f"{BUS_NAME}.instance{os.getpid()}"
    for number in count(2):  # processes of two containers can have the same number
        yield f"{BUS_NAME}.instance{os.getpid()}_{number}"


def _sendable(text: str) -> str:
    """The text without surrogates and NUL, which a D-Bus string cannot hold."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _interface_xml(name: str, properties: Mapping[str, Value]) -> str:
    parts = []
    for method in (*METHODS[name], *_REFUSED[name]):
        arguments = "".join(f'<arg type="{kind}" direction="in"/>' for kind in _ARGUMENTS.get(method, ""))
        parts.append(f'<method name="{method}">{arguments}</method>')
    if name == PLAYER:
        parts.append('<signal name="Seeked"><arg name="Position" type="x"/></signal>')
    for key, (signature, _) in properties.items():
        access = "readwrite" if key == "Volume" else "read"
        quiet = _QUIET if key == "Position" else ""
        parts.append(f'<property name="{key}" type="{signature}" access="{access}">{quiet}</property>')
    return f'<interface name="{name}">{"".join(parts)}</interface>'
