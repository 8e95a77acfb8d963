"""Intervals: a share without one says nothing about how sure it is."""

from math import sqrt

#: 95 % of a normal distribution lie within so many standard deviations.
Z_95 = 1.959964


def wilson(successes: float, n: float, *, z: float = Z_95) -> tuple[float, float]:
    """Return Wilson's score interval of a share (E. B. Wilson, JASA 22, 1927).

    Nothing measured says nothing: (0, 1). An effective number need not be whole.

    >>> tuple(round(end, 3) for end in wilson(80, 85))
    (0.87, 0.975)
    """
    if n == 0:
        return 0.0, 1.0
    share = successes / n
    middle = share + z * z / (2 * n)
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max((middle - spread) / scale, 0.0), min((middle + spread) / scale, 1.0)
