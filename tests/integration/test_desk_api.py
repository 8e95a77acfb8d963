"""What a console and a city's programs ask the desk: lists, maps, many moves, and the feed."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from databases import PostgresServer
from filed import NOON, a_message, an_incident
from gates import open_gate
from http_parts import serving
from streetwatch.service.access.policy import Rule
from streetwatch.service.access.role import Right
from streetwatch.service.api.app import create_api
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.draft import Draft
from streetwatch.service.desk.events import events_router
from streetwatch.service.desk.report import Move
from streetwatch.service.desk.router import desk_router
from streetwatch.service.desk.states import CaseState
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.sql_store import SqlStore, open_store
from waiting import PATIENCE_S

HOUR_S = 3_600.0


@dataclass
class Desk:
    """The desk as its users see it, and the book behind it."""

    store: SqlStore
    http: httpx.Client = field(default_factory=httpx.Client)
    now: float = NOON
    ended: list[tuple[str, str]] = field(default_factory=list)

    @property
    def book(self) -> Book:
        return Book(self.store.engine)

    def put(self, name: str, at: float = NOON, **columns: Any) -> str:  # noqa: ANN401
        """Write a case into the book; return its number."""
        own = _taken(columns, "type", "source", "camera_id")
        place = _taken(columns, "lon", "lat", "grid_code")
        where = {"lon": place["lon"], "lat": place["lat"], "crs": "wgs84"} if place else None
        facts: dict[str, Any] = {"type": "street_vending", "source": "video"} | own | place
        document: dict[str, Any] = {"description": name, "place": where, "evidence": []}
        draft = Draft(external_id=name, occurred_at=at, document=document, filled=columns, **facts)
        return str(self.book.file(draft, key=f"key-{name}", now=at)[0]["number"])

    def listed(self, **asked: Any) -> list[str]:  # noqa: ANN401
        answer = self.http.get("/desk/cases", params=asked)
        assert answer.status_code == 200, answer.text
        return [case["external_id"] for case in answer.json()["cases"]]

    def patch(self, name: str, *, if_match: str | None = None, **body: str) -> httpx.Response:
        headers = {"If-Match": if_match} if if_match else {}
        return self.http.patch(f"/desk/cases/{name}", json=body, headers=headers)


def _taken(columns: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: columns.pop(name) for name in names if name in columns}


def a_desk(address: str, folder: Path) -> Iterator[Desk]:
    built = Desk(open_store(address))
    api = create_api(
        gate=open_gate(built.book.engine),
        desk=desk_router(
            built.book,
            clock=lambda: built.now,
            on_end=lambda name, state, _: built.ended.append((name, state)),
        ),
        evidence=EvidenceFolder(folder / "evidence"),
        readiness=lambda: Readiness((), 0, 0, 0.0),
        registry=CollectorRegistry(),
    )
    with serving(api) as url, httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
        built.http = client
        yield built
    built.store.close()


@pytest.fixture
def desk(new_database: Callable[..., str], tmp_path: Path) -> Iterator[Desk]:
    yield from a_desk(new_database(), tmp_path)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def kept_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database of either kind for all tests of this module."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('desk') / 'desk.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    with server.database() as address:
        yield address


@pytest.fixture(scope="module")
def full(kept_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with cases that differ in everything, which the tests only read."""
    for one in a_desk(kept_database, tmp_path_factory.mktemp("full")):
        one.put(
            "late",
            NOON - 4 * HOUR_S,
            camera_id="kerb",
            grid_code="310101001001001",
            lon=121.47,
            lat=31.23,
            authority="城管局",
            assignee="王队",
            level="red",
            deadline=NOON - HOUR_S,
        )
        one.put(
            "in-time",
            NOON - 3 * HOUR_S,
            type="exposed_garbage",
            camera_id="gate",
            grid_code="310101002001001",
            lon=121.60,
            lat=31.30,
            authority="街道办",
            deadline=NOON + HOUR_S,
        )
        one.put("done", NOON - 2 * HOUR_S, source="open311", deadline=NOON - HOUR_S / 2)
        one.put("new_one", NOON - HOUR_S, source="sensor", type="bin_overflow", level="yellow")
        for state in ("accepted", "dispatched", "handled"):
            one.book.move("done", Move(state=CaseState(state)), now=NOON)
        yield one


ALL = ["new_one", "done", "in-time", "late"]

ASKED = {
    "nothing": ({}, ALL),
    "one state": ({"state": "handled"}, ["done"]),
    "either state": ({"state": ["handled", "reported"]}, ALL),
    "a type": ({"type": "exposed_garbage"}, ["in-time"]),
    "two types": ({"type": ["exposed_garbage", "bin_overflow"]}, ["new_one", "in-time"]),
    "a camera": ({"camera": "kerb"}, ["late"]),
    "a grid": ({"grid_code": "310101002001001"}, ["in-time"]),
    "a street of grids": ({"grid_code": "310101001"}, ["late"]),
    "a district of grids": ({"grid_code": "310101"}, ["in-time", "late"]),
    "an authority": ({"authority": "城管局"}, ["late"]),
    "an assignee": ({"assignee": "王队"}, ["late"]),
    "a source": ({"source": "sensor"}, ["new_one"]),
    "a level": ({"level": "red"}, ["late"]),
    "overdue": ({"overdue": "true"}, ["done", "late"]),
    "not overdue": ({"overdue": "false"}, ["new_one", "in-time"]),
    "part of a name": ({"q": "IN-"}, ["in-time"]),
    "part of a number": ({"q": "-0002"}, ["in-time"]),
    "an underscore that is no wildcard": ({"q": "w_o"}, ["new_one"]),
    "a percent sign that is no wildcard": ({"q": "%"}, []),
    "since": ({"since": "2026-11-23T10:00:00+08:00"}, ["new_one", "done"]),
    "until": ({"until": "2026-11-23T09:00:00+08:00"}, ["in-time", "late"]),
    "between": (
        {"since": "2026-11-23T01:00:00Z", "until": "2026-11-23T02:00:00Z"},
        ["done", "in-time"],
    ),
    "a box": ({"bbox": "121.4,31.2,121.5,31.3"}, ["late"]),
    "both": ({"bbox": "121,31,122,32", "type": "street_vending"}, ["late"]),
    "the oldest first": ({"sort": "reported_at"}, ALL[::-1]),
    "by deadline, none last": ({"sort": "deadline"}, ["late", "done", "in-time", "new_one"]),
    "by deadline, turned round": ({"sort": "-deadline"}, ["in-time", "done", "late", "new_one"]),
    "what changed last": ({"sort": "-revision", "limit": 1}, ["done"]),
    "a page": ({"limit": 2, "offset": 1}, ["done", "in-time"]),
}


@pytest.mark.parametrize(("asked", "names"), ASKED.values(), ids=ASKED.keys())
def test_a_list_holds_the_cases_that_are_asked_for(
    full: Desk, asked: dict[str, Any], names: list[str]
) -> None:
    assert full.listed(**asked) == names


def test_pages_do_not_overlap_and_the_total_counts_all(full: Desk) -> None:
    pages = [full.listed(limit=1, offset=row, sort="deadline") for row in range(4)]
    assert sorted(name for page in pages for name in page) == sorted(ALL)
    assert full.http.get("/desk/cases?limit=1&level=red").json()["total"] == 1


@pytest.mark.parametrize("sort", ["-reported_at", "reported_at", "deadline", "-deadline"])
def test_a_list_is_paged_through_in_any_order(full: Desk, sort: str) -> None:
    seen: list[str] = []
    asked: dict[str, str | int] = {"limit": 1, "sort": sort}
    while True:
        page = full.http.get("/desk/cases", params=asked).json()
        seen += [case["external_id"] for case in page["cases"]]
        if page["next"] is None:
            break
        asked["after"] = page["next"]
    assert seen == full.listed(sort=sort)


MISTAKEN = {
    "a filter nobody has": {"colour": "red"},
    "an unknown order": {"sort": "colour"},
    "a grid of letters": {"grid_code": "31010x"},
    "a day without its hour": {"since": "2026-11-23"},
    "a time without its zone": {"since": "2026-11-23T08:00:00"},
    "an end before its start": {
        "since": "2026-11-23T08:00:00Z",
        "until": "2026-11-22T08:00:00Z",
    },
    "a box of three": {"bbox": "1,2,3"},
    "a box inside out": {"bbox": "122,31,121,32"},
    "a box off the earth": {"bbox": "121,31,181,32"},
    "an offset that no database knows": {"offset": str(2**64)},
    "a null": {"q": "a\0"},
    "perhaps overdue": {"overdue": "perhaps"},
}


@pytest.mark.parametrize("asked", MISTAKEN.values(), ids=MISTAKEN.keys())
@pytest.mark.parametrize("path", ["/desk/cases", "/desk/cases.geojson"])
def test_a_mistaken_question_is_refused_and_not_taken_for_another(
    full: Desk, path: str, asked: dict[str, str]
) -> None:
    refused = full.http.get(path, params=asked)
    assert refused.status_code == 422
    (line,) = refused.json()["detail"]
    assert line.startswith("query")


def test_cases_are_shown_on_a_map(full: Desk) -> None:
    answer = full.http.get("/desk/cases.geojson")
    assert answer.headers["Content-Type"] == "application/geo+json"
    shown = answer.json()
    assert shown["type"] == "FeatureCollection"
    assert (shown["numberMatched"], shown["numberReturned"]) == (4, 2)
    late = shown["features"][1]
    assert late["geometry"] == {"type": "Point", "coordinates": [121.47, 31.23]}
    assert (late["id"], late["properties"]["external_id"]) == ("SW-20261123-0001", "late")
    assert late["properties"]["level"] == "red"


def test_a_map_is_asked_as_a_list_is(full: Desk) -> None:
    shown = full.http.get("/desk/cases.geojson?bbox=121.4,31.2,121.5,31.3").json()
    assert [one["properties"]["external_id"] for one in shown["features"]] == ["late"]


def test_a_history_tells_who_did_what(full: Desk) -> None:
    history = full.http.get("/desk/cases/done/history").json()
    assert [line["state"] for line in history] == [
        "reported",
        "accepted",
        "dispatched",
        "handled",
    ]
    assert full.http.get("/desk/cases/nobody/history").status_code == 404


def test_a_case_that_has_changed_meanwhile_is_not_moved(desk: Desk) -> None:
    desk.put("a")
    read = desk.http.get("/desk/cases/a").headers["ETag"]
    first = desk.patch("a", if_match=read, state="accepted")
    second = desk.patch("a", if_match=read, state="rejected")
    assert (first.status_code, second.status_code) == (200, 412)
    assert "read it again" in second.json()["detail"]
    assert desk.http.get("/desk/cases/a").json()["state"] == "accepted"
    third = desk.patch("a", if_match=first.headers["ETag"], state="dispatched")
    assert third.status_code == 200
    assert third.headers["ETag"] == f'"{third.json()["revision"]}"'


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        pytest.param("*", 200, id="any"),
        pytest.param('"1"', 200, id="its own"),
        pytest.param('"7", "1"', 200, id="one of several"),
        pytest.param('"7"', 412, id="another"),
        pytest.param('W/"1"', 412, id="a weak one"),
        pytest.param("1", 412, id="no tag"),
        pytest.param('"x"', 412, id="not ours"),
    ],
)
def test_if_match_is_read_as_http_has_it(desk: Desk, if_match: str, status: int) -> None:
    desk.put("a")
    assert desk.patch("a", if_match=if_match, state="accepted").status_code == status


def test_facts_are_guarded_as_moves_are(desk: Desk) -> None:
    told = case_json(a_message(an_incident()).case)
    desk.http.post("/desk/cases", json=told, headers={"Idempotency-Key": "key-of-the-case"})
    desk.patch("a" * 26, state="accepted")
    late = desk.http.patch(f"/desk/cases/{'a' * 26}", json=told, headers={"If-Match": '"1"'})
    assert late.status_code == 412


def test_many_cases_are_moved_at_once_and_one_refused_holds_up_no_other(desk: Desk) -> None:
    numbers = [desk.put(name) for name in ("a", "b", "c")]
    desk.patch("b", state="accepted")
    asked = {"cases": [*numbers, "nobody", "a"], "state": "rejected", "by": "王队"}
    done = desk.http.post("/desk/moves", json=asked | {"reason": "permitted"}).json()
    assert [case["external_id"] for case in done["moved"]] == ["a", "b", "c", "a"]
    assert [(one["case"], one["status"]) for one in done["refused"]] == [("nobody", 404)]
    assert {name for name, _ in desk.ended} == {"a", "b", "c"}
    closed = desk.http.post("/desk/moves", json=asked | {"state": "closed"}).json()
    assert {one["status"] for one in closed["refused"]} == {404, 409}
    assert closed["moved"] == []


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"cases": [], "state": "accepted"}, id="no case"),
        pytest.param({"cases": ["a"] * 201, "state": "accepted"}, id="too many"),
        pytest.param({"cases": ["a"]}, id="no state"),
        pytest.param({"cases": ["a"], "state": "accepted", "colour": "red"}, id="a field more"),
    ],
)
def test_a_mistaken_move_of_many_is_refused(desk: Desk, asked: dict[str, Any]) -> None:
    desk.put("a")
    assert desk.http.post("/desk/moves", json=asked).status_code == 422
    assert desk.listed(state="reported") == ["a"]


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


def test_a_body_that_is_too_large_is_refused_unread(desk: Desk) -> None:
    answer = desk.http.post("/desk/moves", content=b" " * 1_000_001)
    assert answer.status_code == 413


def test_half_a_character_in_a_name_is_told_and_breaks_nothing(desk: Desk) -> None:
    desk.put("a")
    body = b'{"state": "accepted", "\\ud800": 1}'
    kind = {"Content-Type": "application/json"}
    answer = desk.http.patch("/desk/cases/a", content=body, headers=kind)
    assert answer.status_code == 422
    assert "unicode" in answer.json()["detail"][0]


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
