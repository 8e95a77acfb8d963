"""When to try again: pure, so that years of outages are tested in a millisecond."""

from dataclasses import dataclass, replace
from typing import Self

from streetwatch.vision.types import Seconds

# With half of each wait left to chance, no wait is longer than the outage was so far: what happens
# after a short outage is not missed because it was slept through.
_GROWTH = 1.5
_ENOUGH_STEPS = 64  # beyond any sensible longest wait; keeps the power small for ever


@dataclass(frozen=True, slots=True)
class BackOff:
    """Exponential waiting with jitter, without an end.

    Attributes:
        first_s: The shortest wait.
        longest_s: The longest wait.
        stable_s: A connection that lived this long wipes the slate.
        failures: How many connections have failed in a row.
    """

    first_s: Seconds = 1.0
    longest_s: Seconds = 60.0
    stable_s: Seconds = 30.0
    failures: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.first_s <= self.longest_s:
            raise ValueError(f"0 < first_s <= longest_s, not {self.first_s}, {self.longest_s}")

    def after_failure(self, *, lived_s: Seconds, chance: float) -> tuple[Self, Seconds]:
        """Return the next state and how long to wait before the next try.

        Args:
            lived_s: How long the connection that just failed had been giving pictures.
            chance: 0..1, random: spreads the cameras of one dead switch over the second half of
                the step, so that they do not come back all at once.
        """
        failures = 0 if lived_s >= self.stable_s else self.failures
        step = min(self.longest_s, self.first_s * _GROWTH ** min(failures + 1, _ENOUGH_STEPS))
        wait_s = max(self.first_s, step / 2 * (1 + chance))
        return replace(self, failures=failures + 1), wait_s
