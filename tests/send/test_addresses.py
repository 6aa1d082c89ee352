"""Which address a phone can reach, chosen without a byte sent."""

import socket
from collections.abc import Sequence
from ipaddress import ip_address
from types import SimpleNamespace

import ifaddr
import pytest

from coach.errors import CoachError, UsageError
from coach.send.addresses import Address, addresses, listed, named, reachable, ways_out


def here(*lines: str) -> tuple[Address, ...]:
    """Addresses from lines such as ``192.168.1.5 wlan0``."""
    return tuple(Address(ip_address(ip), name) for ip, name in (line.split(" ", 1) for line in lines))


WIFI, CABLE = "192.168.1.5 wlan0", "10.0.0.4 enp3s0"
TUNNEL, DOCKER, VIRTUAL = "10.8.0.2 tun0", "172.17.0.1 docker0", "192.168.56.1 VirtualBox Host-Only Network"
OWN_V6, WORLD_V6 = "fd12::5 wlan0", "2a02:8109::5 wlan0"
WORLD, LINK = "203.0.114.9 eth0", "169.254.7.7 eth0"


@pytest.mark.parametrize(
    ("found", "out", "taken"),
    [
        ([WIFI], WIFI, WIFI),
        ([WIFI], None, WIFI),
        ([CABLE, WIFI], WIFI, WIFI),
        ([WIFI, CABLE], CABLE, CABLE),
        ([TUNNEL, WIFI], TUNNEL, WIFI),
        ([DOCKER, VIRTUAL, WIFI], None, WIFI),
        ([DOCKER, VIRTUAL], None, DOCKER),
        ([OWN_V6, WIFI], OWN_V6, OWN_V6),
        ([OWN_V6, WIFI], None, WIFI),
        ([WORLD_V6, OWN_V6], WORLD_V6, OWN_V6),
        ([WORLD, WIFI], WORLD, WIFI),
        ([LINK, WIFI], LINK, WIFI),
    ],
)
def test_the_wifi_is_found_among_tunnels_and_virtual_networks(
    found: list[str], out: str | None, taken: str
) -> None:
    ways = [each.ip for each in here(*([out] if out else []))]
    assert (reachable(here(*found), ways),) == here(taken)


@pytest.mark.parametrize("only", [WORLD, WORLD_V6, LINK])
def test_an_address_of_the_internet_is_never_taken_unasked(only: str) -> None:
    with pytest.raises(CoachError, match="no address of a local network") as told:
        reachable(here(only), [here(only)[0].ip])
    assert only.split(" ", 1)[0] in told.value.hint


def test_without_a_network_that_is_said() -> None:
    with pytest.raises(CoachError, match="in no network") as told:
        reachable([], [])
    assert "Wi-Fi" in told.value.hint


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("0.0.0.0", "every address"),  # noqa: S104 - which is the point
        ("::", "every address"),
        ("[::]", "every address"),
        ("224.0.0.1", "no address that a phone can open"),
        ("fe80::1%eth0", "no address that a phone can open"),
        ("phone.local", "is no address"),
        ("", "is no address"),
        ("192.168.1.256", "is no address"),
        ("0", "is no address"),
        ("2130706433", "is no address"),
    ],
)
def test_what_is_no_address_is_refused_with_those_that_there_are(text: str, what: str) -> None:
    with pytest.raises(UsageError, match=what) as told:
        named(text, here(WIFI, TUNNEL))
    assert "192.168.1.5 (wlan0), 10.8.0.2 (tun0)" in told.value.hint


def test_an_address_that_is_named_is_taken_with_its_interface_where_it_has_one() -> None:
    assert named(" 10.8.0.2 ", here(WIFI, TUNNEL)) == here(TUNNEL)[0]
    assert named("[FD12::5]", here(OWN_V6)) == here(OWN_V6)[0]
    assert named("127.0.0.1", here(WIFI)) == Address(ip_address("127.0.0.1"), "")
    assert listed(here(OWN_V6, WIFI)) == "fd12::5 (wlan0), 192.168.1.5 (wlan0)"


def adapters(*ips: object) -> Sequence[object]:
    return [SimpleNamespace(ips=[SimpleNamespace(ip=ip, nice_name="wlan0") for ip in ips])]


def test_what_no_phone_can_open_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    system = adapters(
        "127.0.0.1", ("::1", 0, 0), "192.168.1.5", ("fe80::5", 0, 3), ("fd12::5", 0, 0), "224.0.0.1"
    )
    monkeypatch.setattr(ifaddr, "get_adapters", lambda: system)
    assert addresses() == here(WIFI, OWN_V6)


@pytest.mark.parametrize("error", [OSError("no"), AssertionError("odd"), ValueError("odd")])
def test_where_the_system_gives_no_list_the_way_out_is_the_list(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(ifaddr, "get_adapters", fail)
    monkeypatch.setattr("coach.send.addresses.ways_out", lambda: (ip_address("192.168.1.5"),))
    assert addresses() == (Address(ip_address("192.168.1.5"), ""),)


def test_looking_for_the_way_out_sends_nothing_and_may_find_none(monkeypatch: pytest.MonkeyPatch) -> None:
    sockets: list[str] = []

    class Silent(socket.socket):
        def connect(self, place: object) -> None:
            sockets.append(f"{self.type.name} {place}")
            raise OSError("unreachable")

        def send(self, *_: object) -> int:
            raise AssertionError("something was sent")

        sendall = sendto = send  # type: ignore[assignment]

    monkeypatch.setattr(socket, "socket", Silent)
    assert ways_out() == ()
    assert [each.split()[0] for each in sockets] == ["SOCK_DGRAM", "SOCK_DGRAM"]


def test_this_computer_has_its_own_addresses_in_the_list() -> None:
    found = {each.ip for each in addresses()}
    for ip in ways_out():
        assert ip in found
