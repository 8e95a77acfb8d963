"""What the console asks the desk's database beside the reports and lists that were there."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from filed import NOON, a_message, an_incident, promise
from gates import open_gate
from http_parts import serving
from plain_http import client_of
from streetwatch.service.api.guard import Guard
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.case_csv import COLUMNS, case_csv_router, csv_of
from streetwatch.service.desk.places import history_around
from streetwatch.service.desk.questions import CaseQuestion
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.desk.reports.router import reports_router
from streetwatch.service.desk.tallies import OpenCases, open_cases
from streetwatch.service.desk.triage import Level
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.incidents.routing import DESK
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.schema import desk_case, desk_merged
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.zones.place import Place

HOUR = 3_600.0


@dataclass
class City:
    """A desk with cases, and the answers over HTTP."""

    store: SqlStore
    http: httpx.Client

    @property
    def book(self) -> Book:
        return Book(self.store.engine)

    def file(self, name: str, at: float = NOON, **facts: Any) -> str:  # noqa: ANN401
        times = {"first_seen": at - 60, "last_seen": at, "violation_at": at, "opened_at": at}
        incident = an_incident(id=name * 26, **times | facts)
        report = Report.model_validate_json(json.dumps(case_json(a_message(incident).case)))
        case, _ = self.book.report(report, key=f"key-of-case-{name}", now=at)
        return str(case["number"])

    def move(self, number: str, state: str) -> None:
        self.book.move(number, Move.model_validate({"state": state}), now=NOON + 9 * HOUR)

    def change(self, number: str, **columns: Any) -> None:  # noqa: ANN401
        with self.store.engine.begin() as connection:
            here = desk_case.c.number == number
            connection.execute(desk_case.update().where(here).values(columns))

    def asked(self, path: str, **parameters: str) -> httpx.Response:
        days = {"from": "2026-11-20", "to": "2026-11-26"} if "/reports/" in path else {}
        answer = self.http.get(path, params=days | parameters)
        assert answer.status_code == 200, answer.text
        return answer


@pytest.fixture
def city(new_database: Callable[..., str]) -> Iterator[City]:
    store = open_store(new_database())
    reporter = Reporter(store.engine, lambda: NOON, lambda: (Place(121.47, 31.23),))
    api = FastAPI()
    api.add_middleware(Guard, gate=open_gate(store.engine))
    api.include_router(reports_router(reporter))
    api.include_router(case_csv_router(Book(store.engine), clock=lambda: NOON))
    with serving(api) as url, client_of(url) as client:
        yield City(store, client)
    store.close()


def test_hot_spots_count_hours_on_chinas_clock_and_no_rejected_case(city: City) -> None:
    for name, at in (("a", NOON), ("b", NOON + 60), ("c", NOON + 12 * HOUR)):
        city.file(name, at)
    city.move(city.file("d"), "rejected")
    (spot,) = city.asked("/desk/reports/hot-spots").json()["spots"]
    assert (spot["place"], spot["n"]) == ("kerb/carriageway", 3)
    assert (spot["hours"][12], spot["hours"][0]) == (2, 1)
    assert city.asked("/desk/reports/hot-spots", camera="other").json()["spots"] == []
    lines = list(csv.DictReader(io.StringIO(city.asked(
        "/desk/reports/hot-spots", format="csv").text)))  # fmt: skip
    assert [(line["hour"], line["n"]) for line in lines] == [("0", "1"), ("12", "2")]


def test_recall_is_the_share_of_peoples_reports_that_a_camera_had_too(city: City) -> None:
    assert city.asked("/desk/reports/recall").json()["recall"]["value"] is None
    seen, missed, doubted = (city.file(name) for name in "abc")
    city.change(seen, source="mobile", accepted_at=NOON)
    city.change(missed, source="mobile", accepted_at=NOON)
    city.change(doubted, source="mobile")  # nobody has confirmed it
    merged = {"merged_at": NOON, "document": {}, "number": seen, "camera_id": "kerb"}
    with city.store.engine.begin() as connection:
        connection.execute(
            desk_merged.insert().values(
                external_id="x" * 26, idempotency_key="key-x", source="video", **merged
            )
        )
    answer = city.asked("/desk/reports/recall").json()
    assert (answer["recall"]["hits"], answer["recall"]["n"]) == (1, 2)
    assert answer["near_m"] == 50


def test_lag_is_from_the_promise_to_the_receipt(city: City) -> None:
    assert city.asked("/desk/reports/delivery").json()["targets"] == []
    promise(city.store, a_message(an_incident()), at=NOON - 30)
    outbox = Outbox(city.store.engine)
    claimed = outbox.claim(DESK, now=NOON, lease_s=60)
    assert claimed is not None
    outbox.delivered(claimed, Receipt("SW-1"), now=NOON)
    (target,) = city.asked("/desk/reports/delivery").json()["targets"]
    assert target == {"target": DESK, "median_s": 30.0, "p90_s": 30.0, "n": 1}
    assert f"{DESK},30.0,30.0,1" in city.asked("/desk/reports/delivery", format="csv").text


def test_a_list_is_had_as_csv_that_no_spreadsheet_runs(city: City) -> None:
    city.change(city.file("a"), assignee="=HYPERLINK(0)")
    city.file("b", type="exposed_garbage")
    answer = city.asked("/desk/cases.csv", sort="reported_at")
    assert answer.headers["content-disposition"] == 'attachment; filename="cases.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [line["type"] for line in lines] == ["illegal_parking_motor", "exposed_garbage"]
    assert tuple(lines[0]) == COLUMNS
    assert lines[0]["assignee"] == "'=HYPERLINK(0)"
    assert lines[0]["reported_at"] == "2026-11-23T12:00:00.000+08:00"
    one = city.asked("/desk/cases.csv", type="exposed_garbage").text
    assert len(one.splitlines()) == 2


def test_a_csv_goes_on_beyond_what_is_read_at_once(city: City) -> None:
    numbers = {city.file(name) for name in "abcde"}
    question = CaseQuestion()
    every, sort = question.filter(NOON), question.sort
    first = city.book.page(every, limit=2, sort=sort)
    pieces = "".join(csv_of(city.book, first, every, sort, at_once=2))
    lines = csv.DictReader(io.StringIO(pieces.removeprefix("\ufeff")))
    assert {line["number"] for line in lines} == numbers
    assert len(city.asked("/desk/cases.csv", offset="1").text.splitlines()) == 5


def test_a_wrong_question_gets_no_csv(city: City) -> None:
    answer = city.http.get("/desk/cases.csv", params={"stat": "closed"})
    assert answer.status_code == 422


def test_open_cases_are_counted_by_camera_with_the_reddest_level(city: City) -> None:
    city.change(city.file("a"), level="yellow")
    city.change(city.file("b"), level="red")
    city.change(city.file("c"), camera_id="gate")
    city.move(city.file("d"), "rejected")
    found = open_cases(city.store.engine)
    assert found == {"kerb": OpenCases(2, Level.RED), "gate": OpenCases(1, None)}


def test_a_case_tells_what_happened_at_its_place(city: City) -> None:
    first, second = city.file("a"), city.file("b", NOON + HOUR)
    other = city.file("c", type="exposed_garbage")
    told = history_around(city.store.engine, second)
    assert [case["number"] for case in told["cases"]] == [second, first]
    assert history_around(city.store.engine, "SW-20000101-0001")["cases"] == []
    assert [case["number"] for case in history_around(city.store.engine, other)["cases"]] == [other]
