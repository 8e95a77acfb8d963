"""A look is stored in a few statements, and what it put is there for whatever it asks then."""

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from filed import NOON, a_message, an_incident, evidence
from streetwatch.benchmarks.look_cost import cost
from streetwatch.service.incidents.incident import State
from streetwatch.service.incidents.routing import DESK
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.zones.ground import MapPoint
from waiting import PATIENCE_S

HERE = MapPoint(121.47, 31.23)
ON_THE_MAP = {"lon": HERE.lon, "lat": HERE.lat}
CASE, VIEW = "c" * 26, "v" * 26
NAMES = tuple(f"{number:026}" for number in range(8))


@pytest.fixture
def store(new_database: Callable[..., str]) -> Iterator[SqlStore]:
    opened = open_store(new_database())
    yield opened
    opened.close()


@contextmanager
def statements(store: SqlStore) -> Iterator[list[str]]:
    """What the database is sent inside the block."""
    sent: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    sa.event.listen(store.engine, "before_cursor_execute", heard)
    yield sent
    sa.event.remove(store.engine, "before_cursor_execute", heard)


def test_a_look_takes_as_few_statements_for_fifty_things_as_for_one(store: SqlStore) -> None:
    one, fifty = (cost(store, standing, looks=3) for standing in (1, 50))
    assert fifty.statements == one.statements <= 6
    assert len(store.incidents(camera_id="bench-50")) == 50
    latest = {incident.last_seen for incident in store.incidents(camera_id="bench-50")}
    assert len(latest) == 1  # every one was renewed by the last look


def test_what_was_put_is_there_for_whatever_is_asked_then(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.put_incident(an_incident(id=CASE, **ON_THE_MAP))
        transaction.put_incident(an_incident(id=VIEW, duplicate_of=CASE, **ON_THE_MAP))
        near = transaction.standing_near(HERE, violation_type=an_incident().type, within_m=15.0)
        assert {one.id for one in near} == {CASE, VIEW}
        transaction.put_incident(an_incident(id=VIEW, duplicate_of=CASE, last_seen=NOON + 4))
        assert [one.last_seen for one in transaction.views(CASE)] == [NOON, NOON + 4]
        ended = an_incident(id=CASE, state=State.CLEARED, cleared_at=NOON + 60)
        transaction.put_incident(ended)
        earlier = transaction.latest_filed_at(
            camera_id="kerb",
            zone_id="carriageway",
            violation_type="illegal_parking_motor",
            near=ended.anchor,
            least_iou=0.5,
            since=NOON - 1,
        )
        assert earlier == transaction.incident(CASE) == ended
    assert store.incident(CASE) == ended


def test_what_belongs_to_an_incident_is_written_after_it(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.put_incident(an_incident())
        transaction.put_attachments("a" * 26, [evidence()])
        transaction.put_incident(an_incident(id="b" * 26))
        transaction.enqueue(a_message(an_incident(id="b" * 26)), targets=(DESK,), at=NOON)
        assert transaction.told("b" * 26) == {DESK}
    assert store.evidence("a" * 26) == (evidence(),)


def test_incidents_are_held_with_their_cases_and_each_is_written_once(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.put_incident(an_incident(id=CASE))
        transaction.put_incident(an_incident(id=VIEW, duplicate_of=CASE))
    with store.transaction() as transaction:
        transaction.hold_incidents([VIEW, "n" * 26])
        with statements(store) as sent:
            case, new = transaction.incident(CASE), transaction.incident("n" * 26)
            for seconds in (1, 2):
                for name in (CASE, VIEW, "n" * 26):
                    transaction.put_incident(an_incident(id=name, last_seen=NOON + seconds))
            assert sent == []
            transaction.write()
            transaction.write()
    assert (case, new) == (an_incident(id=CASE), None)
    assert sorted(statement.split()[0] for statement in sent) == ["INSERT", "UPDATE"]
    assert {one.last_seen for one in store.incidents()} == {NOON + 2}


def test_whoever_only_reads_waits_for_no_writer(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.put_incident(an_incident(id=CASE, **ON_THE_MAP))
    with store.transaction() as transaction:
        transaction.hold_incidents([CASE])
        transaction.put_incident(an_incident(id=CASE, last_seen=NOON + 4, **ON_THE_MAP))
        assert store.incident(CASE) == an_incident(id=CASE, **ON_THE_MAP)
        assert [one.id for one in store.views(CASE)] == [CASE]


def test_writers_of_many_incidents_at_once_neither_lose_one_nor_wait_for_ever(
    store: SqlStore,
) -> None:
    """Those of even number see cases of odd number, and the other way round."""
    with store.transaction() as transaction:
        for number, name in enumerate(NAMES):
            case = NAMES[(number + 1) % len(NAMES)] if number % 4 < 2 else None
            transaction.put_incident(an_incident(id=name, duplicate_of=case))
    writers, looks = 2, 25
    together = threading.Barrier(writers)

    def look(writer: int) -> None:
        dice = random.Random(writer)  # noqa: S311 -- the same order every time
        own = list(NAMES[writer::writers])
        together.wait(timeout=PATIENCE_S)
        for _ in range(looks):
            dice.shuffle(own)
            with store.transaction() as transaction:
                transaction.hold_incidents(own)
                for name in own:
                    one = transaction.incident(name)
                    assert one is not None
                    case = transaction.incident(one.case_id)
                    assert case is not None
                    transaction.put_incident(
                        an_incident(
                            id=case.id,
                            duplicate_of=case.duplicate_of,
                            recurrences=case.recurrences + 1,
                        )
                    )

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(look, range(writers)))
    assert sum(one.recurrences for one in store.incidents()) == looks * len(NAMES)
