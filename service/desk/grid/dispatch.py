"""Who a case is given to: a suggestion when it is accepted, and what people decide."""

from collections.abc import Mapping
from typing import Annotated, Any

import sqlalchemy as sa
from pydantic import Field

from streetwatch.service.desk.draft import ChangeStep, Document
from streetwatch.service.desk.facts import THE_DESK
from streetwatch.service.desk.report import Strict
from streetwatch.service.desk.rows import entry, moved_columns
from streetwatch.service.desk.states import ENDS, CaseState
from streetwatch.service.store.schema import desk_case
from streetwatch.vision.types import Seconds

_DISPATCHED_BY_ITSELF = "按网格自动派遣 / dispatched by its grid"


class Assignment(Strict):
    """Who a case is given to."""

    assignee: Annotated[str, Field(min_length=1, max_length=64)]
    by: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=2000)] = ""


def unassigned() -> sa.ColumnElement[bool]:
    """Tell of a case under way that nobody was given: for `GET /desk/cases?unassigned=true`."""
    under_way = [state.value for state in CaseState if state not in {*ENDS, CaseState.WARNED}]
    return sa.and_(desk_case.c.assignee.is_(None), desk_case.c.state.in_(under_way))


def assigned(row: Mapping[Any, Any], order: Assignment, now: Seconds) -> Document:
    """Return what changes when people give a case to somebody."""
    if order.assignee == row["assignee"]:
        return {}
    line = entry(now, by=order.by, note=order.note, action="assign", assignee=order.assignee)
    return {"assignee": order.assignee, "history": [*row["history"], line]}


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
