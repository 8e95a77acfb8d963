"""From a host's name to the one address that is connected to."""

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self, TypeAlias
from urllib.parse import urlsplit

from streetwatch.service.incidents.errors import StreetwatchError
from streetwatch.service.outbound.networks import ANYWHERE, Address, Networks, is_nobodys, plain_of

Endpoint: TypeAlias = tuple[str, int]  #: a host as it is written, in small letters, and a port

PORTS: Final = {
    "rtsp": 554,
    "rtsps": 322,
    "http": 80,
    "https": 443,
    "mqtt": 1883,
    "mqtts": 8883,
}


class UnknownHostError(StreetwatchError):
    """Nobody knows an address of this name: it may be there later."""


class OutOfReachError(StreetwatchError):
    """A host stands where none of ours may: somebody has to change it or the settings."""


@dataclass(frozen=True, slots=True)
class Outbound:
    """What may be connected to.

    A name is looked up once, and what is connected to is what was looked at: a name that stands for
    another address a moment later leads nowhere.

    Attributes:
        networks: Where the hosts may stand.
        written: Endpoints that the operator has written into a file of this machine. One on this
            machine itself may be connected to, if it is written as such.
    """

    networks: Networks = ANYWHERE
    written: frozenset[Endpoint] = frozenset()

    @classmethod
    def of(cls, networks: Networks, written: Iterable[str] = ()) -> Self:
        """Return it, given the addresses (URLs) that the files have."""
        found = (endpoint_of(url) for url in written)
        return cls(networks, frozenset(one for one in found if one is not None))

    def address(self, host: str, port: int) -> str:
        """Return the address to connect to for a host. Blocks.

        Raises:
            UnknownHostError: nobody knows the name.
            OutOfReachError: a host of ours can't stand there.
        """
        found = addresses_of(host)
        if not found:
            raise UnknownHostError(f"{host}: nobody knows this host: check the name")
        for one in found:
            self._want(one, host, port)
        return str(found[0])

    def _want(self, address: Address, host: str, port: int) -> None:
        plain = plain_of(address)
        ours = (host.lower(), port) in self.written and _is_this_machine(host)
        if self.networks.has(address) or (ours and plain.is_loopback):
            return
        if is_nobodys(plain):
            raise OutOfReachError(f"{host}: no camera and no platform can stand at {plain}")
        raise OutOfReachError(
            f"{host}: {plain} is in no network that may be connected to: "
            "check the host, or add the network under `networks` in the settings"
        )


def endpoint_of(url: str) -> Endpoint | None:
    """Return where an address leads; None where it leads nowhere.

    >>> endpoint_of("rtsp://me:pw@10.0.0.5/ch1")
    ('10.0.0.5', 554)
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme.lower())
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname and port else None


def addresses_of(host: str) -> tuple[Address, ...]:
    """Return what a host's name stands for; nothing where nobody knows it. Blocks."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    texts = dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found)
    return tuple(ipaddress.ip_address(text) for text in texts)


def _is_this_machine(host: str) -> bool:
    """Tell whether a host is written as this machine: a name may lead elsewhere tomorrow."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
