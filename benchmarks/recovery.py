"""How long recoveries took, for JSON and for people. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Self

from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class Recoveries:
    """Those of one trouble, sorted.

    >>> took = Recoveries.of([3.0, None, 1.04])
    >>> str(took), took.line()
    ('2.0 s (1.0-3.0)', {'recovery_p50_s': 2.02, 'recovery_max_s': 3.0})
    >>> str(Recoveries.of([])), Recoveries.of([]).line()
    ('-', {'recovery_p50_s': None, 'recovery_max_s': None})
    """

    seconds: tuple[Seconds, ...]

    @classmethod
    def of(cls, seconds: Iterable[Seconds | None]) -> Self:
        """Return those that there were."""
        return cls(tuple(sorted(one for one in seconds if one is not None)))

    @property
    def p50_s(self) -> Seconds | None:
        """The middle one; None where there was none."""
        return median(self.seconds) if self.seconds else None

    def line(self) -> dict[str, Seconds | None]:
        """Return it for JSON."""
        return {
            "recovery_p50_s": None if self.p50_s is None else round(self.p50_s, 2),
            "recovery_max_s": round(self.seconds[-1], 2) if self.seconds else None,
        }

    def __str__(self) -> str:
        if self.p50_s is None:
            return "-"
        return f"{self.p50_s:.1f} s ({self.seconds[0]:.1f}-{self.seconds[-1]:.1f})"
