"""The life of an incident, state by state."""

from dataclasses import replace

import pytest

from streetwatch.service.incidents import lifecycle
from streetwatch.service.incidents.case import Case, Occasion, Site, message
from streetwatch.service.incidents.incident import Incident, State, Versions, incident_id
from streetwatch.zones.stay import Stay

STAY = Stay(
    zone_id="kerb",
    type="illegal_parking_motor",
    anchor=(10.0, 10.0, 50.0, 40.0),
    box=(11.0, 10.0, 51.0, 40.0),
    confidence=0.8,
    looks=20,
    first_seen=100.0,
    last_seen=120.0,
    observed_s=20.0,
)
VIOLATION = replace(STAY, last_seen=165.0, observed_s=65.0, violation_at=160.0)


def incident(state: State = State.CANDIDATE) -> Incident:
    born = lifecycle.born(
        STAY, camera_id="cam", versions=Versions("model", "zone", "rule"), earlier=None
    )
    return replace(born, state=state)


def test_a_stay_becomes_a_candidate_that_is_named_after_its_place_and_time() -> None:
    first = incident()
    assert first.state is State.CANDIDATE
    assert first.id == incident_id("cam", STAY.key)
    assert first.id != incident_id("cam", replace(STAY, first_seen=100.001).key)
    assert first.id != incident_id("other-cam", STAY.key)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(State.CANDIDATE, State.OPEN, id="a candidate opens"),
        pytest.param(State.OPEN, State.OPEN, id="an open one stays open"),
        pytest.param(State.CLEARED, State.CLEARED, id="a cleared one is not reopened"),
        pytest.param(State.CLOSED, State.CLOSED, id="a closed one is not reopened"),
    ],
)
def test_a_violation_moves_an_incident(before: State, after: State) -> None:
    assert lifecycle.seen(incident(before), VIOLATION).state is after


def test_a_stay_that_is_no_violation_yet_leaves_the_candidate_a_candidate() -> None:
    assert lifecycle.seen(incident(), STAY).state is State.CANDIDATE


def test_an_open_incident_follows_its_stay() -> None:
    after = lifecycle.seen(incident(), VIOLATION)
    assert (after.violation_at, after.last_seen, after.observed_s) == (160.0, 165.0, 65.0)
    assert after.bbox == VIOLATION.box


@pytest.mark.parametrize(
    ("before", "after", "cleared_at", "closed_at"),
    [
        pytest.param(State.CANDIDATE, State.CLOSED, None, 300.0, id="a candidate was nothing"),
        pytest.param(State.OPEN, State.CLEARED, 300.0, None, id="an open one is cleared"),
        pytest.param(State.CLEARED, State.CLEARED, None, None, id="cleared once"),
        pytest.param(State.CLOSED, State.CLOSED, None, None, id="closed for good"),
    ],
)
def test_what_leaves_moves_an_incident(
    before: State, after: State, cleared_at: float | None, closed_at: float | None
) -> None:
    left = lifecycle.left(incident(before), 300.0)
    assert (left.state, left.cleared_at, left.closed_at) == (after, cleared_at, closed_at)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(State.CANDIDATE, State.CANDIDATE, id="a candidate has no case to close"),
        pytest.param(State.OPEN, State.CLOSED, id="an open one closes with its case"),
        pytest.param(State.CLEARED, State.CLOSED, id="a cleared one closes with its case"),
        pytest.param(State.CLOSED, State.CLOSED, id="closed once"),
    ],
)
def test_a_closed_case_closes_its_incident(before: State, after: State) -> None:
    assert lifecycle.closed(incident(before), 400.0).state is after


def test_what_comes_back_is_a_new_incident_that_knows_the_earlier_ones() -> None:
    earlier = replace(incident(State.CLEARED), recurrences=2)
    again = lifecycle.born(
        replace(STAY, first_seen=900.0, last_seen=910.0),
        camera_id="cam",
        versions=earlier.versions,
        earlier=earlier,
    )
    assert again.id != earlier.id
    assert (again.recurrence_of, again.recurrences) == (earlier.id, 3)


def test_one_occasion_of_one_incident_has_one_key() -> None:
    site = Site("cam", "Camera", None)
    early, late = Case(incident(), site, ()), Case(lifecycle.seen(incident(), VIOLATION), site, ())
    assert message(Occasion.OPENED, early).key == message(Occasion.OPENED, late).key
    assert message(Occasion.OPENED, early).key != message(Occasion.CLEARED, early).key


SOFT_S = 600.0
WARNED_AT = 165.0


def stands_at(at: float, *, counted: bool = True) -> Stay:
    """The violation, seen again later; `counted` where its rule applied then."""
    return replace(VIOLATION, last_seen=at, observed_s=VIOLATION.observed_s + counted)


def warned() -> Incident:
    return lifecycle.seen(incident(), VIOLATION, soft_start_s=SOFT_S)


def test_with_a_soft_start_a_violation_is_warned_of_first() -> None:
    assert (warned().state, warned().warned_at, warned().opened_at) == (
        State.WARNED,
        WARNED_AT,
        None,
    )


@pytest.mark.parametrize(
    ("stay", "soft_start_s", "state"),
    [
        pytest.param(stands_at(WARNED_AT + 599), SOFT_S, State.WARNED, id="it has time still"),
        pytest.param(stands_at(WARNED_AT + 600), SOFT_S, State.OPEN, id="its time is over"),
        pytest.param(stands_at(WARNED_AT + 90000), SOFT_S, State.OPEN, id="after a long outage"),
        pytest.param(
            stands_at(WARNED_AT + 600, counted=False), SOFT_S, State.WARNED, id="not at this hour"
        ),
        pytest.param(VIOLATION, SOFT_S, State.WARNED, id="covered: not seen again"),
        pytest.param(stands_at(WARNED_AT + 1), 0.0, State.OPEN, id="the soft start was taken out"),
    ],
)
def test_a_warned_one_is_filed_when_it_is_seen_to_stand_on(
    stay: Stay, soft_start_s: float, state: State
) -> None:
    after = lifecycle.seen(warned(), stay, soft_start_s=soft_start_s)
    assert after.state is state
    assert after.opened_at == (stay.last_seen if state is State.OPEN else None)


def test_a_warned_one_that_leaves_is_cleared_and_never_was_filed() -> None:
    left = lifecycle.left(warned(), 400.0)
    assert (left.state, left.cleared_at, left.opened_at) == (State.CLEARED, 400.0, None)


def test_a_warned_one_that_people_call_corrected_is_filed_if_it_stands_on() -> None:
    closed = lifecycle.closed(warned(), 200.0)
    assert closed.state is State.CLOSED

    def later(at: float) -> Incident:
        return lifecycle.disputed(closed, stands_at(at), patience_s=60.0, soft_start_s=SOFT_S)

    assert later(WARNED_AT + 599) == closed
    opened = later(WARNED_AT + 600)
    assert (opened.state, opened.opened_at, opened.disputed_at) == (
        State.OPEN,
        WARNED_AT + 600,
        None,
    )
    assert lifecycle.occasion(closed, opened) is Occasion.OPENED


FILED = lifecycle.seen(incident(), VIOLATION)


@pytest.mark.parametrize(
    ("before", "after", "occasion"),
    [
        pytest.param(None, incident(), None, id="a candidate is nobody's business"),
        pytest.param(incident(), warned(), Occasion.WARNED, id="warned"),
        pytest.param(incident(), FILED, Occasion.OPENED, id="filed"),
        pytest.param(
            warned(),
            lifecycle.seen(warned(), stands_at(900), soft_start_s=SOFT_S),
            Occasion.OPENED,
            id="filed after a warning",
        ),
        pytest.param(
            lifecycle.closed(FILED, 200.0),
            lifecycle.disputed(lifecycle.closed(FILED, 200.0), stands_at(300), patience_s=60),
            Occasion.DISPUTED,
            id="its closing is disputed",
        ),
        pytest.param(warned(), lifecycle.left(warned(), 400.0), Occasion.CLEARED, id="corrected"),
        pytest.param(FILED, lifecycle.left(FILED, 400.0), Occasion.CLEARED, id="cleared"),
        pytest.param(FILED, lifecycle.closed(FILED, 400.0), None, id="people know what they close"),
    ],
)
def test_the_platform_is_told_of_what_it_has_to_know(
    before: Incident | None, after: Incident, occasion: Occasion | None
) -> None:
    assert lifecycle.occasion(before, after) is occasion
