"""Addresses of pictures that open without a sign-in: a platform fetches what a case names.

An address says by its seal that we gave it out. It opens that one file, masked like all that goes
out, for as long as the file is kept; nothing can be guessed from it about another.
"""

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

#: The query parameter that bears the seal.
LINK_SEAL: Final = "seal"

#: Hexadecimal digits of a seal: 128 bits.
_DIGITS: Final = 32


@dataclass(frozen=True, slots=True)
class Links:
    """Seals addresses, and knows its own seals.

    Attributes:
        key: Secret; who has it opens every picture.
    """

    key: str = field(repr=False)

    def sealed(self, path: str) -> str:
        """Return a path of ours with its seal."""
        return f"{path}?{LINK_SEAL}={self._seal(path)}"

    def opens(self, path: str, seal: str | None) -> bool:
        """Tell whether a seal is that of a path."""
        return seal is not None and hmac.compare_digest(
            self._seal(path).encode(), seal.encode("utf-8", "replace")
        )

    def _seal(self, path: str) -> str:
        return hmac.new(self.key.encode(), path.encode(), sha256).hexdigest()[:_DIGITS]
