"""From a source to the way there, asked anew at every connection.

Most sources are their own address. A video platform hands out one that lives for a while, and the
service lets nobody connect to whatever a name may stand for: a resolver is a function with this
signature, among the options of a `Capture`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from streetwatch.vision.capture.source import Source


@dataclass(frozen=True, slots=True)
class Way:
    """Where to connect to.

    Attributes:
        url: With its password.
        address: Of its host, where it was looked up; empty: as the URL has it.
        proxy: Of HTTP, that everything goes through; None: straight there.
        enter: Called when it is connected to; returns the URL to give to FFmpeg instead.
    """

    url: str = field(repr=False)
    address: str = ""
    proxy: str | None = None
    enter: Callable[[], str] | None = field(default=None, repr=False)


class Resolver(Protocol):
    """Finds the way now; may block for as long as a connection may take."""

    def __call__(self, source: Source) -> Way:
        """Return the way.

        Raises:
            CannotOpen: there is none at present.
        """


def itself(source: Source) -> Way:
    """Resolve a source that is its own address."""
    return Way(source.url)
