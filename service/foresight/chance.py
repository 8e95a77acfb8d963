"""How much of a difference chance alone makes: intervals and tests of rates.

Sources: McCullagh & Nelder 1989, 6.2 (counts whose variance is a multiple of their mean);
Przyborowski & Wilenski 1940 (two counts are compared given their sum); Clopper & Pearson 1934;
Benjamini & Hochberg 1995; Ibrahim & Chen 2000 (power prior: old data count less).
docs/explanation/foresight.md has the formulas.
"""

from typing import Final

import numpy as np
from scipy.special import betainc, betaincinv, betaln, gammaincinv, gammaln

from streetwatch.service.foresight.exposure import Array

#: Of all intervals here.
LEVEL: Final = 0.95

#: Of what is claimed, so much may be false on the average: 5 %, halved between the two questions
#: that are asked of the same cells (is it hot, has it changed).
FALSE_SHARE: Final = 0.025

_NORMAL_95: Final = 1.645

#: Poisson counts are negative binomial ones of next to no spread.
_LEAST_SPREAD: Final = 1.001

#: A cell's rate is drawn to the city's as if by so many violations at the least and at the most.
_PRIOR: Final = (0.5, 50.0)


def more_than_expected(counts: Array, expected: Array, spread: float) -> Array:
    """Return how likely at least so much is: negative binomial, its variance `spread` x its mean.

    Args:
        counts: Of each.
        expected: Of each, where all are alike.
        spread: By how much more than Poisson's the variance is.
    """
    beyond = max(spread, _LEAST_SPREAD) - 1.0
    some = (counts > 0) & (expected > 0)
    size = np.where(some, expected, 1.0) / beyond
    p = betainc(np.where(some, counts, 1.0), size, beyond / (1.0 + beyond))
    return np.asarray(np.where(some, p, np.where(counts > 0, 0.0, 1.0)))


def differ(later: Array, earlier: Array, expected: tuple[Array, Array], spread: float) -> Array:
    """Return how likely two counts differ so far or farther by chance (twice the smaller tail).

    Given their sum, one of two negative binomial counts is beta-binomial.

    Args:
        later: A count of each.
        earlier: Another.
        expected: Of the later and the earlier, where nothing has changed.
        spread: By how much more than Poisson's the variance is.
    """
    if not len(later):
        return np.zeros(0)
    beyond = max(spread, _LEAST_SPREAD) - 1.0
    a, b = (mean / beyond for mean in expected)
    hits, total = later.astype(np.int64), (later + earlier).astype(np.int64)
    starts = np.cumsum(total + 1) - (total + 1)
    # All ways to share out all sums, one after the other: those of a sum are a row.
    row = np.repeat(np.arange(len(total)), total + 1)
    k = np.arange(len(row)) - starts[row]
    rest = total[row] - k
    factorials = gammaln(np.arange(total.max() + 2) + 1.0)
    ways = factorials[total][row] - factorials[k] - factorials[rest]
    whole = gammaln(total + a + b) + betaln(a, b)
    p = np.exp(ways + gammaln(k + a[row]) + gammaln(rest + b[row]) - whole[row])
    tails = (
        np.add.reduceat(np.where(some, p, 0.0), starts) for some in (k <= hits[row], k >= hits[row])
    )
    return np.asarray(np.minimum(1.0, 2.0 * np.minimum(*tails)))


def poisson_limits(n: int) -> tuple[float, float]:
    """Return Garwood's exact limits of a Poisson mean (1936)."""
    tail = (1.0 - LEVEL) / 2.0
    low = float(gammaincinv(n, tail)) if n else 0.0
    return low, float(gammaincinv(n + 1, 1.0 - tail))


def share_interval(hits: Array, total: Array) -> tuple[Array, Array]:
    """Return Clopper and Pearson's limits of a share."""
    tail, misses = (1.0 - LEVEL) / 2.0, np.maximum(total - hits, 0.0)
    low = betaincinv(np.where(hits > 0, hits, 1.0), misses + 1.0, tail)
    high = betaincinv(hits + 1.0, np.where(misses > 0, misses, 1.0), 1.0 - tail)
    return np.where(hits > 0, low, 0.0), np.where(misses > 0, high, 1.0)


def discoveries(p: Array) -> Array:
    """Return Benjamini and Hochberg's adjusted p of each: claim what is at most `FALSE_SHARE`."""
    flat = p.ravel()
    order = np.argsort(flat)
    scaled = flat[order] * flat.size / np.arange(1, flat.size + 1)
    adjusted = np.empty_like(flat)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1] if flat.size else scaled
    return np.minimum(adjusted, 1.0).reshape(p.shape)


def dispersion(counts: Array, expected: Array) -> float:
    """Return by how much days differ more than chance alone would let them; 1 at the least.

    It is estimated, so its upper 95 % limit is taken.

    Args:
        counts: Cells x days.
        expected: The same, if cells had their own rates, days their own, and nothing else.
    """
    free = counts.size - sum(counts.shape)
    if free <= 0 or not expected.sum():
        return 1.0
    spread = float(((counts - expected) ** 2).sum() / expected.sum())
    upper = 1.0 + _NORMAL_95 * (2.0 / free) ** 0.5
    return float(max(spread * counts.size / free * upper, 1.0))


def rates(counts: Array, hours: Array, spread: float) -> tuple[Array, Array, Array]:
    """Return each rate with its interval, drawn to the city's where little was looked.

    Gamma-Poisson: the prior's mean is the city's rate, its variance that of the cells beyond
    chance. Counts and hours may be weighted; both are taken for `spread` times fewer.

    Returns:
        The posterior's mean and limits.
    """
    n, exposure = counts / spread, hours / spread
    mean = float(n.sum() / exposure.sum()) if exposure.sum() else 0.0
    if not mean:  # nowhere was any: the city's rate says nothing, each cell's hours do
        high = np.full_like(n, np.inf)
        np.divide(poisson_limits(0)[1], exposure, out=high, where=exposure > 0)
        return np.zeros_like(n), np.zeros_like(n), high
    shape = _prior_shape(n, exposure, mean)
    counted, looked = n + shape, exposure + shape / mean
    tail = (1.0 - LEVEL) / 2.0
    low, high = (gammaincinv(counted, share) / looked for share in (tail, 1.0 - tail))
    return counted / looked, low, high


def _prior_shape(n: Array, exposure: Array, mean: float) -> float:
    """Return the prior's shape by moments: a large one where cells differ by chance alone."""
    some = exposure > 0
    expected = mean * exposure[some]
    beyond = float(((n[some] - expected) ** 2 - expected).sum() / max((expected**2).sum(), 1e-12))
    return float(np.clip(1.0 / beyond, *_PRIOR)) if beyond > 0 else _PRIOR[1]
