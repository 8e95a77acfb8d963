"""What each trouble of a camera comes to, over many runs: lines for JSON, and a section."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from streetwatch.benchmarks import markdown
from streetwatch.benchmarks.faults import FaultOutcome, FaultRun
from streetwatch.benchmarks.recovery import Recoveries
from streetwatch.datasets.fake_trouble import Trouble
from streetwatch.vision.types import Seconds

TITLE: Final = "Cameras"

_COLUMNS: Final = (
    "the camera",
    "what is said of it meanwhile",
    "recovery p50 (least-most)",
    "right",
)

_WORDS: Final[Mapping[Trouble, str]] = {
    Trouble.REFUSES: "refuses the connection",
    Trouble.SILENT: "takes the connection and says nothing",
    Trouble.UNAUTHORISED: "answers 401: its password was changed",
    Trouble.HANGS: "stops between two key frames, the connection stays",
    Trouble.HALF_OPEN: "loses its power: no FIN, no answer (half open)",
    Trouble.LOSES: "loses 20 % of its packets",
    Trouble.CORRUPTS: "has flipped bits in half of its packets",
    Trouble.GREY: "sends pictures of one grey",
    Trouble.FROZEN: "sends the same picture again and again",
    Trouble.RESIZED: "changes its size in the middle of the stream",
    Trouble.RECODED: "changes from H.264 to H.265 in the middle of the stream",
    Trouble.TIME_BACK: "jumps back by an hour",
    Trouble.TIME_FORWARD: "jumps forward by an hour",
    Trouble.EMPTY: "sends packets with 0 bytes in them",
    Trouble.LONG_GOP: "sends a key frame every 250 pictures (25 s)",
}


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One trouble over all runs.

    Attributes:
        said: Conditions and reasons that were told, each once.
        recovered: How long each recovery took.
        runs: How many there were.
        right: In how many of them exactly the one case was filed, with all of its stay.
    """

    trouble: Trouble
    conditions: tuple[str, ...]
    reasons: tuple[str, ...]
    recovered: Recoveries
    runs: int
    right: int

    def line(self) -> dict[str, object]:
        """Return it for JSON."""
        return {
            "fault": self.trouble.value,
            "condition": list(self.conditions),
            "reason": list(self.reasons),
            **self.recovered.line(),
            "runs": self.runs,
            "right": self.right,
        }


@dataclass(frozen=True, slots=True)
class FaultTable:
    """All troubles over all runs.

    Attributes:
        lost_by_others: Looks that cameras that were well went without, over all runs.
    """

    lines: tuple[FaultLine, ...]
    lost_by_others: int

    @property
    def is_right(self) -> bool:
        """Whether nothing was lost, and nothing filed that should not be."""
        return all(one.right == one.runs for one in self.lines)


def table_of(runs: Sequence[FaultRun]) -> FaultTable:
    """Sum runs up."""
    outcomes = [outcome for run in runs for outcome in run.outcomes]
    lines = (
        _line(trouble, [one for one in outcomes if one.trouble is trouble]) for trouble in Trouble
    )
    return FaultTable(tuple(lines), sum(run.lost_by_others for run in runs))


def _line(trouble: Trouble, outcomes: Sequence[FaultOutcome]) -> FaultLine:
    return FaultLine(
        trouble=trouble,
        conditions=_each_once(one.condition for one in outcomes),
        reasons=_each_once(_without_address(one.reason) for one in outcomes),
        recovered=Recoveries.of(one.recovery_s for one in outcomes),
        runs=len(outcomes),
        right=sum(one.is_right for one in outcomes),
    )


def _each_once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


def _without_address(reason: str) -> str:
    """Return what is said after the address, which is another one each time."""
    return reason.partition("live: ")[2] or reason


def camera_section(table: FaultTable, *, lasting_s: Seconds) -> str:
    """Return the section of the reference that shows the table."""
    runs = max((one.runs for one in table.lines), default=0)
    rows = markdown.table(_COLUMNS, map(_cells, table.lines))
    return _SECTION.format(rows=rows, runs=runs, lasting_s=lasting_s, lost=table.lost_by_others)


def _cells(one: FaultLine) -> tuple[object, ...]:
    said = "; ".join((", ".join(one.conditions), *one.reasons))
    return _WORDS[one.trouble], said, one.recovered, f"{one.right} of {one.runs}"


_SECTION: Final = """\
Real RTSP cameras
that fail as told, all at the same time beside two that are well, watched by the service's own
streams, decoder, loop, store and evidence as shipped (a threshold stands in for the model).
Something stands in every picture before, while and after the camera fails; a run is right where
exactly one case was filed of it, which began when it was first seen, and nothing else.

Each trouble lasted {lasting_s:g} s; n = {runs} runs. The two cameras that were well went without
{lost} of their looks in all runs together. Recovery is from the end of the trouble to the first
look that was judged; after a broken connection most of it is the wait before the next try (1 to
60 s, half as long again each time, none longer than the outage so far, with chance in it).

{rows}
What a camera is called (`condition` in `/readyz` and on the wall) is told in [api.md](api.md).
"""
