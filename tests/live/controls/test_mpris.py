"""Media keys, on a session bus of our own, by playerctl and by a client that sees every byte."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import pytest

from coach.language.level import Level
from coach.live.actions import Action
from coach.live.controls.mpris import (
    BUS_NAME,
    METHODS,
    PATH,
    PLAYER,
    PROPERTIES,
    ROOT,
    STEP_TAKES_S,
    Mpris,
    why_not,
)
from coach.live.doctor import Check, examine_media_keys
from coach.live.view import View
from tests.interpreters import unmeasured

if not sys.platform.startswith("linux"):
    pytest.skip("MPRIS is of Linux", allow_module_level=True)

jeepney = pytest.importorskip("jeepney", reason="needs the extra mpris")
blocking = pytest.importorskip("jeepney.io.blocking")

DAEMON, PLAYERCTL = shutil.which("dbus-daemon"), shutil.which("playerctl")
needs_a_bus = pytest.mark.skipif(DAEMON is None, reason="needs dbus-daemon (Debian: dbus-daemon)")
needs_playerctl = pytest.mark.skipif(PLAYERCTL is None, reason="needs playerctl (Debian: playerctl)")
PATIENCE_S = 20.0

MOMENT = View(
    session="Inner knee",
    level=Level.STANDARD,
    at_s=754.25,
    left_s=2125.75,
    left_is_estimate=False,
    chapter=4,
    chapters=14,
    title="Heel raises",
    now="Hold",
    said="Two.",
    said_at_s=752.0,
    next="Rest",
)


def until(holds: Callable[[], object]) -> bool:
    """Whether something becomes true before patience ends."""
    end_s = time.monotonic() + PATIENCE_S
    while time.monotonic() < end_s:
        if holds():
            return True
        time.sleep(0.005)
    return False


@dataclass
class Bus:
    """A session bus of our own."""

    address: str
    process: subprocess.Popen[bytes]

    def die(self) -> None:
        self.process.kill()
        self.process.wait()


def lets_in(path: str) -> bool:
    """Whether somebody listens at a socket."""
    with socket.socket(socket.AF_UNIX) as caller:
        return caller.connect_ex(path) == 0


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    assert DAEMON is not None
    with tempfile.TemporaryDirectory() as folder:  # a socket's path must be short
        address = f"unix:path={folder}/bus"
        process = subprocess.Popen(
            [DAEMON, "--session", "--nofork", "--nopidfile", f"--address={address}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert until(lambda: lets_in(f"{folder}/bus"))
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
            yield Bus(address, process)
        finally:
            process.kill()
            process.wait()


class Desktop:
    """A client of the bus: asks a player, and hears its signals."""

    def __init__(self, bus: Bus, player: str = BUS_NAME) -> None:
        self._connection = blocking.open_dbus_connection(bus=bus.address)
        self._player = player
        self.heard: list[tuple[str, Any]] = []

    def __enter__(self) -> Self:
        rule = f"type='signal',sender='{self._player}',path='{PATH}'"
        self._connection.send_and_get_reply(jeepney.message_bus.AddMatch(rule), timeout=PATIENCE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def call(
        self, interface: str | None, member: str, signature: str | None = None, *body: Any, path: str = PATH
    ) -> Any:
        """What the player answers: its values, or an error's name and text."""
        address = jeepney.DBusAddress(path, bus_name=self._player, interface=interface)
        message = jeepney.new_method_call(address, member, signature, body)
        serial = next(self._connection.outgoing_serial)
        self._connection.send(message, serial=serial)
        while True:
            answer = self._receive()
            fields = answer.header.fields
            if fields.get(jeepney.HeaderFields.reply_serial) == serial:
                name = fields.get(jeepney.HeaderFields.error_name)
                return answer.body if name is None else (name.rpartition(".")[2], *answer.body)

    def introspect(self, path: str = PATH) -> ET.Element:
        """What there is at a path."""
        text = self.call("org.freedesktop.DBus.Introspectable", "Introspect", path=path)[0]
        return ET.fromstring(text)  # noqa: S314 - our own

    def get(self, key: str, interface: str = PLAYER) -> Any:
        return self.call(PROPERTIES, "Get", "ss", interface, key)[0][1]

    def wish(self, volume: float) -> Any:
        return self.call(PROPERTIES, "Set", "ssv", PLAYER, "Volume", ("d", volume))

    def signals(self) -> list[tuple[str, Any]]:
        """What was signalled so far: everything that the player sent before it answers a ping."""
        self.call("org.freedesktop.DBus.Peer", "Ping")
        heard, self.heard = self.heard, []
        return heard

    def _receive(self) -> Any:
        message = self._connection.receive(timeout=PATIENCE_S)
        fields = message.header.fields
        if (
            message.header.message_type is jeepney.MessageType.signal
            and fields[jeepney.HeaderFields.path] == PATH
        ):
            self.heard.append((fields[jeepney.HeaderFields.member], message.body))
        return message


@dataclass
class Session:
    """A coach on the bus: its remote, and what was asked of it."""

    remote: Mpris
    asked: list[Action]
    passed_s: list[float]

    def waits(self, seconds: float) -> None:
        """Let the remote's clock go on by that much more than the real one."""
        self.passed_s[0] += seconds

    def shows(self, view: View) -> None:
        """Show a moment, and wait until it was seen."""
        self.remote.show(view)
        assert until(lambda: self.remote.bus_name), self.remote.trouble()
        time.sleep(0.15)


@pytest.fixture
def session(bus: Bus) -> Iterator[Session]:
    asked: list[Action] = []
    assert bus.process.poll() is None
    passed_s = [0.0]
    with Mpris(asked.append, lambda: time.monotonic() + passed_s[0]) as remote:
        session = Session(remote, asked, passed_s)
        session.shows(MOMENT)
        yield session


@pytest.fixture
def desktop(bus: Bus, session: Session) -> Iterator[Desktop]:
    assert session.remote.bus_name == BUS_NAME
    with Desktop(bus) as desktop:
        yield desktop


def playerctl(*arguments: str, player: str = "coach") -> str:
    """What playerctl prints."""
    done = subprocess.run(
        [str(PLAYERCTL), "--player", player, *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return (done.stdout + done.stderr).strip()


# By playerctl


@needs_a_bus
@needs_playerctl
@pytest.mark.parametrize(
    ("command", "action"),
    [
        ("play", Action.RESUME),
        ("pause", Action.PAUSE),
        ("play-pause", Action.TOGGLE),
        ("stop", Action.STOP),
        ("next", Action.NEXT),
        ("previous", Action.BACK),
    ],
)
def test_every_command_asks_for_its_action(session: Session, command: str, action: Action) -> None:
    assert playerctl(command) == ""
    assert until(lambda: session.asked)
    assert session.asked == [action]


@needs_a_bus
@needs_playerctl
def test_playerctl_shows_what_is_heard(session: Session) -> None:
    assert playerctl("status") == "Playing"
    assert float(playerctl("position")) == pytest.approx(MOMENT.at_s, abs=0.5)  # playerctl lets it run on
    form = "{{title}}|{{album}}|{{artist}}|{{mpris:length}}|{{xesam:trackNumber}}|{{duration(position)}}"
    assert playerctl("metadata", "--format", form) == "Heel raises|Inner knee|coach|2880000000|4|12:34"
    assert playerctl("volume") == "1.000000"
    session.shows(replace(MOMENT, is_paused=True, at_s=800.0, left_s=2080.0))
    assert playerctl("status") == "Paused"
    assert float(playerctl("position")) == 800.0
    session.shows(replace(MOMENT, is_over=True))
    assert playerctl("status") == "Stopped"


@needs_a_bus
@needs_playerctl
def test_playerctl_turns_the_volume(session: Session) -> None:
    assert playerctl("volume", "0.7") == ""
    assert until(lambda: session.asked == [Action.SOFTER])


@needs_a_bus
@needs_playerctl
def test_a_second_coach_has_its_own_name(session: Session) -> None:
    asked: list[Action] = []
    with Mpris(asked.append) as second:
        second.show(replace(MOMENT, title="Bridges"))
        assert until(lambda: second.bus_name)
        assert second.bus_name == f"{BUS_NAME}.instance{os.getpid()}"
        assert (
            playerctl("metadata", "title", player=second.bus_name.removeprefix("org.mpris.MediaPlayer2."))
            == "Bridges"
        )
        playerctl("next", player=second.bus_name.removeprefix("org.mpris.MediaPlayer2."))
        assert until(lambda: asked == [Action.NEXT])
        with Mpris(asked.append) as third:
            third.show(MOMENT)
            assert until(lambda: third.bus_name)
            assert third.bus_name == f"{BUS_NAME}.instance{os.getpid()}_2"
    assert session.asked == []
    assert playerctl("metadata", "title") == "Heel raises"


# By a client


@needs_a_bus
def test_every_method_that_is_listed_is_answered(session: Session, desktop: Desktop) -> None:
    values = {"x": 1, "o": "/coach/session", "s": "file:///a.mp3"}
    root = desktop.introspect()
    asked = []
    for interface in (ROOT, PLAYER):
        node = next(node for node in root if node.get("name") == interface)
        for method in node.findall("method"):
            kinds = [arg.get("type", "") for arg in method]
            answer = desktop.call(
                interface, method.get("name", ""), "".join(kinds) or None, *(values[kind] for kind in kinds)
            )
            action = METHODS[interface][method.get("name", "")]
            if isinstance(action, Action):
                asked.append(action)
                assert answer == ()
            else:
                assert answer[0] == "NotSupported"
                assert "coach" in answer[1]
    assert len(asked) == 7
    assert until(lambda: session.asked == asked)


@needs_a_bus
@pytest.mark.parametrize("interface", [ROOT, PLAYER])
def test_every_property_is_listed_as_it_is(session: Session, desktop: Desktop, interface: str) -> None:
    assert session.remote.trouble() == ""
    root = desktop.introspect()
    node = next(node for node in root if node.get("name") == interface)
    listed = {each.get("name"): each.get("type") for each in node.findall("property")}
    (values,) = desktop.call(PROPERTIES, "GetAll", "s", interface)
    assert {key: signature for key, (signature, _) in values.items()} == listed
    assert all(
        desktop.call(PROPERTIES, "Get", "ss", interface, key)[0] == value for key, value in values.items()
    )


@needs_a_bus
def test_what_can_be_done_is_said_honestly(session: Session, desktop: Desktop) -> None:
    assert (desktop.get("CanQuit", ROOT), desktop.get("Identity", ROOT)) == (True, "coach")
    assert all(desktop.get(f"Can{what}") for what in ("Control", "Play", "Pause", "GoNext", "GoPrevious"))
    assert not desktop.get("CanSeek")
    session.shows(replace(MOMENT, chapter=14))
    assert (desktop.get("CanGoNext"), desktop.get("CanGoPrevious")) == (False, True)
    session.shows(replace(MOMENT, is_over=True))
    assert not any(desktop.get(f"Can{what}") for what in ("Play", "Pause", "GoNext", "GoPrevious"))


@needs_a_bus
@pytest.mark.parametrize(
    ("call", "error"),
    [
        ((PLAYER, "Dance"), "UnknownMethod"),
        (("org.example.Other", "Next"), "UnknownMethod"),
        ((PROPERTIES, "Dance"), "UnknownMethod"),
        ((PROPERTIES, "Get", "ss", PLAYER, "Colour"), "UnknownProperty"),
        ((PROPERTIES, "Get", "ss", PLAYER, ""), "UnknownProperty"),
        ((PROPERTIES, "Get", "ss", "org.example.Other", "Volume"), "UnknownInterface"),
        ((PROPERTIES, "Get", "s", PLAYER), "InvalidArgs"),
        ((PROPERTIES, "Get", "uu", 1, 2), "InvalidArgs"),
        ((PROPERTIES, "Set", "ssv", PLAYER, "Position", ("x", 1)), "PropertyReadOnly"),
        ((PROPERTIES, "Set", "ssv", PLAYER, "Volume", ("s", "loud")), "InvalidArgs"),
        ((PROPERTIES, "Set", "ssv", PLAYER, "Volume", ("d", float("nan"))), "InvalidArgs"),
    ],
)
def test_what_there_is_not_is_refused(
    session: Session, desktop: Desktop, call: tuple[Any, ...], error: str
) -> None:
    assert desktop.call(*call)[0] == error
    assert session.asked == []


@needs_a_bus
def test_another_object_is_refused_and_the_way_to_ours_is_shown(session: Session, desktop: Desktop) -> None:
    assert desktop.call(PLAYER, "Next", path="/elsewhere")[0] == "UnknownObject"
    assert session.asked == []
    path = "/"
    while path != PATH:
        (node,) = desktop.introspect(path)
        path = f"{path.rstrip('/')}/{node.get('name')}"


@needs_a_bus
def test_a_method_is_found_without_its_interface(session: Session, desktop: Desktop) -> None:
    assert desktop.call(None, "Next") == ()
    assert until(lambda: session.asked == [Action.NEXT])


@needs_a_bus
def test_time_going_by_is_not_signalled(session: Session, desktop: Desktop) -> None:
    began_s = time.monotonic()
    session.shows(MOMENT)
    desktop.signals()
    for _ in range(20):
        gone_s = time.monotonic() - began_s
        session.remote.show(
            replace(MOMENT, at_s=MOMENT.at_s + gone_s, left_s=MOMENT.left_s - gone_s, now="Down")
        )
        time.sleep(0.02)
    assert desktop.signals() == []
    assert desktop.get("Position") > MOMENT.at_s * 1_000_000


@needs_a_bus
@pytest.mark.parametrize(
    ("change", "keys"),
    [
        ({"title": "Bridges", "chapter": 5}, {"Metadata"}),
        ({"is_paused": True}, {"PlaybackStatus"}),
        ({"chapter": 14}, {"Metadata", "CanGoNext"}),
        ({"volume_db": -3.0}, {"Volume"}),
        ({"left_s": 2000.0}, {"Metadata"}),
        ({"left_s": MOMENT.left_s + 1.0}, set()),  # an estimate wanders
    ],
)
def test_what_changes_is_signalled_once(
    session: Session, desktop: Desktop, change: dict[str, Any], keys: set[str]
) -> None:
    desktop.signals()
    changed = replace(MOMENT, **change)
    for _ in range(3):
        session.shows(changed)
    signals = [signal for signal in desktop.signals() if signal[0] != "Seeked"]  # on a busy machine
    assert [set(body[1]) for _, body in signals] == ([keys] if keys else [])
    for _, (interface, values, gone) in signals:
        assert (interface, gone) == (PLAYER, [])
        assert all(desktop.call(PROPERTIES, "Get", "ss", PLAYER, key)[0] == values[key] for key in keys)


@needs_a_bus
def test_a_jump_is_signalled(session: Session, desktop: Desktop) -> None:
    desktop.signals()
    session.shows(replace(MOMENT, at_s=100.0, left_s=2780.0))
    assert desktop.signals() == [("Seeked", (100_000_000,))]
    session.shows(replace(MOMENT, at_s=101.0, left_s=2779.0, is_paused=True))
    desktop.signals()
    session.waits(1.2)
    session.shows(replace(MOMENT, at_s=101.0, left_s=2779.0))  # a pause is no jump
    assert [name for name, _ in desktop.signals()] == ["PropertiesChanged"]


@needs_a_bus
def test_text_that_no_bus_can_carry_is_mended(session: Session, desktop: Desktop) -> None:
    session.shows(replace(MOMENT, title="Bad \udc80 \0news", session="Knie \u2013 \U0001f9b5"))
    metadata = desktop.get("Metadata")
    assert metadata["xesam:title"] == ("s", "Bad ? news")
    assert metadata["xesam:album"] == ("s", "Knie \u2013 \U0001f9b5")


@needs_a_bus
def test_a_volume_is_reached_step_by_step(session: Session, desktop: Desktop) -> None:
    loud_db = 0.0
    assert desktop.wish(0.25) == ()  # 12 dB less: four steps of 3 dB
    assert desktop.wish(0.25) == ()  # and again, before the first of them was heard
    for step in range(1, 5):
        assert until(lambda: len(session.asked) == step)  # noqa: B023 - it is called here and now
        time.sleep(0.05)
        assert session.asked == [Action.SOFTER] * step
        loud_db -= 3.0
        session.shows(replace(MOMENT, volume_db=loud_db))
    session.shows(replace(MOMENT, volume_db=loud_db))
    assert session.asked == [Action.SOFTER] * 4
    assert desktop.get("Volume") == pytest.approx(0.25)


@needs_a_bus
def test_a_volume_that_is_dragged_ends_where_it_is_let_go(session: Session, desktop: Desktop) -> None:
    for volume in (1.05, 1.1, 1.15):
        desktop.wish(volume)
        assert desktop.get("Volume") == pytest.approx(volume)
    assert session.asked == []
    desktop.wish(1.3)
    assert until(lambda: session.asked == [Action.LOUDER])
    session.shows(replace(MOMENT, volume_db=3.0))
    desktop.wish(1.25)
    desktop.wish(1.3)
    session.shows(replace(MOMENT, volume_db=3.0))
    assert session.asked == [Action.LOUDER]
    assert desktop.get("Volume") == pytest.approx(1.3)
    session.shows(replace(MOMENT, volume_db=0.0))  # somebody turned it with a key
    assert desktop.get("Volume") == 1.0
    assert session.asked == [Action.LOUDER]


@needs_a_bus
@pytest.mark.parametrize("volume", [0.0, -1.0, 1e300])
def test_a_volume_that_cannot_be_reached_is_given_up(
    session: Session, desktop: Desktop, volume: float
) -> None:
    desktop.wish(volume)
    step = Action.LOUDER if volume > 1 else Action.SOFTER
    assert until(lambda: session.asked == [step])
    session.waits(STEP_TAKES_S + 0.1)
    session.shows(MOMENT)
    assert session.asked == [step]
    assert desktop.get("Volume") == 1.0


# When things fail


def shown_often(remote: Mpris, times: int) -> None:
    for _ in range(times):
        remote.show(MOMENT)


def closed_within_s(remote: Mpris) -> float:
    """How long closing takes."""
    began_s = time.monotonic()
    remote.close()
    return time.monotonic() - began_s


@needs_a_bus
def test_closing_is_prompt_and_leaves_the_bus(bus: Bus, session: Session) -> None:
    assert closed_within_s(session.remote) < 0.3
    assert "mpris" not in {thread.name for thread in threading.enumerate()}
    assert session.remote.bus_name == session.remote.trouble() == ""
    session.remote.close()
    session.remote.show(MOMENT)
    with Desktop(bus) as desktop:
        assert desktop.call("org.freedesktop.DBus.Peer", "Ping")[0] in {"ServiceUnknown", "NameHasNoOwner"}


@needs_a_bus
def test_a_bus_that_dies_harms_nothing(bus: Bus, session: Session) -> None:
    bus.die()
    assert until(session.remote.trouble)
    assert session.remote.trouble().startswith("the session bus is gone")
    for _ in range(50):
        session.remote.show(replace(MOMENT, title="Bridges"))
    assert session.remote.bus_name == ""
    assert closed_within_s(session.remote) < 0.3


@needs_a_bus
def test_a_bus_that_hangs_harms_nothing(bus: Bus, session: Session) -> None:
    bus.process.send_signal(signal.SIGSTOP)
    try:
        for number in range(1000):  # more than a connection holds
            session.remote.show(replace(MOMENT, chapter=number, title="Bridges" * 50))
            time.sleep(0.001)
        showing = threading.Thread(target=shown_often, args=(session.remote, 70_000), daemon=True)
        showing.start()  # and more than a pipe holds
        showing.join(PATIENCE_S)
        assert not showing.is_alive()
        assert closed_within_s(session.remote) < 1.0
        assert until(lambda: "mpris" not in {thread.name for thread in threading.enumerate()})
    finally:
        bus.process.send_signal(signal.SIGCONT)


@needs_a_bus
def test_a_bus_that_hangs_from_the_first_is_only_trouble(bus: Bus) -> None:
    bus.process.send_signal(signal.SIGSTOP)
    try:
        with Mpris(lambda _: None) as remote:
            remote.show(MOMENT)
            assert until(remote.trouble)
            assert "does not let coach in" in remote.trouble()
    finally:
        bus.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize(
    ("address", "trouble"),
    [
        ("unix:path=/nowhere/bus", "the session bus does not let coach in: No such file or directory"),
        ("tcp:host=localhost,port=1", "an address that cannot be used"),
        ("disabled:", "an address that cannot be used"),
        ("nonsense", "an address that cannot be used"),
    ],
)
def test_no_bus_is_only_trouble(monkeypatch: pytest.MonkeyPatch, address: str, trouble: str) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    with Mpris(lambda _: None) as remote:
        remote.show(MOMENT)
        assert trouble in remote.trouble(PATIENCE_S)
        remote.show(MOMENT)
    assert until(lambda: "mpris" not in {thread.name for thread in threading.enumerate()})


def test_without_the_extra_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert "pip install jeepney" in why_not()
    with Mpris(lambda _: None) as remote:
        remote.show(MOMENT)
        assert remote.trouble(PATIENCE_S) == why_not()


def test_without_a_session_bus_the_reason_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    assert "no session bus" in why_not()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert "no session bus" in why_not()


def test_the_usual_place_of_a_bus_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{folder}/bus")
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        assert why_not() == ""


def test_a_session_starts_without_the_library_of_the_bus() -> None:
    check = "import sys, coach.live.controls.mpris; assert not {'jeepney', 'socket'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", check], check=True, timeout=PATIENCE_S, env=unmeasured())


# On which systems


@pytest.mark.parametrize(("platform", "system"), [("darwin", "macOS"), ("win32", "Windows")])
def test_other_systems_have_none_yet(monkeypatch: pytest.MonkeyPatch, platform: str, system: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    with Mpris(lambda _: None) as remote:
        remote.show(MOMENT)
        assert remote.trouble(PATIENCE_S) == f"coach does not know those of {system} yet"


def test_media_keys_that_do_not_work_leave_nothing_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")
    open_before = len(list(Path("/proc/self/fd").iterdir()))
    with Mpris(lambda _: None) as remote:
        assert "No such file" in remote.trouble(PATIENCE_S)
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before


@needs_a_bus
def test_the_doctor_tries_them(bus: Bus) -> None:
    assert bus.process.poll() is None
    assert examine_media_keys() == (Check(Mpris.name, is_ok=True, found=""),)
    bus.die()
    assert "does not let coach in" in examine_media_keys()[0].found
