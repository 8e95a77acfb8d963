"""How often somebody may ask for what is open to all or costs much. Pure."""

from dataclasses import dataclass, field
from typing import Final, Self

from streetwatch.vision.types import Seconds

#: Of so many callers it is kept what they have left; who was full longest goes first.
_MOST_CALLERS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a minute from then on.

    Attributes:
        burst: At once.
        per_minute: Come back.
    """

    burst: float
    per_minute: float

    @classmethod
    def of(cls, per_minute: float) -> Self:
        """Return a rate of which a minute's worth may come at once."""
        return cls(per_minute, per_minute)


@dataclass(slots=True)
class Buckets:
    """What each caller has left of one rate."""

    rate: Rate
    _left: dict[str, tuple[float, Seconds]] = field(default_factory=dict)

    def take(self, caller: str, now: Seconds) -> Seconds:
        """Take one; return 0, or how long to wait where there is none left.

        >>> few = Buckets(Rate(burst=2, per_minute=60))
        >>> [few.take("a", now=0.0) for _ in range(3)], few.take("b", now=0.0)
        ([0.0, 0.0, 1.0], 0.0)
        """
        left, since = self._left.pop(caller, (self.rate.burst, now))
        gained = max(now - since, 0.0) * self.rate.per_minute / 60
        left = min(left + gained, self.rate.burst)
        if left < 1:
            self._left[caller] = left, now
            return (1 - left) * 60 / self.rate.per_minute
        self._left[caller] = left - 1, now
        if len(self._left) > _MOST_CALLERS:
            del self._left[next(iter(self._left))]
        return 0.0
