"""What a report knows of one case: pure values, read by `query`."""

from dataclasses import dataclass

from streetwatch.service.desk.states import REFUSALS, CaseState
from streetwatch.vision.types import Seconds

#: What the model is judged by: cases that cameras filed.
FROM_CAMERAS = "video"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case. Times are seconds since the epoch, None where it has not come so far.

    Attributes:
        state: Where it is now.
        came_at: When it came to the desk, which decides its period.
        began_at: When the violation began, as far as anyone saw.
        occurred_at: When it became a violation.
        filed_at: When it was reported; of a warned one when the warning had not helped.
        dispatched_at: For the first time.
        handled_at: For the first time.
        ended_at: For the last time.
        done_at: When what was to be done was done, which is what a deadline is about.
        recurred_at: When the same place had its next violation.
        was_warned: It began as a warning (soft start).
        is_duplicate: Another case has the same violation.
        measure: What was decided: `service`, `management` or `enforcement`.
    """

    source: str
    type: str
    camera_id: str | None
    grid_code: str | None
    state: CaseState
    came_at: Seconds
    began_at: Seconds
    occurred_at: Seconds
    filed_at: Seconds | None
    accepted_at: Seconds | None
    dispatched_at: Seconds | None
    handled_at: Seconds | None
    ended_at: Seconds | None
    done_at: Seconds | None
    deadline: Seconds | None
    recurred_at: Seconds | None
    was_warned: bool
    is_duplicate: bool
    measure: str | None

    @property
    def is_refused(self) -> bool:
        """Whether people found that there was nothing to handle."""
        return self.state in REFUSALS

    @property
    def is_confirmed(self) -> bool:
        """Whether people took it for what it says."""
        return self.accepted_at is not None and not self.is_refused
