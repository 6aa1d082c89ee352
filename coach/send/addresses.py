"""The addresses of this computer, and the one that a phone in the same network most likely reaches."""

import re
import socket
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from coach.errors import CoachError, UsageError

IP = IPv4Address | IPv6Address

_ELSEWHERE = ((socket.AF_INET, "198.51.100.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses for documentation (RFC 5737, RFC 3849), to ask for the default route with."""

_NOT_THE_WIFI = re.compile(
    r"(tun|tap|wg|ppp|utun|ipsec|tailscale|zt|nordlynx|docker|br-|veth|virbr|vbox|virtualbox|vmnet|vmware|"
    r"vethernet|lxc|lxd|cni|flannel|podman|bridge\d)",
    re.IGNORECASE,
)
"""Names of the interfaces of tunnels, containers and virtual machines: no phone is behind them."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address of this computer, and the name of the interface that has it, as the system calls it."""

    ip: IP
    interface: str

    @property
    def is_local(self) -> bool:
        """True if the address belongs to a local network, not to this computer alone or to the internet."""
        return self.ip.is_private and not self.ip.is_loopback and not self.ip.is_link_local

    def __str__(self) -> str:
        """The address in readable form."""
        return f"{self.ip} ({self.interface})" if self.interface else str(self.ip)


def addresses() -> tuple[Address, ...]:
    """The addresses that a phone could open, in the system's order: all but loopback and IPv6 link-local.

    Without a list from the system, only the one that leads to everywhere else.
    """
    import ifaddr  # noqa: PLC0415 - only where something is sent

    found: list[Address] = []
    with suppress(OSError, ValueError, AssertionError):  # its answers to interfaces that nobody has foreseen
        for adapter in ifaddr.get_adapters():
            for each in adapter.ips:
                ip = ip_address(each.ip[0] if isinstance(each.ip, tuple) else each.ip)
                found.append(Address(ip, each.nice_name))
    if not found:
        found = [Address(ip, "") for ip in ways_out()]
    return tuple(each for each in found if _can_be_opened(each.ip))


def _can_be_opened(ip: IP) -> bool:
    """Tell whether a phone's browser can open an address: not if it needs a zone (fe80::1%eth0)."""
    return not (
        ip.is_loopback or ip.is_unspecified or ip.is_multicast or (ip.version == 6 and ip.is_link_local)
    )


def ways_out() -> tuple[IP, ...]:
    """The own addresses on the default routes, at most one for IPv4 and one for IPv6.

    Connecting a datagram socket only looks up the route: nothing is sent.
    """
    found: list[IP] = []
    for family, elsewhere in _ELSEWHERE:
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asked:
            asked.connect((elsewhere, 9))
            found.append(ip_address(asked.getsockname()[0]))
    return tuple(found)


def reachable(found: Sequence[Address], out: Iterable[IP]) -> Address:
    """The address of ``found`` that a phone most likely reaches; ``out`` are the system's `ways_out`.

    Only addresses of local networks are considered. Real networks come before tunnels and virtual ones, then
    those with the default route, then IPv4.

    Raises
    ------
    CoachError
        If there is none.

    >>> tunnel = Address(IPv4Address("10.8.0.2"), "tun0")
    >>> wifi = Address(IPv4Address("192.168.1.5"), "wlan0")
    >>> str(reachable([tunnel, wifi], out=[tunnel.ip]))
    '192.168.1.5 (wlan0)'
    """
    ways = set(out)
    local = [each for each in found if each.is_local]
    if local:
        return min(
            local,
            key=lambda each: (
                _NOT_THE_WIFI.match(each.interface) is not None,
                each.ip not in ways,
                each.ip.version,
            ),
        )
    if found:
        raise CoachError(
            "this computer has no address of a local network",
            f"join the Wi-Fi that the phone is in; or name one with --address: {listed(found)}",
        )
    raise CoachError("this computer is in no network", "join the Wi-Fi that the phone is in, and try again")


def named(text: str, found: Sequence[Address]) -> Address:
    """The address that the user named. Whether it is this computer's shows when it is bound.

    Raises
    ------
    UsageError
        If it is no address, all addresses at once, or one that no phone can open.

    >>> str(named("[fd00::2]", [Address(IPv6Address("fd00::2"), "wlan0")]))
    'fd00::2 (wlan0)'
    """
    hint = f"this computer has {listed(found)}" if found else "this computer is in no network just now"
    try:
        ip = ip_address(text.strip().removeprefix("[").removesuffix("]"))
    except ValueError:
        raise UsageError(f"{text!r} is no address", hint) from None
    if ip.is_unspecified:
        raise UsageError(f"{ip} means every address of this computer at once", f"name one: {hint}")
    if not ip.is_loopback and not _can_be_opened(ip):
        raise UsageError(f"{ip} is no address that a phone can open", hint)
    return next((each for each in found if each.ip == ip), Address(ip, ""))


def listed(found: Sequence[Address]) -> str:
    """Addresses for people.

    >>> listed([Address(IPv4Address("10.0.0.4"), "eth0"), Address(IPv4Address("10.8.0.2"), "tun0")])
    '10.0.0.4 (eth0), 10.8.0.2 (tun0)'
    """
    return ", ".join(str(each) for each in found)
