"""What a console and a city's programs ask the desk for: lists, pages and maps."""

from collections.abc import Iterator
from typing import Any

import pytest

from asked_desk import HOUR_S, Desk, a_desk
from databases import PostgresServer
from filed import NOON
from streetwatch.service.desk.report import Move
from streetwatch.service.desk.states import CaseState


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
