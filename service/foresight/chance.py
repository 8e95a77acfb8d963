"""How much of a difference chance alone makes: intervals and tests of rates.

Sources: Garwood 1936 (exact Poisson limits); Przyborowski & Wilenski 1940 (two Poisson counts are
compared by the binomial of one given their sum); Clopper & Pearson 1934; Benjamini & Hochberg 1995;
McCullagh & Nelder 1989, 4.5 (over-dispersion as a factor of the variance); West & Harrison 1997,
10.8 (discounted gamma-Poisson). docs/explanation/foresight.md has the formulas.
"""

from typing import Final

import numpy as np
from scipy.special import betainc, betaincinv
from scipy.stats import gamma

from streetwatch.service.foresight.exposure import Array

#: Of all intervals here.
LEVEL: Final = 0.95

#: Of what is claimed, so much may be false on the average.
FALSE_SHARE: Final = 0.05

#: A cell's rate is drawn to the city's as if by so many violations at the least and at the most.
_PRIOR: Final = (0.5, 50.0)


def more_than_its_share(counts: Array, shares: Array, total: Array | float) -> Array:
    """Return how likely at least so much is where all are alike.

    Args:
        counts: Of each; need not be whole (scaled for over-dispersion).
        shares: That each is to be expected to have, of all.
        total: Of all.
    """
    some = counts > 0
    rest = np.asarray(np.maximum(total - counts, 0.0) + 1.0)
    p = betainc(np.where(some, counts, 1.0), rest, np.clip(shares, 0.0, 1.0))
    return np.asarray(np.where(some, p, 1.0))


def differ(later: Array, earlier: Array, shares: Array) -> Array:
    """Return how likely two counts differ so far or farther by chance (twice the smaller tail).

    Args:
        later: A count of each.
        earlier: Another.
        shares: That the later is to be expected to have of both.
    """
    total = later + earlier
    above = more_than_its_share(later, shares, total)
    below = more_than_its_share(earlier, 1.0 - shares, total)
    return np.asarray(np.minimum(1.0, 2.0 * np.minimum(above, below)))


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

    Args:
        counts: Cells x days.
        expected: The same, if cells had their own rates, days their own, and nothing else.
    """
    free = counts.size - sum(counts.shape)
    if free <= 0 or not expected.sum():
        return 1.0
    spread = float(((counts - expected) ** 2).sum() / expected.sum())
    return max(spread * counts.size / free, 1.0)


def rates(counts: Array, hours: Array, spread: float) -> tuple[Array, Array, Array]:
    """Return each rate with its interval, drawn to the city's where little was looked.

    Gamma-Poisson: the prior's mean is the city's rate, its variance that of the cells beyond
    chance. Counts and hours may be weighted; both are taken for `spread` times fewer.

    Returns:
        The posterior's mean and limits.
    """
    n, exposure = counts / spread, hours / spread
    mean = float(n.sum() / exposure.sum()) if exposure.sum() else 0.0
    if not mean:
        return np.zeros_like(n), np.zeros_like(n), np.full_like(n, np.nan)
    shape = _prior_shape(n, exposure, mean)
    posterior = gamma(n + shape, scale=1.0 / (exposure + shape / mean))
    tail = (1.0 - LEVEL) / 2.0
    return posterior.mean(), posterior.ppf(tail), posterior.ppf(1.0 - tail)


def _prior_shape(n: Array, exposure: Array, mean: float) -> float:
    """Return the prior's shape by moments: a large one where cells differ by chance alone."""
    some = exposure > 0
    expected = mean * exposure[some]
    beyond = float(((n[some] - expected) ** 2 - expected).sum() / max((expected**2).sum(), 1e-12))
    return float(np.clip(1.0 / beyond, *_PRIOR)) if beyond > 0 else _PRIOR[1]
