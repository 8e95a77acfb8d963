"""Which hosts the service may be sent to by whoever attaches a camera.

A camera stands in the city's own network, so private addresses are the usual ones. What answers to
whoever stands on this machine or in its cloud is none: the addresses at which a cloud tells its
machines their secrets, and those that mean nobody.
"""

import ipaddress
import socket
from typing import Final

#: Beside the link-local ones: where clouds tell a machine its secrets.
_CLOUDS: Final = frozenset(
    map(ipaddress.ip_address, ("100.100.100.200", "192.0.0.192", "fd00:ec2::254"))
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_allowed(address: Address) -> bool:
    """Tell whether a camera may stand at an address.

    >>> [is_allowed(ipaddress.ip_address(one)) for one in ("10.0.0.5", "169.254.169.254")]
    [True, False]
    """
    plain = getattr(address, "ipv4_mapped", None) or address
    useless = plain.is_link_local or plain.is_multicast or plain.is_unspecified
    return not useless and plain not in _CLOUDS and str(plain) != "255.255.255.255"


def addresses_of(host: str) -> tuple[Address, ...]:
    """Return what a host's name stands for; nothing where nobody knows it. Blocks."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    texts = dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found)
    return tuple(ipaddress.ip_address(text) for text in texts)
