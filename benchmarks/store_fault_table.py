"""What each trouble of the evidence store comes to, over many runs: lines, and a section."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from streetwatch.benchmarks.markdown import table
from streetwatch.benchmarks.recovery import Recoveries
from streetwatch.benchmarks.store_faults import StoreOutcome
from streetwatch.datasets.fake_store import StoreTrouble
from streetwatch.vision.types import Seconds

TITLE: Final = "Evidence store (S3)"

_COLUMNS: Final = (
    "the store",
    "what is said of it meanwhile",
    "files that waited",
    "recovery p50 (least-most)",
    "right",
)

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
    def recovered(self) -> Recoveries:
        """How long each recovery took."""
        return Recoveries.of(one.recovery_s for one in self.outcomes)

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
        return {
            "fault": f"store_{self.trouble.value}",
            "reason": self.reason,
            "waited": [one.waited for one in self.outcomes],
            **self.recovered.line(),
            "runs": len(self.outcomes),
            "right": self.right,
        }

    def cells(self) -> tuple[object, ...]:
        """Return it for people."""
        waited = max(one.waited for one in self.outcomes)
        right = f"{self.right} of {len(self.outcomes)}"
        return _WORDS[self.trouble], self.reason or "nothing", waited, self.recovered, right


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
    rows = table(_COLUMNS, (one.cells() for one in lines))
    return _SECTION.format(rows=rows, runs=runs, lasting_s=lasting_s)


def _gist(reason: str) -> str:
    """Return what the store answered: names, addresses and times differ each time."""
    if not reason:
        return ""
    answered = reason.rpartition(" - ")[2].partition(": <")[0]
    return f"could not be put: {answered}"


_SECTION: Final = """\
A real S3 server, and before it a door that fails as told, all troubles at the same time, each
with a bucket of its own. Three pictures of 200 kB are written while the store is in trouble. A run
is right where all could be read all the while, and each was in the store with all its bytes in
the end, and nothing else.

Each trouble lasted {lasting_s:g} s; n = {runs} runs. Recovery is from the end of the trouble until
all is in the store; most of it is the wait for the next round (every 5 s). What is said stands in
`/readyz`.

{rows}
"""
