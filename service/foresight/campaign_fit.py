"""A log-linear regression of counts, with intervals that hold for days that are alike. Pure.

Quasi-Poisson (P. McCullagh and J. A. Nelder, Generalized Linear Models, 2nd ed. 1989, 9.2): the
variance is the mean times a dispersion. Neighbouring days share their weather, which single days
don't show: what days have beyond Poisson's is a latent process of first order (S. L. Zeger,
Biometrika 75, 1988), whose correlation counts by its upper limit, since residuals of few days show
too little of it (M. G. Kendall, Biometrika 41, 1954). The dispersion is that, or that of whole
weeks, whichever is larger, with as many degrees of freedom as weeks leave. A weak normal prior on
what is not the mean keeps a place without a violation after its campaign finite.
"""

from dataclasses import dataclass
from math import sqrt
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

Vector: TypeAlias = npt.NDArray[np.float64]
Matrix: TypeAlias = npt.NDArray[np.float64]

#: Standard deviation of the prior: a factor of 12 either way is nothing out of the way.
_PRIOR: Final = 2.5

#: Days that may be alike, and the coefficients that weeks can tell: not those of their days.
_WEEK: Final = 7
_OF_WEEKS: Final = 5

#: A day and the next one are taken for alike by no more than this.
_MOST_ALIKE: Final = 0.9

#: Of what days have beyond Poisson's, so much of their spread is taken for it at the least.
_LEAST_SHARE: Final = 0.3

#: Residuals show less of it: by 4/n of it and 1/n for each coefficient (Kendall), and half a
#: standard error that is put on top, so that what is claimed of nothing stays under 5 %.
_BEYOND: Final = 0.5

_STEPS: Final = 100
_STILL: Final = 1e-9
_TAIL: Final = 0.975


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """A regression.

    Attributes:
        coefficients: Natural logarithms of ratios.
        covariance: Of them.
        dispersion: At least 1.
        freedom: Degrees of freedom that are left.
    """

    coefficients: Vector
    covariance: Matrix
    dispersion: float
    freedom: int

    def combined(self, weights: Vector) -> tuple[float, float]:
        """Return a sum of coefficients, and half the width of its 95 % interval."""
        spread = sqrt(float(weights @ self.covariance @ weights))
        return float(weights @ self.coefficients), float(stdtrit(self.freedom, _TAIL)) * spread


def fitted(design: Matrix, counts: Vector, looked: Vector) -> Fit:
    """Fit counts to a design whose first column is ones; `looked` is what they are a rate of."""
    penalty = np.diag([0.0, *[_PRIOR**-2] * (design.shape[1] - 1)])
    coefficients = _solved(design, counts, looked, penalty)
    means = looked * np.exp(design @ coefficients)
    inverse = np.asarray(np.linalg.inv(design.T @ (design * means[:, None]) + penalty), np.float64)
    gaps = counts - means
    days = max(_dispersion(gaps, means, design.shape[1]), 1.0)
    alike = _alike(gaps, means, days, design.shape[1])
    lasting = 1.0 + (days - 1.0) * (1.0 + alike) / (1.0 - alike)
    weeks = _dispersion(_by_week(gaps), _by_week(means), _OF_WEEKS)
    dispersion = max(lasting, weeks)
    freedom = max(len(_by_week(means)) - _OF_WEEKS, 1)
    covariance: Matrix = dispersion * inverse
    return Fit(coefficients, covariance, dispersion, freedom)


def _dispersion(gaps: Vector, means: Vector, told: int) -> float:
    """Return Pearson's: what counts differ from their means, over what Poisson's would."""
    seen = means > 0
    freedom = max(int(seen.sum()) - told, 1)
    return float((gaps[seen] ** 2 / means[seen]).sum()) / freedom


def _alike(gaps: Vector, means: Vector, dispersion: float, told: int) -> float:
    """Return by how much a day's latent process may be like the one's before it.

    Args:
        gaps: What counts differ from their means.
        means: Of days.
        dispersion: Of days.
        told: Coefficients.
    """
    seen = means > 0
    parts = np.where(seen, gaps / np.sqrt(np.where(seen, means, 1.0)), 0.0)
    parts = np.where(seen, parts - parts[seen].mean(), 0.0)
    n, pairs = int(seen.sum()), int((seen[1:] & seen[:-1]).sum())
    spread = float((parts**2).sum()) / n
    if not pairs or spread <= 0:
        return 0.0
    shown = float((parts[1:] * parts[:-1]).sum()) / pairs / spread
    whole = shown + (told + 4.0 * shown) / n + _BEYOND / sqrt(n)
    share = max((dispersion - 1.0) / dispersion, _LEAST_SHARE)
    return float(np.clip(whole / share, 0.0, _MOST_ALIKE))


def _by_week(days: Vector) -> Vector:
    """Return the sums of whole weeks, the last one as long as it is."""
    sums: Vector = np.add.reduceat(days, np.arange(0, len(days), _WEEK))
    return sums


def _solved(design: Matrix, counts: Vector, looked: Vector, penalty: Matrix) -> Vector:
    """Return the coefficients by Newton's method; a step that would not help is halved."""
    coefficients = np.zeros(design.shape[1])
    coefficients[0] = np.log(counts.sum() / looked.sum())
    best = _worth(coefficients, design, counts, looked, penalty)
    for _ in range(_STEPS):
        means = looked * np.exp(design @ coefficients)
        slope = design.T @ (counts - means) - penalty @ coefficients
        curve = design.T @ (design * means[:, None]) + penalty
        step = np.linalg.solve(curve, slope)
        while (worth := _worth(coefficients + step, design, counts, looked, penalty)) < best:
            step /= 2
            if np.abs(step).max() < _STILL:
                return coefficients
        coefficients, best = coefficients + step, worth
        if np.abs(step).max() < _STILL:
            break
    return coefficients


def _worth(
    coefficients: Vector, design: Matrix, counts: Vector, looked: Vector, penalty: Matrix
) -> float:
    logs = design @ coefficients
    means = looked * np.exp(np.minimum(logs, 700))
    return float(counts @ logs - means.sum() - coefficients @ penalty @ coefficients / 2)
