"""What is promised is handed out in order, again after a death, and never twice at once."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from filed import NOON, a_message, an_incident, promise
from streetwatch.service.incidents.case import Message, Occasion
from streetwatch.service.store.outbox import Claimed, Outbox
from streetwatch.service.store.schema import outbox as table
from streetwatch.service.store.sql_store import SqlStore, open_store

LEASE_S = 60.0
OPENED = a_message()
SEALED = a_message(occasion=Occasion.EVIDENCE)
OTHER = a_message(an_incident(id="b" * 26))


@pytest.fixture
def store(new_database: Callable[..., str]) -> Iterator[SqlStore]:
    opened = open_store(new_database())
    yield opened
    opened.close()


@pytest.fixture
def outbox(store: SqlStore) -> Outbox:
    return Outbox(store.engine)


def claim(outbox: Outbox, now: float = NOON) -> Claimed | None:
    return outbox.claim(now=now, lease_s=LEASE_S)


def claimed_message(outbox: Outbox, now: float = NOON) -> Message | None:
    claimed = claim(outbox, now)
    return None if claimed is None else claimed.message


def test_a_key_that_was_promised_before_is_not_promised_twice(
    store: SqlStore, outbox: Outbox
) -> None:
    promise(store, OPENED, OPENED)
    promise(store, OPENED, at=NOON + 9)
    assert outbox.backlog(now=NOON).pending == 1
    assert claimed_message(outbox) == OPENED


def test_a_claimed_message_is_nobody_elses_until_its_lease_runs_out(
    store: SqlStore, outbox: Outbox
) -> None:
    promise(store, OPENED)
    assert claimed_message(outbox) == OPENED
    assert claim(outbox, NOON + LEASE_S - 0.1) is None
    assert claim(outbox, NOON + LEASE_S) == Claimed(OPENED, attempts=1)


def test_a_later_message_waits_for_the_earlier_one_of_its_incident(
    store: SqlStore, outbox: Outbox
) -> None:
    promise(store, OPENED, SEALED, OTHER)
    assert claimed_message(outbox) == OPENED
    assert claimed_message(outbox) == OTHER, "other incidents go on"
    assert claim(outbox) is None
    outbox.delivered(OPENED.key, now=NOON)
    assert claimed_message(outbox) == SEALED


def test_a_message_is_not_due_before_its_time(store: SqlStore, outbox: Outbox) -> None:
    promise(store, OPENED)
    claim(outbox)
    outbox.retry(OPENED.key, due_at=NOON + 30, reason="no answer")
    assert claim(outbox, NOON + 29) is None
    assert claimed_message(outbox, NOON + 30) == OPENED


def test_messages_behind_a_parked_one_wait_and_are_no_lag(store: SqlStore, outbox: Outbox) -> None:
    promise(store, OPENED, SEALED)
    claim(outbox)
    outbox.park(OPENED.key, reason="422")
    backlog = outbox.backlog(now=NOON + 1000)
    assert claim(outbox, NOON + 1000) is None
    assert (backlog.pending, backlog.parked, backlog.oldest_s) == (1, 1, 0.0)


@pytest.mark.parametrize("late", ["retry", "park"])
def test_a_relay_that_comes_late_does_not_undo_a_delivery(
    store: SqlStore, outbox: Outbox, late: str
) -> None:
    promise(store, OPENED)
    claim(outbox)
    claim(outbox, NOON + LEASE_S)
    outbox.delivered(OPENED.key, now=NOON + LEASE_S)
    if late == "retry":
        outbox.retry(OPENED.key, due_at=NOON, reason="no answer")
    else:
        outbox.park(OPENED.key, reason="409")
    assert outbox.backlog(now=NOON).delivered == 1
    assert claim(outbox, NOON + 1000) is None


def broken(payload: object) -> sa.Update:
    return sa.update(table).where(table.c.key == OPENED.key).values(payload=payload)


@pytest.mark.parametrize("payload", [{"incident": {}}, "a text"], ids=["no case", "a text"])
def test_a_message_that_cannot_be_read_is_parked_and_holds_up_nobody(
    store: SqlStore, outbox: Outbox, payload: object
) -> None:
    promise(store, OPENED, OTHER)
    with store.engine.begin() as connection:
        connection.execute(broken(payload))
    with capture_logs() as logs:
        assert claimed_message(outbox) == OTHER
    assert [one["event"] for one in logs] == ["outbox.unreadable"]
    assert outbox.backlog(now=NOON).parked == 1


@pytest.mark.parametrize("new_database", ["sqlite"], indirect=True)  # which keeps any text
def test_a_message_that_is_no_json_is_parked_too(store: SqlStore, outbox: Outbox) -> None:
    promise(store, OPENED, OTHER)
    with store.engine.begin() as connection:
        connection.execute(broken(sa.type_coerce("no json", sa.Text)))
    with capture_logs() as logs:
        assert claimed_message(outbox) == OTHER
    assert [one["event"] for one in logs] == ["outbox.unreadable"]


def test_the_lag_is_the_age_of_the_oldest_pending_message(store: SqlStore, outbox: Outbox) -> None:
    assert outbox.backlog(now=NOON).oldest_s == 0.0
    promise(store, OPENED, at=NOON)
    promise(store, OTHER, at=NOON + 50)
    assert outbox.backlog(now=NOON + 60).oldest_s == 60.0
    outbox.delivered(OPENED.key, now=NOON + 60)
    assert outbox.backlog(now=NOON + 60).oldest_s == 10.0
