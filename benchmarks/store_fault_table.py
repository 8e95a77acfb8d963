"""What each trouble of the evidence store comes to, over many runs: lines, and a section."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from streetwatch.benchmarks.store_faults import StoreOutcome
from streetwatch.datasets.fake_store import StoreTrouble
from streetwatch.vision.types import Seconds

TITLE: Final = "Evidence store (S3)"

_WORDS: Final[Mapping[StoreTrouble, str]] = {
    StoreTrouble.GONE: "is gone: closes every connection",
    StoreTrouble.REFUSES: "answers 503 SlowDown",
    StoreTrouble.DENIES: "answers 403 AccessDenied: its keys were changed",
    StoreTrouble.FULL: "answers 507: it is full",
    StoreTrouble.CUTS: "breaks off in the middle of a file",
    StoreTrouble.SILENT: "takes the connection and answers nothing",
    StoreTrouble.SLOW: "takes 160 kB a second",
}


@dataclass(frozen=True, slots=True)
class StoreLine:
    """One trouble over all runs."""

    trouble: StoreTrouble
    outcomes: tuple[StoreOutcome, ...]

    @property
    def recovered(self) -> list[Seconds]:
        """How long each recovery took, sorted."""
        return sorted(one.recovery_s for one in self.outcomes if one.recovery_s is not None)

    @property
    def right(self) -> int:
        """In how many runs nothing was lost or half there."""
        return sum(one.is_right for one in self.outcomes)

    @property
    def reason(self) -> str:
        """What was told, without what differs from run to run."""
        return next((_gist(one.reason) for one in self.outcomes if one.reason), "")

    def line(self) -> dict[str, object]:
        """Return it for JSON."""
        recovered = self.recovered
        return {
            "fault": f"store_{self.trouble.value}",
            "reason": self.reason,
            "waited": [one.waited for one in self.outcomes],
            "recovery_p50_s": round(median(recovered), 2) if recovered else None,
            "recovery_max_s": round(recovered[-1], 2) if recovered else None,
            "runs": len(self.outcomes),
            "right": self.right,
        }

    def row(self) -> str:
        """Return it for people."""
        recovered = self.recovered
        took = "-"
        if recovered:
            took = f"{median(recovered):.1f} s ({recovered[0]:.1f}-{recovered[-1]:.1f})"
        waited = max(one.waited for one in self.outcomes)
        said = self.reason or "nothing"
        right = f"{self.right} of {len(self.outcomes)}"
        return f"| {_WORDS[self.trouble]} | {said} | {waited} | {took} | {right} |"


def store_table(runs: Sequence[Sequence[StoreOutcome]]) -> tuple[StoreLine, ...]:
    """Sum runs up."""
    outcomes = [one for run in runs for one in run]
    return tuple(
        StoreLine(trouble, tuple(one for one in outcomes if one.trouble is trouble))
        for trouble in StoreTrouble
    )


def store_section(lines: Sequence[StoreLine], *, lasting_s: Seconds) -> str:
    """Return the section of the reference that shows the table."""
    runs = max((len(one.outcomes) for one in lines), default=0)
    rows = "\n".join(one.row() for one in lines)
    return _SECTION.format(rows=rows, runs=runs, lasting_s=lasting_s)


def _gist(reason: str) -> str:
    """Return the first of what was told: addresses and ports differ each time."""
    return reason.partition("\n")[0].partition("http://")[0].strip(" :(\"'|")[:120]


_SECTION: Final = """\
A real S3 server, and before it a door that fails as told, all troubles at the same time, each
with a bucket of its own. Three pictures of 200 kB are written while the store is in trouble. A run
is right where all could be read all the while, and each was in the store with all its bytes in
the end, and nothing else.

Each trouble lasted {lasting_s:g} s; n = {runs} runs. Recovery is from the end of the trouble until
all is in the store; most of it is the wait for the next round (every 5 s). What is said stands in
`/readyz`.

| the store | what is said of it meanwhile | files that waited | recovery p50 (least-most) | right |
|---|---|---|---|---|
{rows}
"""
