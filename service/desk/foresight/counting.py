"""How many cases came in on each day, and became violations in each hour of the day."""

from collections.abc import Sequence

import numpy as np

from streetwatch.service.desk.reports.facts import Cases
from streetwatch.service.desk.reports.period import Period

HOURS = 24

_CHINA_S = 8 * 3600
_HOUR_S = 3600
_DAY_S = 86_400


def by_day(cases: Cases, period: Period) -> Sequence[int]:
    """Return how many violations came to the desk on each day of a period."""
    first, end = (int((at + _CHINA_S) // _DAY_S) for at in (period.start, period.end))
    day = ((cases.came_at[cases.is_counted] + _CHINA_S) // _DAY_S).astype(np.int64) - first
    counts: list[int] = np.bincount(day, minlength=end - first).tolist()
    return counts


def by_hour(cases: Cases) -> Sequence[int]:
    """Return how many became violations in each hour of the day, on China's clock."""
    of_day = (cases.occurred_at[cases.is_counted] + _CHINA_S) % _DAY_S
    counts: list[int] = np.bincount((of_day // _HOUR_S).astype(np.int64), minlength=HOURS).tolist()
    return counts
