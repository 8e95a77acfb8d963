"""From a source to the address to connect to, asked anew at every connection.

Most sources are their own address. A video platform hands out one that lives for a while: its
resolver is a function with this signature, given to `Capture`.
"""

from typing import Protocol

from streetwatch.vision.capture.source import Source


class Resolver(Protocol):
    """Finds the address to connect to now; may block for as long as a connection may take."""

    def __call__(self, source: Source) -> str:
        """Return the address, with its password.

        Raises:
            CannotOpen: there is none at present.
        """


def itself(source: Source) -> str:
    """Resolve a source that is its own address."""
    return source.url
