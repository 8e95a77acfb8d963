"""What is promised is handed out in order, again after a death, and never twice at once."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from filed import NOON, a_message, an_incident, promise
from streetwatch.service.incidents.case import Message, Occasion
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.incidents.routing import DESK
from streetwatch.service.store.deliveries import Backlog, Backlogs, Deliveries
from streetwatch.service.store.outbox import Claimed, Outbox
from streetwatch.service.store.schema import outbox as table
from streetwatch.service.store.sql_store import SqlStore, open_store

LEASE_S = 60.0
OPENED = a_message()
SEALED = a_message(occasion=Occasion.EVIDENCE)
OTHER = a_message(an_incident(id="b" * 26))
SECOND = a_message(an_incident(id="c" * 26))
NAMED = Receipt("SW-1")


@pytest.fixture
def store(new_database: Callable[..., str]) -> Iterator[SqlStore]:
    opened = open_store(new_database())
    yield opened
    opened.close()


@pytest.fixture
def outbox(store: SqlStore) -> Outbox:
    return Outbox(store.engine)


@pytest.fixture
def deliveries(store: SqlStore) -> Deliveries:
    return Deliveries(store.engine)


def claim(outbox: Outbox, now: float = NOON, target: str = DESK) -> Claimed | None:
    return outbox.claim(target, now=now, lease_s=LEASE_S)


def claimed(outbox: Outbox, now: float = NOON, target: str = DESK) -> Claimed:
    """A message that must be there."""
    found = claim(outbox, now, target)
    assert found is not None
    return found


def claimed_message(outbox: Outbox, now: float = NOON, target: str = DESK) -> Message | None:
    found = claim(outbox, now, target)
    return None if found is None else found.message


def test_a_key_that_was_promised_before_is_not_promised_twice(
    store: SqlStore, outbox: Outbox, deliveries: Deliveries
) -> None:
    promise(store, OPENED, OPENED)
    promise(store, OPENED, at=NOON + 9)
    assert deliveries.backlogs(now=NOON).total.pending == 1
    assert claimed_message(outbox) == OPENED


def test_a_message_is_promised_once_to_each_of_its_targets(
    store: SqlStore, outbox: Outbox, deliveries: Deliveries
) -> None:
    promise(store, OPENED, targets=(DESK, "city"))
    promise(store, OPENED, targets=("city", "press"))
    assert {name: one.pending for name, one in deliveries.backlogs(now=NOON).by_target.items()} == {
        DESK: 1,
        "city": 1,
        "press": 1,
    }
    assert [claimed_message(outbox, target=name) for name in (DESK, "city")] == [OPENED, OPENED]


def test_a_claimed_message_is_nobody_elses_until_its_lease_runs_out(
    store: SqlStore, outbox: Outbox
) -> None:
    promise(store, OPENED)
    assert claimed_message(outbox) == OPENED
    assert claim(outbox, NOON + LEASE_S - 0.1) is None
    again = claimed(outbox, NOON + LEASE_S)
    assert (again.message, again.attempts) == (OPENED, 1)


def test_a_later_message_waits_for_the_earlier_one_of_its_incident(
    store: SqlStore, outbox: Outbox
) -> None:
    promise(store, OPENED, SEALED, OTHER)
    first = claimed(outbox)
    assert first.message == OPENED
    assert claimed_message(outbox) == OTHER, "other incidents go on"
    assert claim(outbox) is None
    outbox.delivered(first, NAMED, now=NOON)
    second = claimed(outbox)
    assert (second.message, second.known) == (SEALED, NAMED), "the target's name for it is known"


def test_a_target_that_is_held_up_holds_up_no_other(store: SqlStore, outbox: Outbox) -> None:
    promise(store, OPENED, SEALED, targets=("dead", "alive"))
    outbox.park(claimed(outbox, target="dead"), reason="422", may_have_arrived=False)
    outbox.delivered(claimed(outbox, target="alive"), NAMED, now=NOON)
    assert claim(outbox, target="dead") is None
    assert claimed_message(outbox, target="alive") == SEALED


def test_a_parked_message_holds_up_its_own_incident_only(store: SqlStore, outbox: Outbox) -> None:
    promise(store, OPENED, SEALED, OTHER)
    outbox.park(claimed(outbox), reason="422", may_have_arrived=False)
    assert claimed_message(outbox) == OTHER
    assert claim(outbox) is None


def test_a_message_is_not_due_before_its_time(store: SqlStore, outbox: Outbox) -> None:
    promise(store, OPENED)
    outbox.retry(claimed(outbox), due_at=NOON + 30, reason="no answer", may_have_arrived=True)
    assert claim(outbox, NOON + 29) is None
    assert claimed_message(outbox, NOON + 30) == OPENED


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        pytest.param([], False, id="never sent"),
        pytest.param([None], True, id="its relay died"),
        pytest.param([False], False, id="certainly not taken"),
        pytest.param([True], True, id="nobody knows"),
        pytest.param([True, False], True, id="the first may have been taken"),
        pytest.param([False, True], True, id="the second may have been taken"),
        pytest.param([None, False], True, id="a relay died, then certainly not taken"),
    ],
)
def test_the_outbox_remembers_whether_a_message_may_have_arrived(
    store: SqlStore,
    outbox: Outbox,
    outcomes: list[bool | None],
    expected: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    promise(store, OPENED)
    now = NOON
    for may_have_arrived in outcomes:
        one = claimed(outbox, now)
        now += LEASE_S
        if may_have_arrived is not None:
            outbox.retry(one, due_at=now, reason="?", may_have_arrived=may_have_arrived)
    assert claimed(outbox, now).is_uncertain == expected


def test_messages_behind_a_parked_one_wait_and_are_no_lag(
    store: SqlStore, outbox: Outbox, deliveries: Deliveries
) -> None:
    promise(store, OPENED, SEALED)
    outbox.park(claimed(outbox), reason="422", may_have_arrived=False)
    backlogs = deliveries.backlogs(now=NOON + 1000)
    assert claim(outbox, NOON + 1000) is None
    assert backlogs == Backlogs({DESK: Backlog(pending=1, parked=1, oldest_s=0.0)})


@pytest.mark.parametrize("late", ["retry", "park"])
def test_a_relay_that_comes_late_does_not_undo_a_delivery(
    store: SqlStore, outbox: Outbox, deliveries: Deliveries, late: str
) -> None:
    promise(store, OPENED)
    slow, quick = claimed(outbox), claimed(outbox, NOON + LEASE_S)
    outbox.delivered(quick, NAMED, now=NOON + LEASE_S)
    settle_late(outbox, slow, late)
    assert deliveries.backlogs(now=NOON).total.delivered == 1
    assert claim(outbox, NOON + 1000) is None


@pytest.mark.parametrize("late", ["retry", "park"])
def test_a_relay_that_comes_late_does_not_take_the_message_from_the_next_one(
    store: SqlStore, outbox: Outbox, late: str
) -> None:
    promise(store, OPENED)
    slow, quick = claimed(outbox), claimed(outbox, NOON + LEASE_S)
    settle_late(outbox, slow, late)
    assert claim(outbox, quick.lease_until - 0.1) is None
    assert claimed_message(outbox, quick.lease_until) == OPENED


def settle_late(outbox: Outbox, slow: Claimed, how: str) -> None:
    if how == "retry":
        outbox.retry(slow, due_at=NOON, reason="no answer", may_have_arrived=True)
    else:
        outbox.park(slow, reason="409", may_have_arrived=False)


def broken(payload: object) -> sa.Update:
    return sa.update(table).where(table.c.key == OPENED.key).values(payload=payload)


@pytest.mark.parametrize("payload", [{"incident": {}}, "a text"], ids=["no case", "a text"])
def test_a_message_that_cannot_be_read_is_parked_and_holds_up_nobody(
    store: SqlStore, outbox: Outbox, deliveries: Deliveries, payload: object
) -> None:
    promise(store, OPENED, OTHER)
    with store.engine.begin() as connection:
        connection.execute(broken(payload))
    with capture_logs() as logs:
        assert claimed_message(outbox) == OTHER
    assert [one["event"] for one in logs] == ["outbox.unreadable"]
    assert deliveries.backlogs(now=NOON).total.parked == 1


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)  # which keeps any text
def test_a_message_that_is_no_json_is_parked_too(store: SqlStore, outbox: Outbox) -> None:
    promise(store, OPENED, OTHER)
    with store.engine.begin() as connection:
        connection.execute(broken(sa.type_coerce("no json", sa.Text)))
    with capture_logs() as logs:
        assert claimed_message(outbox) == OTHER
    assert [one["event"] for one in logs] == ["outbox.unreadable"]


def test_the_lag_is_the_age_of_the_oldest_pending_message_of_each_target(
    store: SqlStore, outbox: Outbox, deliveries: Deliveries
) -> None:
    assert deliveries.backlogs(now=NOON).total.oldest_s == 0.0
    promise(store, OPENED, at=NOON)
    promise(store, OTHER, at=NOON + 50)
    promise(store, SECOND, at=NOON + 20, targets=("city",))
    outbox.delivered(claimed(outbox), NAMED, now=NOON + 60)
    backlogs = deliveries.backlogs(now=NOON + 60)
    assert {name: one.oldest_s for name, one in backlogs.by_target.items()} == {
        DESK: 10.0,
        "city": 40.0,
    }
    assert backlogs.total.oldest_s == 40.0
