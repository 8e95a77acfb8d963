"""Shares over streets: what comes out on one street again and again is no news each time.

A handful of photographs gives hundreds of clips, and a heap that is missed in one is missed in the
next. Wilson's interval takes every event for a street of its own, and is too narrow.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

from streetwatch.benchmarks.event_clips import ClipResult
from streetwatch.benchmarks.events import ALL
from streetwatch.models.intervals import Z_95, wilson

Numbers = npt.NDArray[np.float64]

_UPPER = 0.975  # of 95 %


def over_streets(results: Sequence[ClipResult], type_: str) -> Mapping[str, object]:
    """Return how many streets a type was measured on, and its shares' intervals over these.

    Args:
        results: Of all clips; one that says no street is one of its own.
        type_: A violation type, or `all`.
    """
    rows: dict[str, Numbers] = {}
    for result in results:
        street = result.about.street or result.name
        for one in result.tallies.values():
            if type_ in {one.type, ALL}:
                counted = np.array([len(one.delays), one.filed, one.n], np.float64)
                rows[street] = rows.get(street, 0.0) + counted
    right, filed, true = np.array(list(rows.values())).reshape(-1, 3).T
    return {
        "streets": len(rows),
        "precision_street_ci": _rounded(wilson_of_clusters(right, filed)),
        "recall_street_ci": _rounded(wilson_of_clusters(right, true)),
    }


def wilson_of_clusters(successes: Numbers, n: Numbers) -> tuple[float, float]:
    """Return Wilson's interval of a share whose trials come in clusters.

    The trials are as many as would vary so much if they were independent (Korn and Graubard,
    Survey Methodology 24, 1998; in Wilson's interval: Franco, Little, Louis and Slud, Journal of
    Survey Statistics and Methodology 7, 2019), fewer where the clusters are few. Where no cluster
    differs from another each is taken for one trial.

    Args:
        successes: Of each cluster, (K,).
        n: Trials of each, (K,).

    >>> tuple(round(end, 3) for end in wilson_of_clusters(np.ones(50), np.ones(50)))
    (0.925, 1.0)
    >>> half = np.arange(40) % 2
    >>> tuple(round(end, 3) for end in wilson_of_clusters(10.0 * half, np.full(40, 10.0)))
    (0.346, 0.654)
    """
    successes, n = successes[n > 0], n[n > 0]
    clusters, trials = len(n), float(n.sum())
    if clusters < 2:
        return wilson(float(successes.sum()) / max(trials, 1.0), clusters)
    share = float(successes.sum()) / trials
    off = float(np.square(successes - share * n).sum())
    variance = clusters / (clusters - 1) * off / trials**2
    alike = share * (1 - share) / variance if variance else float(clusters)
    few = (Z_95 / float(stdtrit(clusters - 1, _UPPER))) ** 2
    effective = min(alike * few, trials)
    return wilson(share * effective, effective)


def _rounded(interval: tuple[float, float]) -> list[float]:
    return [round(end, 3) for end in interval]
