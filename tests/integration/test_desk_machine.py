"""The book as a machine: whatever is done to its cases in whatever order, they stay sound."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from filed import NOON, a_message, an_incident
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.clerk import Clerk
from streetwatch.service.desk.deadlines import WorkCalendar
from streetwatch.service.desk.decisions import Assignment, Decision, assigned, decided
from streetwatch.service.desk.profile import Profile, Urgency
from streetwatch.service.desk.profile_file import DEFAULT_PROFILE, load_profile
from streetwatch.service.desk.reminders import BEGINNINGS, Reminder
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.states import (
    ENDS,
    MOVES,
    CaseState,
    DeskConflictError,
    MoveRefusedError,
)
from streetwatch.service.desk.terms import Terms
from streetwatch.service.desk.triage import Thresholds
from streetwatch.service.desk.triaging import Triaging
from streetwatch.service.desk.work_calendar import load_calendar
from streetwatch.service.store.schema import desk_case, notice
from streetwatch.service.store.sql_store import open_store
from streetwatch.zones.moment import utc

TYPES = ("exposed_garbage", "street_vending", "fire_lane_occupied", "stray_dogs")
RESPOND_S = 24 * 3600.0

WHICH = st.integers(0, 3)
STATES = st.sampled_from(CaseState)
SPANS = st.sampled_from([1.0, 600.0, 3600.0, 9 * 3600.0, 86_400.0, 4 * 86_400.0])

#: What keeps the time of the last move into a state.
TIMES = {"accepted_at": "accepted", "dispatched_at": "dispatched", "handled_at": "handled"}


def seconds(written: str) -> float:
    return datetime.fromisoformat(written).timestamp()


class DeskMachine(RuleBasedStateMachine):
    """People, cameras and the clock at work on one book."""

    def __init__(self, engine: sa.Engine, profile: Profile, calendar: WorkCalendar) -> None:
        super().__init__()
        self.engine = engine
        self.terms = Terms(profile, calendar, dict.fromkeys(Urgency, RESPOND_S))
        self.triaging = Triaging(profile, Thresholds())
        self.now = NOON
        self.book, self.clerk = self.started()
        self.numbers: dict[str, str] = {}
        self.seen: dict[str, float] = {}

    def started(self) -> tuple[Book, Clerk]:
        book = Book(
            self.engine,
            intake=(self.terms.coded, self.triaging.suggested),
            follow=(self.triaging.reconsidered, self.terms.moved),
        )
        return book, Clerk(self.engine, self.terms, clock=lambda: self.now, promises=True)

    @initialize()
    def empty(self) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.delete(desk_case))
            connection.execute(sa.delete(notice))

    @rule(span=SPANS)
    def time_passes(self, span: float) -> None:
        self.now += span

    @rule()
    def the_process_starts_again(self) -> None:
        self.book, self.clerk = self.started()

    @rule(which=WHICH)
    def a_case_is_reported(self, which: int) -> None:
        name = f"{which:026}"
        case, is_new = self.book.report(self.report(which), key=f"key-{which}", now=self.now)
        assert is_new == (name not in self.numbers)
        assert self.numbers.setdefault(name, case["number"]) == case["number"]
        self.seen.setdefault(name, seconds(case["last_seen"]))

    @rule(which=WHICH, ago=SPANS)
    def facts_come_in(self, which: int, ago: float) -> None:
        """They may be older than those the case has."""
        name = f"{which:026}"
        if name not in self.numbers:
            return
        seen = max(self.now - ago, NOON)
        case = self.book.update(name, self.report(which, seen=seen))
        assert seconds(case["last_seen"]) >= self.seen[name]
        self.seen[name] = seconds(case["last_seen"])

    @rule(which=WHICH, ago=SPANS)
    def a_closing_is_disputed(self, which: int, ago: float) -> None:
        name = f"{which:026}"
        if name not in self.numbers:
            return
        before = self.book.case(name)
        at = max(self.now - ago, NOON)
        after = self.book.update(name, self.report(which, seen=self.now, disputed=at))
        stood_on = before["state"] == CaseState.CLOSED and before["disputed_at"] is None
        assert after["state"] == (CaseState.DISPATCHED if stood_on else before["state"])
        self.seen[name] = seconds(after["last_seen"])

    @rule(which=WHICH, state=STATES, span=SPANS)
    def a_person_moves_a_case(self, which: int, state: CaseState, span: float) -> None:
        name = f"{which:026}"
        if name not in self.numbers:
            return
        before = CaseState(self.book.case(name)["state"])
        until = {"until": utc(self.now + span)} if state is CaseState.SUSPENDED else {}
        move = Move.model_validate({"state": state.value, "by": "王队", "note": "x", **until})
        if state in MOVES[before] or state is before:
            assert self.book.move(name, move, now=self.now)["state"] == state
            return
        with pytest.raises(MoveRefusedError):
            self.book.move(name, move, now=self.now)

    @precondition(lambda self: self.numbers)
    @rule(which=WHICH, go_on=st.integers(0, 5))
    def a_case_goes_its_way(self, which: int, go_on: int) -> None:
        """Allowed moves only: at random a case hardly ever gets far."""
        name = sorted(self.numbers)[which % len(self.numbers)]
        state = CaseState(self.book.case(name)["state"])
        for _ in range(go_on):
            if state in ENDS:
                return
            state = MOVES[state][0]
            move = Move(state=state, by="王队", note="x")
            self.book.move(name, move, now=self.now)

    @rule(which=WHICH)
    def a_case_is_given_to_somebody(self, which: int) -> None:
        name = f"{which:026}"
        if name not in self.numbers:
            return
        amend = assigned(Assignment(assignee="01", by="王队"), now=self.now)
        if self.book.case(name)["state"] in ENDS:
            with pytest.raises(DeskConflictError):
                self.book.amend(name, amend, now=self.now)
        else:
            assert self.book.amend(name, amend, now=self.now)["assignee"] == "01"

    @rule(which=WHICH, measure=st.sampled_from(["service", "management", "enforcement"]))
    def a_person_decides(self, which: int, measure: str) -> None:
        name = f"{which:026}"
        if name in self.numbers:
            body = Decision.model_validate({"measure": measure, "by": "李所", "reason": "x"})
            amend = decided(body, now=self.now)
            assert self.book.amend(name, amend, now=self.now)["measure"] == measure

    @rule()
    def the_clerk_works(self) -> None:
        self.clerk.work()
        assert self.clerk.work() == 0, "all was told"
        assert all(row["remind_at"] is None or row["remind_at"] > self.now for row in self.rows())

    @invariant()
    def there_is_one_case_for_each_external_id(self) -> None:
        known = {row["external_id"]: row["number"] for row in self.rows()}
        assert known == self.numbers
        assert len(set(known.values())) == len(known)

    @invariant()
    def every_case_is_sound(self) -> None:
        for row in self.rows():
            self.check_history(row)
            self.check_times(row)
            self.check_deadline(row)
            self.check_reminders(row)

    def check_history(self, row: Mapping[Any, Any]) -> None:
        """It is a path of moves, its times go on, and each line has who did it."""
        moves = [line for line in row["history"] if "state" in line]
        assert moves[0]["state"] == CaseState.REPORTED
        assert moves[-1]["state"] == row["state"]
        for one, other in pairwise(moves):
            allowed = MOVES[CaseState(one["state"])]
            disputed = (one["state"], other["state"]) == ("closed", "dispatched")
            assert other["state"] in allowed or (disputed and other["by"] == "streetwatch")
        times = [seconds(line["at"]) for line in row["history"]]
        assert times == sorted(times)
        assert times[-1] <= self.now
        assert all(line["by"] for line in row["history"])

    def check_times(self, row: Mapping[Any, Any]) -> None:
        """The columns say when it last came into each state, and whether it has ended."""
        last = {line["state"]: seconds(line["at"]) for line in row["history"] if "state" in line}
        assert {column: row[column] for column in TIMES} == {
            column: last.get(state) for column, state in TIMES.items()
        }
        ended_at = last[row["state"]] if row["state"] in ENDS else None
        assert row["ended_at"] == ended_at

    def check_deadline(self, row: Mapping[Any, Any]) -> None:
        """It runs out after its stage has begun; it stands still while the case is suspended."""
        state = CaseState(row["state"])
        began = [seconds(line["at"]) for line in row["history"] if line.get("state") in BEGINNINGS]
        if state in ENDS or state is CaseState.SUSPENDED:
            assert row["deadline"] is None
        elif row["deadline"] is not None:
            assert row["deadline"] > began[-1]
        has_limit = row["type"] != "stray_dogs"
        handles = state in {CaseState.DISPATCHED, CaseState.HANDLING}
        assert (row["deadline"] is not None) == (has_limit and handles)
        assert (row["remaining_s"] is not None) == (has_limit and state is CaseState.SUSPENDED)
        assert state is CaseState.SUSPENDED or row["suspended_until"] is None

    def check_reminders(self, row: Mapping[Any, Any]) -> None:
        """Each is told once in a stage, and promised as often as it is told."""
        told, promised = set[str](), 0
        for line in row["history"]:
            if line.get("state") in BEGINNINGS:
                told.clear()
            elif line.get("state") == CaseState.SUSPENDED:
                told.discard(Reminder.SUSPENSION_OVER)
            elif line.get("action") in set(Reminder):
                assert line["action"] not in told
                told.add(line["action"])
                promised += 1
        of_case = notice.c.case_number == row["number"]
        with self.engine.connect() as connection:
            count = sa.select(sa.func.count()).select_from(notice).where(of_case)
            assert connection.execute(count).scalar_one() == promised

    def rows(self) -> list[Mapping[Any, Any]]:
        with self.engine.connect() as connection:
            return list(connection.execute(sa.select(desk_case)).mappings())

    def report(
        self, which: int, *, seen: float | None = None, disputed: float | None = None
    ) -> Report:
        incident = an_incident(id=f"{which:026}", last_seen=seen or self.now, disputed_at=disputed)
        body = case_json(a_message(incident).case) | {"type": TYPES[which]}
        return Report.model_validate_json(json.dumps(body))


def test_whatever_is_done_in_whatever_order_the_cases_stay_sound() -> None:
    profile, calendar = load_profile(DEFAULT_PROFILE), load_calendar(None)
    store = open_store("sqlite://")
    try:
        run_state_machine_as_test(
            partial(DeskMachine, store.engine, profile, calendar),  # type: ignore[arg-type]
            settings=settings(
                max_examples=30,
                stateful_step_count=30,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        store.close()
