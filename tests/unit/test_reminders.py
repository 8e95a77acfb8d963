"""Whom to remind of a case and when."""

from typing import Any

import pytest

from streetwatch.service.desk.reminders import Reminder, Standing, due, next_at, standing_of
from streetwatch.service.desk.states import CaseState
from streetwatch.zones.moment import utc

T = 1_795_406_400.0
RESPOND_S = 3600.0
URGE, OVERDUE, OVER = Reminder.URGE, Reminder.OVERDUE, Reminder.SUSPENSION_OVER


def a_standing(state: str, *told: Reminder, deadline: float | None = None, **more: Any) -> Standing:  # noqa: ANN401
    return Standing(CaseState(state), T, deadline, more.get("until"), frozenset(told))


@pytest.mark.parametrize(
    ("standing", "later", "told"),
    [
        pytest.param(a_standing("reported"), 3599, (), id="not yet"),
        pytest.param(a_standing("reported"), 3600, (URGE,), id="nobody accepts it"),
        pytest.param(a_standing("accepted"), 3600, (URGE,), id="nobody dispatches it"),
        pytest.param(a_standing("dispatched"), 3600, (URGE,), id="nobody comes"),
        pytest.param(a_standing("handling"), 99_999, (), id="somebody is at it"),
        pytest.param(
            a_standing("handling", deadline=T + 60), 60, (OVERDUE,), id="late all the same"
        ),
        pytest.param(a_standing("handled", deadline=T + 60), 99_999, (OVERDUE,), id="not checked"),
        pytest.param(a_standing("suspended"), 99_999, (), id="suspended without an end"),
        pytest.param(a_standing("suspended", until=T + 10), 10, (OVER,), id="suspended until now"),
        pytest.param(
            a_standing("dispatched", deadline=T + 60), 3600, (OVERDUE, URGE), id="in their order"
        ),
        pytest.param(
            a_standing("dispatched", OVERDUE, deadline=T + 60), 3600, (URGE,), id="each once"
        ),
        pytest.param(
            a_standing("dispatched", OVERDUE, URGE, deadline=T), 99_999, (), id="all was told"
        ),
        pytest.param(a_standing("warned"), 99_999, (), id="only warned"),
        pytest.param(a_standing("closed", deadline=T), 99_999, (), id="at its end"),
        pytest.param(a_standing("rejected"), 99_999, (), id="rejected"),
    ],
)
def test_what_is_due_is_told(standing: Standing, later: float, told: tuple[Reminder, ...]) -> None:
    assert due(standing, respond_s=RESPOND_S, now=T + later) == told


def test_the_next_reminder_is_the_first_of_those_that_were_not_told() -> None:
    standing = a_standing("dispatched", deadline=T + 60)
    assert next_at(standing, respond_s=RESPOND_S) == T + 60
    told = a_standing("dispatched", OVERDUE, deadline=T + 60)
    assert next_at(told, respond_s=RESPOND_S) == T + RESPOND_S
    assert next_at(a_standing("closed"), respond_s=RESPOND_S) is None


def a_row(*lines: dict[str, str]) -> dict[str, Any]:
    history = [{"at": utc(T + number), **line} for number, line in enumerate(lines)]
    states = [line["state"] for line in lines if "state" in line]
    return {"state": states[-1], "history": history}


REPORTED, DISPATCHED = {"state": "reported"}, {"state": "dispatched"}
HANDLING, SUSPENDED = {"state": "handling"}, {"state": "suspended"}


@pytest.mark.parametrize(
    ("row", "since", "told"),
    [
        pytest.param(a_row(REPORTED), 0, set(), id="new"),
        pytest.param(a_row(REPORTED, {"action": "urge"}), 0, {URGE}, id="urged"),
        pytest.param(a_row(REPORTED, {"action": "assign"}), 0, set(), id="another line"),
        pytest.param(a_row(REPORTED, {"action": "urge"}, DISPATCHED), 2, set(), id="another stage"),
        pytest.param(
            a_row(DISPATCHED, {"action": "overdue"}, HANDLING), 0, {OVERDUE}, id="the same stage"
        ),
        pytest.param(
            a_row(DISPATCHED, {"action": "overdue"}, HANDLING, DISPATCHED),
            3,
            set(),
            id="dispatched again",
        ),
        pytest.param(
            a_row(DISPATCHED, SUSPENDED, {"action": "suspension_over"}, HANDLING, SUSPENDED),
            0,
            set(),
            id="suspended again",
        ),
    ],
)
def test_the_history_says_since_when_and_what_was_told(
    row: dict[str, Any], since: float, told: set[Reminder]
) -> None:
    standing = standing_of(row)
    assert standing.since == T + since
    assert set(standing.told) == told
