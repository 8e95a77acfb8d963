"""Which addresses are this machine's own."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Tell whether nobody but this machine reaches an address.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("localhost"), is_loopback("::")
    (True, True, True, False)
    """
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
