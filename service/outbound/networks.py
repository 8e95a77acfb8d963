"""Which addresses may be connected to. Pure.

Cameras and platforms stand in the city's own network, so private addresses are the usual ones. What
answers to whoever stands on this machine or in its cloud is none of them.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

#: Beside the link-local ones: where clouds tell a machine its secrets.
_CLOUDS: Final = frozenset(
    map(ipaddress.ip_address, ("100.100.100.200", "192.0.0.192", "fd00:ec2::254"))
)

#: "This network": Linux takes 0.0.0.0 for this machine.
_THIS: Final = ipaddress.ip_network("0.0.0.0/8")

#: An IPv4 address in an IPv6 one, by a translator on the way.
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Networks:
    """Where somebody's hosts may stand.

    Attributes:
        named: In these networks only; None: anywhere but on this machine.
    """

    named: tuple[Network, ...] | None = None

    @classmethod
    def of(cls, written: Iterable[str] | None) -> Self:
        """Return them as they are written, `10.0.0.0/8`.

        Raises:
            ValueError: one is no network.
        """
        return cls(None if written is None else tuple(map(ipaddress.ip_network, written)))

    def has(self, address: Address) -> bool:
        """Tell whether a host may stand at an address.

        >>> [Networks().has(ipaddress.ip_address(one)) for one in ("10.0.0.5", "127.0.0.1")]
        [True, False]
        """
        plain = plain_of(address)
        if is_nobodys(plain):
            return False
        if self.named is None:
            return not plain.is_loopback
        return any(plain in network for network in self.named)


#: Where nobody has written down their networks.
ANYWHERE: Final = Networks()


def is_nobodys(plain: Address) -> bool:
    """Tell whether no host of ours can stand there, whatever anybody writes.

    >>> is_nobodys(ipaddress.ip_address("169.254.169.254"))
    True
    """
    useless = plain.is_link_local or plain.is_multicast or plain.is_unspecified
    return useless or plain in _THIS or plain in _CLOUDS or str(plain) == "255.255.255.255"


def plain_of(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one leads to.

    >>> plain_of(ipaddress.ip_address("::ffff:169.254.169.254"))
    IPv4Address('169.254.169.254')
    """
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address
