"""Several threads, as several processes would, on one database: nothing lost, nothing twice."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from filed import NOON, a_message, an_incident, evidence, promise
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.states import CaseState
from streetwatch.service.incidents.routing import DESK
from streetwatch.service.store.deliveries import Deliveries
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.sql_store import SqlStore, open_store
from waiting import PATIENCE_S

WORKERS = 6

Result = TypeVar("Result")


@pytest.fixture
def stores(new_database: Callable[..., str]) -> Iterator[tuple[SqlStore, SqlStore]]:
    """Two services on one database."""
    address = new_database()
    first, second = open_store(address), open_store(address)
    yield first, second
    first.close()
    second.close()


def at_once(work: Callable[[int], Result]) -> list[Result]:
    """Do the work in all workers at the same moment; an error in any of them is raised."""
    together = threading.Barrier(WORKERS)

    def begin(worker: int) -> Result:
        together.wait(timeout=PATIENCE_S)
        return work(worker)

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(begin, range(WORKERS)))


def report(name: str) -> Report:
    told = case_json(a_message(an_incident(id=name)).case)
    return Report.model_validate_json(json.dumps(told))


def test_writers_of_one_new_incident_see_each_other(stores: tuple[SqlStore, SqlStore]) -> None:
    def see_it_once_more(worker: int) -> None:
        with stores[worker % 2].transaction() as transaction:
            before = transaction.incident("a" * 26)
            recurrences = before.recurrences + 1 if before else 1
            transaction.put_incident(an_incident(recurrences=recurrences))
            transaction.put_attachments("a" * 26, [evidence(f"{worker}.jpg")])
            transaction.enqueue(a_message(), targets=(DESK,), at=NOON)

    at_once(see_it_once_more)
    (incident,) = stores[0].incidents()
    with stores[0].transaction() as transaction:
        kept = transaction.attachments("a" * 26)
    assert incident.recurrences == WORKERS
    assert sorted(one.name for one in kept) == [f"{n}.jpg" for n in range(WORKERS)]
    assert Deliveries(stores[0].engine).backlogs(now=NOON).total.pending == 1


def test_relays_that_claim_at_once_get_different_messages(
    stores: tuple[SqlStore, SqlStore],
) -> None:
    promise(stores[0], *(a_message(an_incident(id=f"{n:026}")) for n in range(30)))

    def claim_all(worker: int) -> list[str]:
        outbox = Outbox(stores[worker % 2].engine)
        claimed = iter(lambda: outbox.claim(DESK, now=NOON, lease_s=60), None)
        return [one.message.key for one in claimed]

    keys = [key for keys in at_once(claim_all) for key in keys]
    assert len(keys) == len(set(keys)) == 30


def test_reports_that_come_at_once_get_numbers_without_a_gap(
    stores: tuple[SqlStore, SqlStore],
) -> None:
    def file_some(worker: int) -> list[str]:
        book = Book(stores[worker % 2].engine)
        names = [f"{worker}-{n:024}" for n in range(5)]
        return [
            book.report(report(name), key=f"key-{name}", now=NOON)[0]["number"] for name in names
        ]

    numbers = sorted(number for numbers in at_once(file_some) for number in numbers)
    assert numbers == [f"SW-20261123-{n:04}" for n in range(1, 5 * WORKERS + 1)]


def test_one_case_reported_at_once_under_many_keys_is_one_case(
    stores: tuple[SqlStore, SqlStore],
) -> None:
    def file_it(worker: int) -> bool:
        book = Book(stores[worker % 2].engine)
        return book.report(report("a" * 26), key=f"key-of-{worker}", now=NOON)[1]

    assert sum(at_once(file_it)) == 1


def test_of_moves_made_at_once_one_is_made_and_the_others_are_told(
    stores: tuple[SqlStore, SqlStore],
) -> None:
    Book(stores[0].engine).report(report("a" * 26), key="the-key", now=NOON)

    def accept(worker: int) -> list[str]:
        move = Move(state=CaseState.ACCEPTED, note=f"by {worker}")
        after = Book(stores[worker % 2].engine).move("a" * 26, move, now=NOON)
        return [step["note"] for step in after["history"]]

    told = at_once(accept)
    assert all(notes == told[0] for notes in told)
    assert len(told[0]) == 2
