"""The desk's feed: each change is told, once, and a reader goes on where it stopped."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from asked_desk import Desk
from filed import NOON
from gates import open_gate
from http_parts import serving
from streetwatch.service.access.policy import Rule
from streetwatch.service.access.role import Right
from streetwatch.service.api.app import create_api
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.events import events_router
from streetwatch.service.desk.report import Move
from streetwatch.service.desk.states import CaseState
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.sql_store import open_store
from waiting import PATIENCE_S


@dataclass
class Reader:
    """Reads the feed, event by event."""

    lines: Iterator[str]

    def started(self) -> None:
        """Wait for the first line: what changes from now on will be told."""
        assert next(self.lines).startswith(":")

    def event(self) -> tuple[str, dict[str, Any]]:
        """Wait for the next event; return its id and what it tells."""
        told: dict[str, str] = {}
        for line in self.lines:
            name, _, value = line.partition(": ")
            if not line and "data" in told:
                assert told["event"] == "case"
                return told["id"], json.loads(told["data"])
            told[name] = value
        raise AssertionError("the feed ended")


def reading(desk: Desk, path: str = "/desk/events", **headers: str) -> Any:  # noqa: ANN401
    return desk.http.stream("GET", path, headers=headers)


def test_the_feed_tells_what_changes_and_goes_on_where_a_reader_stopped(desk: Desk) -> None:
    desk.put("before")
    with reading(desk) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        reader = Reader(answer.iter_lines())
        reader.started()
        desk.put("a")
        last, case = reader.event()
        assert (case["external_id"], case["state"]) == ("a", "reported")
    desk.book.move("before", Move(state=CaseState.ACCEPTED), now=NOON)
    desk.book.move("a", Move(state=CaseState.ACCEPTED), now=NOON)
    desk.book.move("a", Move(state=CaseState.DISPATCHED), now=NOON)
    with reading(desk, **{"Last-Event-ID": last}) as answer:
        reader = Reader(answer.iter_lines())
        seen = [reader.event()[1] for _ in range(2)]
    assert [(case["external_id"], case["state"]) for case in seen] == [
        ("before", "accepted"),
        ("a", "dispatched"),
    ]


def test_the_feed_goes_on_from_the_revision_of_a_list(desk: Desk) -> None:
    desk.put("a")
    listed = desk.http.get("/desk/cases").json()["cases"][0]["revision"]
    desk.put("b")
    with reading(desk, f"/desk/events?after={listed}") as answer:
        assert Reader(answer.iter_lines()).event()[1]["external_id"] == "b"


def test_cases_that_one_statement_changes_are_each_told(desk: Desk) -> None:
    names = [desk.put(f"case-{row}") for row in range(3)]
    before = desk.book.latest_revision()
    with desk.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE desk_case SET revision = 9, level = 'red'")
    after_one = desk.book.changes(before, limit=1)
    assert [case["number"] for case in after_one] == names[:1]
    with reading(desk, **{"Last-Event-ID": f"9/{names[0]}"}) as answer:
        reader = Reader(answer.iter_lines())
        assert [reader.event()[1]["number"] for _ in range(2)] == names[1:]


def test_every_writer_of_a_case_moves_its_revision_on(desk: Desk) -> None:
    desk.put("a")
    desk.put("b")
    for _ in range(2):
        with desk.store.engine.begin() as connection:
            connection.execute(desk_case.update().values(level="red"))
    assert {desk.book.case(name)["revision"] for name in ("a", "b")} == {4}


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"headers": {"Last-Event-ID": "yesterday"}}, id="an id of nobody"),
        pytest.param({"params": {"after": "-1"}}, id="before the first"),
        pytest.param({"params": {"after": str(10**30)}}, id="beyond every number"),
    ],
)
def test_a_feed_from_nowhere_is_refused(desk: Desk, asked: dict[str, Any]) -> None:
    assert desk.http.get("/desk/events", **asked).status_code == 422


def test_a_reader_too_many_is_asked_to_come_again(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    feed = Rule("GET", "/events", Right.LOOK)
    api = create_api(
        gate=open_gate(store.engine, feed),
        desk=events_router(Book(store.engine), places=1),
        evidence=EvidenceFolder(tmp_path / "evidence"),
        readiness=lambda: Readiness((), 0, 0, 0.0),
        registry=CollectorRegistry(),
    )
    with serving(api) as url, httpx.stream("GET", f"{url}/events", timeout=PATIENCE_S) as first:
        reader = Reader(first.iter_lines())  # held: dropped, it would give its place up
        reader.started()
        with httpx.stream("GET", f"{url}/events", timeout=PATIENCE_S) as second:
            assert second.status_code == 503
            assert second.headers["Retry-After"] == "10"
    store.close()


def test_two_writers_never_share_a_revision(desk: Desk) -> None:
    def write(name: str) -> None:
        for row in range(5):
            desk.put(f"{name}-{row}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    revisions = [case["revision"] for case in desk.http.get("/desk/cases").json()["cases"]]
    assert sorted(revisions) == list(range(1, 11))
