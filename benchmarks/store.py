"""The questions that the product asks its database, timed and explained on a year of a city."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import perf_counter, process_time
from typing import Any, Final

import numpy as np
import sqlalchemy as sa

from streetwatch.benchmarks.store_rows import START, TARGET, YEAR_S, One, report_of
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.query import Filter, Revision
from streetwatch.service.desk.reports.hot_spots import hot_spots
from streetwatch.service.desk.reports.lag import lags
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.desk.reports.query import Wanted as Reported
from streetwatch.service.desk.reports.recall import told_by_people
from streetwatch.service.desk.review.leases import Leases, Reviewer
from streetwatch.service.desk.review.nearby import surroundings
from streetwatch.service.desk.review.question import Order, Question
from streetwatch.service.desk.review.queue import standing, waiting
from streetwatch.service.desk.states import CaseState
from streetwatch.service.desk.tallies import open_cases
from streetwatch.service.incidents.retention import Periods
from streetwatch.service.store.deliveries import Deliveries, Wanted
from streetwatch.service.store.outbox import MessageState, Outbox
from streetwatch.service.store.receipts import Receipts
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.service.store.transactions import reading
from streetwatch.service.upkeep import due
from streetwatch.vision.types import Seconds
from streetwatch.zones.rules import ViolationType

#: Under this many rows PostgreSQL reads a table whole, and is right to: it is asked whether it
#: could use an index.
SMALL: Final = 100_000

NOW: Final[Seconds] = START + YEAR_S

#: A table that is read from end to end, and an index, in the words of either database. What a
#: question has put together itself (anon_1) is no table.
_FULL_SCAN = re.compile(r"(?:Seq Scan on|SCAN) (?!anon_|CONSTANT)(\w+)(?!.*USING)")
_INDEX = re.compile(r"\b((?:ix|uq|pk|sqlite_autoindex)_\w+)")


@dataclass(frozen=True, slots=True)
class Figure:
    """One question, how long it took, and how it was answered.

    Attributes:
        cpu_ms: Work of this process: all there is on SQLite, the client's side on PostgreSQL. A
            machine that does other things meanwhile does not lengthen it.
    """

    question: str
    times_ms: tuple[float, ...]
    cpu_ms: tuple[float, ...]
    indexes: tuple[str, ...]
    full_scans: tuple[str, ...]

    def line(self) -> dict[str, Any]:
        """Return it for JSON."""
        p50, p95 = np.percentile(self.times_ms, (50, 95))
        return {
            "question": self.question,
            "n": len(self.times_ms),
            "p50_ms": round(float(p50), 2),
            "p95_ms": round(float(p95), 2),
            "cpu_p50_ms": round(float(np.median(self.cpu_ms)), 2),
            "indexes": list(self.indexes),
            "full_scans": list(self.full_scans),
        }


Ask = Callable[[One], object]


def questions(store: SqlStore) -> Mapping[str, Ask]:
    """Return every question; each takes a row of the store that it is about."""
    return {
        **_desk(store),
        **_review(store),
        **_incidents(store),
        **_outbox(store),
        **_retention(store),
    }


def _desk(store: SqlStore) -> Mapping[str, Ask]:
    book = Book(store.engine)

    def page(wanted: Callable[[One], Filter], *, deep: bool = False) -> Ask:
        return lambda one: book.page(wanted(one), limit=50, after=one.case_number if deep else None)

    reported, closed = CaseState.REPORTED, CaseState.CLOSED
    return {
        "desk: newest": page(lambda _: Filter()),
        "desk: deep page": page(lambda _: Filter(), deep=True),
        "desk: queue (state reported)": page(lambda _: Filter(states=(reported,))),
        "desk: state closed": page(lambda _: Filter(states=(closed,))),
        "desk: state closed, deep page": page(lambda _: Filter(states=(closed,)), deep=True),
        "desk: type": page(lambda one: Filter(types=(one.type,))),
        "desk: camera": page(lambda one: Filter(cameras=(one.camera_id,))),
        "desk: busiest camera": page(lambda _: Filter(cameras=("cam-0000",))),
        "desk: state and type": page(lambda one: Filter(states=(reported,), types=(one.type,))),
        "desk: state and camera": page(
            lambda one: Filter(states=(reported,), cameras=(one.camera_id,))
        ),
        "desk: busiest camera, state": page(
            lambda _: Filter(states=(reported,), cameras=("cam-0000",))
        ),
        "desk: all three": page(
            lambda one: Filter(states=(closed,), types=(one.type,), cameras=(one.camera_id,))
        ),
        "desk: open cases by camera": lambda _: open_cases(store.engine),
        "numbers: hot spots of a week": lambda one: hot_spots(store.engine, _week(one)),
        "numbers: told by people in a week": lambda one: told_by_people(store.engine, _week(one)),
        "numbers: delivery lag of a week": lambda one: lags(store.engine, _week(one).period),
        "desk: feed of changes": lambda one: book.changes(Revision(one.number), limit=50),
        "desk: latest change": lambda _: book.latest_revision(),
        "desk: case by number": lambda one: book.case(one.case_number),
        "desk: case by external id": lambda one: book.case(one.id),
        "desk: known report again": lambda one: book.report(
            report_of(one.id), key=f"key-{one.id}", now=NOW
        ),
        "desk: new report": lambda one: book.report(
            report_of(f"new-{one.number}-{random.getrandbits(60)}"),
            key=f"new-{random.getrandbits(120)}",
            now=NOW,
        ),
    }


def _week(one: One) -> Reported:
    return Reported(Period("week", one.at, one.at + 7 * 86_400))


def _review(store: SqlStore) -> Mapping[str, Ask]:
    engine, leases = store.engine, Leases(store.engine)

    def claim(wanted: Callable[[One], Question]) -> Ask:
        def ask(one: One) -> object:
            somebody = Reviewer("bench", f"page-{random.getrandbits(60)}")
            return leases.claim(wanted(one), somebody, count=1, now=NOW)

        return ask

    return {
        "review: the next": claim(lambda _: Question()),
        "review: the next, oldest first": claim(lambda _: Question(order=Order.OLDEST)),
        "review: the next of a type": claim(lambda one: Question(Filter(types=(one.type,)))),
        "review: the next of a camera": claim(
            lambda one: Question(Filter(cameras=(one.camera_id,)))
        ),
        "review: the next doubtful one": claim(lambda _: Question(most=0.4)),
        "review: head of the queue": lambda _: waiting(engine, Question(), "-", limit=60, now=NOW),
        "review: how much waits": lambda _: standing(engine, Question(), "-", now=NOW),
        "review: what is around": lambda one: surroundings(engine, one.case_number),
    }


def _incidents(store: SqlStore) -> Mapping[str, Ask]:
    def history(camera: Callable[[One], str], *, found: bool) -> Ask:
        def ask(one: One) -> None:
            with store.transaction() as transaction:
                transaction.latest_filed_at(
                    camera_id=camera(one),
                    zone_id="kerb",
                    violation_type=one.type if found else ViolationType.STREET_VENDING,
                    near=one.box if found else (1900.0, 1000.0, 1910.0, 1010.0),
                    least_iou=0.3,
                    since=NOW - 90 * 86_400,
                )

        return ask

    def by_id(one: One) -> None:
        with store.transaction() as transaction:
            transaction.incident(one.id)
            transaction.attachments(one.id)

    def of_a_look(one: One) -> None:
        with store.transaction() as transaction:
            transaction.hold_incidents([one.id, "new"])

    def stored(one: One) -> None:
        with store.transaction() as transaction:
            incident = transaction.incident(one.id)
            if incident is not None:
                transaction.put_incident(replace(incident, confidence=0.8))

    return {
        "incident: with its evidence": by_id,
        "incident: those of a look, with their cases": of_a_look,
        "incident: stored again": stored,
        "place history": history(lambda one: one.camera_id, found=True),
        "place history: busiest zone, nothing there": history(lambda _: "cam-0000", found=False),
        "camera: unsealed at start": lambda one: store.unsealed(one.camera_id),
    }


def _outbox(store: SqlStore) -> Mapping[str, Ask]:
    outbox, deliveries = Outbox(store.engine), Deliveries(store.engine)
    receipts = Receipts(store.engine)

    def page(wanted: Callable[[One], Wanted]) -> Ask:
        return lambda one: deliveries.page(wanted(one), limit=50, offset=0)

    return {
        "outbox: claim": lambda _: outbox.claim(TARGET, now=NOW, lease_s=0.0),
        "outbox: backlogs": lambda _: deliveries.backlogs(now=NOW),
        "outbox: newest": page(lambda _: Wanted()),
        "outbox: parked": page(lambda _: Wanted(state=MessageState.PARKED)),
        "outbox: delivered to a target": page(
            lambda _: Wanted(state=MessageState.DELIVERED, target=TARGET)
        ),
        "outbox: of an incident": page(lambda one: Wanted(incident_id=one.id)),
        "receipts: to ask": lambda _: receipts.to_ask(TARGET, now=START, every_s=0.0, limit=50),
        "receipts: by number": lambda one: receipts.incident_of(TARGET, one.case_number),
    }


def _retention(store: SqlStore) -> Mapping[str, Ask]:
    periods = Periods()

    def first(question: sa.Select[Any]) -> Ask:
        def ask(_: One) -> None:
            with reading(store.engine) as connection:
                connection.execute(question.limit(500)).all()

        return ask

    return {
        "retention: candidates": first(due.candidates(NOW - periods.candidate_s)),
        "retention: rejected": first(due.rejected(NOW - periods.rejected_s)),
        "retention: evidence": first(due.with_evidence(NOW - periods.evidence_s)),
        "retention: messages": first(due.delivered(NOW - periods.delivered_s)),
    }


def measure(store: SqlStore, rows: int, *, times: int) -> Iterator[Figure]:
    """Ask every question so many times about rows all over the store."""
    dice = random.Random(1)  # noqa: S311 -- the same questions every time
    for name, ask in questions(store).items():
        with _listening(store.engine) as asked:
            ask(One(rows // 2, rows))
        taken, worked = zip(
            *(_timed(ask, One(dice.randrange(rows), rows)) for _ in range(times)), strict=True
        )
        plan = "\n".join(_plans(store.engine, asked, could=rows < SMALL))
        yield Figure(name, taken, worked, _named(_INDEX, plan), _named(_FULL_SCAN, plan))


def _timed(ask: Ask, one: One) -> tuple[float, float]:
    """Ask, and return the milliseconds that passed and those that this process worked."""
    began, idle = perf_counter(), process_time()
    ask(one)
    return (perf_counter() - began) * 1000, (process_time() - idle) * 1000


@contextmanager
def _listening(engine: sa.Engine) -> Iterator[list[tuple[str, Any]]]:
    """Hear what the database is asked inside the block."""
    asked: list[tuple[str, Any]] = []

    def heard(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")) and "FROM" in statement:
            asked.append((statement, parameters))

    sa.event.listen(engine, "before_cursor_execute", heard)
    try:
        yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", heard)


def _plans(engine: sa.Engine, asked: list[tuple[str, Any]], *, could: bool) -> Iterator[str]:
    explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
    with engine.connect() as connection:
        if could and engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, parameters in asked:
            rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)
            lines = [str(row[-1]) for row in rows]
            yield from map(_by_key, lines) if _walks(statement, lines) else lines


def _walks(statement: str, lines: list[str]) -> bool:
    """Tell whether SQLite reads a table in the order of its key and stops at the limit.

    It calls that a scan; it would have to sort if it were one.
    """
    is_short = "ORDER BY" in statement and "LIMIT" in statement
    return is_short and not any("TEMP B-TREE" in line for line in lines)


def _by_key(line: str) -> str:
    return line.replace("SCAN ", "SEARCH ")


def _named(pattern: re.Pattern[str], plan: str) -> tuple[str, ...]:
    return tuple(sorted({name for line in plan.splitlines() for name in pattern.findall(line)}))


def facts(store: SqlStore) -> Mapping[str, str]:
    """Name the database and its version."""
    asks = {"sqlite": "SELECT sqlite_version()", "postgresql": "SHOW server_version"}
    name = store.engine.dialect.name
    with store.engine.connect() as connection:
        version = str(connection.exec_driver_sql(asks[name]).scalar_one())
    return {"database": f"{name} {version.split(maxsplit=1)[0]}"}
