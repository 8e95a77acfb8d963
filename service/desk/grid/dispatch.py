"""Who a case is given to: a suggestion when it is accepted."""

from collections.abc import Mapping
from typing import Any

from streetwatch.service.desk.draft import ChangeStep, Document
from streetwatch.service.desk.facts import THE_DESK
from streetwatch.service.desk.rows import entry, moved_columns
from streetwatch.service.desk.states import CaseState
from streetwatch.vision.types import Seconds

_DISPATCHED_BY_ITSELF = "按网格自动派遣 / dispatched by its grid"


def dispatch_on_accept(*, by_itself: bool) -> ChangeStep:
    """Return what follows when a case is accepted: whom to send, or that they are sent.

    Args:
        by_itself: Dispatch to the grid's worker without asking (setting `grid.auto_dispatch`).
    """

    def follow(before: Mapping[Any, Any], row: Mapping[Any, Any], now: Seconds) -> Document:
        is_news = row["state"] == CaseState.ACCEPTED and before.get("state") != row["state"]
        if not is_news or row["assignee"] is None:
            return {}
        whom = {"assignee": row["assignee"], "authority": row["authority"]}
        if not by_itself:
            line = entry(now, by=THE_DESK, action="suggest_dispatch", **whom)
            return {"history": [*row["history"], line]}
        state = CaseState.DISPATCHED
        line = entry(now, by=THE_DESK, note=_DISPATCHED_BY_ITSELF, state=state.value, **whom)
        return moved_columns(state, now) | {"history": [*row["history"], line]}

    return follow
