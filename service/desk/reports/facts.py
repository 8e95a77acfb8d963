"""What a report knows of its cases: pure values, a column each, read by `query`."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import chain
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from streetwatch.service.desk.states import REFUSALS, CaseState

#: What the model is judged by: cases that cameras filed.
FROM_CAMERAS = "video"

#: Within how many days a place is looked at for the next violation (反弹率).
RECURRENCE_DAYS = (7, 30, 90)

#: The three kinds of answer to a case (721工作法).
MEASURES = ("service", "management", "enforcement")

Times: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

STATE_CODES: Final = MappingProxyType({one: code for code, one in enumerate(CaseState)})


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Cases, one a row. Times are seconds since the epoch, NaN where it has not come so far.

    Attributes:
        is_camera: A camera filed it.
        types: As the rules name them.
        grids: Their codes; empty: unknown.
        cameras: Their ids; empty: none.
        states: Where each is now, by `STATE_CODES`.
        came_at: When it came to the desk, which decides its period.
        began_at: When the violation began, as far as anyone saw.
        occurred_at: When it became a violation.
        filed_at: When it was reported; of a warned one when the warning had not helped.
        accepted_at: For the first time.
        dispatched_at: For the first time.
        handled_at: For the first time.
        ended_at: For the last time.
        done_at: When what was to be done was done, which is what a deadline is about.
        recurred_at: When the same place had its next violation.
        gone_at: When a camera saw that it was gone.
        was_warned: It began as a warning (soft start).
        is_duplicate: Another case has the same violation.
        measures: What was decided, by its place in `MEASURES`; -1: nothing.
    """

    is_camera: Flags
    types: Sequence[str]
    grids: Sequence[str]
    cameras: Sequence[str]
    states: Codes
    came_at: Times
    began_at: Times
    occurred_at: Times
    filed_at: Times
    accepted_at: Times
    dispatched_at: Times
    handled_at: Times
    ended_at: Times
    done_at: Times
    deadline: Times
    recurred_at: Times
    gone_at: Times
    was_warned: Flags
    is_duplicate: Flags
    measures: Codes

    def __len__(self) -> int:
        return len(self.states)

    def stand_in(self, *states: CaseState) -> Flags:
        """Tell of each whether it is in one of these states."""
        return np.isin(self.states, [STATE_CODES[one] for one in states])

    @property
    def is_refused(self) -> Flags:
        """Whether people found that there was nothing to handle."""
        return self.stand_in(*REFUSALS)

    @property
    def is_counted(self) -> Flags:
        """Whether it is one violation: neither refused nor a double of another."""
        return ~self.is_duplicate & ~self.is_refused

    @property
    def is_confirmed(self) -> Flags:
        """Whether people took it for what it says."""
        return ~np.isnan(self.accepted_at) & ~self.is_refused


def joined(parts: Sequence[Cases]) -> Cases:
    """Return the cases of all parts; there is one at the least."""
    columns: dict[str, Any] = {}
    for one in fields(Cases):
        each = [getattr(part, one.name) for part in parts]
        is_array = isinstance(each[0], np.ndarray)
        columns[one.name] = np.concatenate(each) if is_array else [*chain(*each)]
    return Cases(**columns)
