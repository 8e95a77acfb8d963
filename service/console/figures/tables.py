"""Figures that are read as tables."""

from collections import Counter
from collections.abc import Iterable, Sequence

from streetwatch.service.api.readiness import Readiness, TargetHealth
from streetwatch.service.console.casework.detail import span
from streetwatch.service.console.casework.words import Say
from streetwatch.service.console.watching.signs import SIGNS, WORST_FIRST
from streetwatch.service.desk.reports.figures import Times
from streetwatch.service.desk.reports.lag import Lag
from streetwatch.service.runtime.live import LiveCamera

#: Cells of a line.
Line = tuple[str, ...]


def health_lines(cameras: Iterable[LiveCamera], *, say: Say) -> list[Line]:
    """Return a line for each condition that a camera is in, the worst first."""
    counts = Counter(one.condition for one in cameras)
    return [
        (say(SIGNS[condition].words), str(counts[condition]))
        for condition in WORST_FIRST
        if counts[condition]
    ]


def lag_lines(lags: Sequence[Lag], readiness: Readiness, *, say: Say) -> list[Line]:
    """Return a line for each target: what its messages took, and what waits."""
    times = {one.target: one.times for one in lags}
    waits = {one.id: one for one in readiness.targets}
    nothing = Times(0, None, None)
    return [
        (
            target,
            _span(times.get(target, nothing).median_s, say),
            _span(times.get(target, nothing).p90_s, say),
            str(times.get(target, nothing).n),
            *_waiting(waits.get(target)),
        )
        for target in sorted(times.keys() | waits.keys())
    ]


def _waiting(target: TargetHealth | None) -> tuple[str, str]:
    return ("", "") if target is None else (str(target.pending), str(target.parked))


def _span(seconds: float | None, say: Say) -> str:
    return say("not measured") if seconds is None else span(seconds, say)
