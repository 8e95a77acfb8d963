"""By what a node knows that another node asks: a seal that holds for seconds.

All nodes have the same `camera_key`; the secret is derived from it. A badge names one request, so
that nothing else can be asked with one that was overheard. What goes in a request's body it does
not cover: the network between the nodes is the city's own, or TLS (docs/adr/0037).
"""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from streetwatch.vision.types import Seconds

HEADER: Final = "X-Streetwatch-Badge"

#: How long a badge holds, and how far clocks may differ.
HOLDS_S: Final[Seconds] = 30.0


@dataclass(frozen=True, slots=True)
class Badges:
    """Makes badges, and knows its own.

    Attributes:
        key: Secret; the same on all nodes.
    """

    key: str = field(repr=False)

    def made(self, method: str, path: str, now: Seconds) -> str:
        """Return the badge of one request.

        Args:
            method: In capitals.
            path: With its query.
            now: Seconds since the epoch.
        """
        at = f"{now:.0f}"
        return f"{at}.{self._seal(method, path, at)}"

    def knows(self, badge: str | None, method: str, path: str, now: Seconds) -> bool:
        """Tell whether a badge is one of ours, for this request, and of now."""
        at, _, seal = (badge or "").partition(".")
        if not (at.isascii() and at.isdigit() and len(at) < 20 and seal.isascii()):
            return False
        is_new = abs(now - int(at)) <= HOLDS_S
        return is_new and hmac.compare_digest(self._seal(method, path, at), seal)

    def _seal(self, method: str, path: str, at: str) -> str:
        said = f"{method} {path} {at}"
        return hmac.new(self.key.encode(), said.encode(), sha256).hexdigest()
