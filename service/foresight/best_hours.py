"""When to send people somewhere: the hours in which most happens. Pure."""

from collections.abc import Sequence
from typing import Final

#: Hours that people are sent for.
WINDOW_H: Final = 3

_HOURS: Final = 24


def best_window(by_hour: Sequence[float | None]) -> tuple[int, int]:
    """Return the hours in which most happens, the first and the one after the last.

    >>> best_window([*[0.0] * 9, 1.0, 2.0, 1.0, *[None] * 12])
    (9, 12)
    """
    rates = [rate or 0.0 for rate in by_hour]
    starts = range(_HOURS - WINDOW_H + 1)
    best = max(starts, key=lambda start: sum(rates[start : start + WINDOW_H]))
    return best, best + WINDOW_H
