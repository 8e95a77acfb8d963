"""Reports of a real desk over real HTTP and by the command."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from filed import NOON, a_message, an_incident
from served_desk import served_desk
from streetwatch.cli import app
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.desk.reports.router import reports_router
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.sql_store import SqlStore, open_store

HOUR = 3_600.0
DAY = 86_400.0

WRONG = {"state": "rejected", "reason": "wrong_object"}
DOUBLE = {"state": "rejected", "reason": "duplicate"}
TO_THE_END = [{"state": state} for state in ("accepted", "dispatched", "handled", "closed")]


@dataclass
class City:
    """A desk with cases, its clock, and its reports as their readers get them."""

    config: Path
    store: SqlStore
    http: httpx.Client = field(init=False)
    now: float = NOON

    def file(self, name: str, *moves: dict[str, Any], **facts: Any) -> None:  # noqa: ANN401
        """File a case now, and move it on once an hour."""
        times = {"first_seen": self.now - 400, "last_seen": self.now, "violation_at": self.now - 10}
        incident = an_incident(id=name * 26, **{**times, **facts})
        report = Report.model_validate_json(json.dumps(case_json(a_message(incident).case)))
        book = Book(self.store.engine)
        book.report(report, key=f"key-of-case-{name}", now=self.now)
        for hour, move in enumerate(moves, start=1):
            book.move(name * 26, Move.model_validate(move), now=self.now + hour * HOUR)

    def figures(self, **asked: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.asked("figures", **asked).json()["rows"]
        return rows

    def said(self, *arguments: str) -> Result:
        """What the command prints."""
        return CliRunner().invoke(app, ["report", *arguments, "--config", str(self.config)])

    def asked(self, what: str, **asked: str) -> httpx.Response:
        return self.http.get(f"/desk/reports/{what}", params=asked)


@pytest.fixture
def city(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[City]:
    address = new_database()
    store = open_store(address)
    config = tmp_path / "streetwatch.yaml"
    config.write_text(f"data_dir: .\ndatabase: {address}\n")
    built = City(config, store)
    with served_desk(
        store.engine,
        desk_router(Book(store.engine), clock=lambda: built.now, on_end=lambda *_: None),
        EvidenceFolder(tmp_path / "evidence"),
        beside=[reports_router(Reporter(store.engine, lambda: built.now))],
    ) as client:
        built.http = client
        yield built
    store.close()


def share(row: dict[str, Any], name: str) -> tuple[float | None, int]:
    one = row["shares"][name]
    return one["value"], one["n"]


def test_a_report_counts_what_became_of_the_cases(city: City) -> None:
    city.file("a", *TO_THE_END)
    city.file("b", WRONG)
    city.file("c", DOUBLE)
    city.file("d", {"state": "accepted"})
    city.file("e")
    (row,) = city.figures()
    assert (row["cases"], row["duplicates"]) == (4, 1)
    assert row["period"]["from"] == "2026-11-01T00:00:00.000+08:00"
    assert share(row, "precision") == (0.6667, 3)
    assert share(row, "review_coverage") == (0.75, 4)
    assert share(row, "closure") == (0.5, 2)
    assert row["times"]["discover"] == {"median_s": 400.0, "p90_s": 400.0, "n": 4}
    assert row["times"]["dispatch"] == {"median_s": 2 * HOUR, "p90_s": 2 * HOUR, "n": 1}
    assert row["times"]["close"] == {"median_s": 4 * HOUR, "p90_s": 4 * HOUR, "n": 1}


def test_a_place_that_is_back_after_closing_counts_as_recurrence(city: City) -> None:
    city.file("a", *TO_THE_END)
    city.file("b", *TO_THE_END)
    city.now += 5 * DAY
    city.file("c", recurrence_of="a" * 26, recurrences=1)
    city.now += 40 * DAY
    (row,) = city.figures(**{"from": "2026-11-23", "to": "2026-11-23"})
    assert share(row, "recurrence_7d") == share(row, "recurrence_30d") == (0.5, 2)
    assert share(row, "recurrence_90d") == (None, 0)


def test_a_case_that_stands_on_is_handled_once_for_its_first_dispatch(city: City) -> None:
    city.file("a", *TO_THE_END[:3], {"state": "dispatched"}, {"state": "handled"})
    (row,) = city.figures()
    assert row["times"]["dispatch"]["median_s"] == 2 * HOUR
    assert row["times"]["handle"]["median_s"] == HOUR


def test_the_command_writes_the_month_as_a_page_and_as_pdf(city: City, tmp_path: Path) -> None:
    city.file("a", *TO_THE_END)
    page, printed = tmp_path / "month.html", tmp_path / "month.pdf"

    for style, file in (("html", page), ("pdf", printed)):
        said = city.said("--month", "2026-11", "--format", style, "--out", str(file))
        assert said.exit_code == 0, said.output
    english = city.said("--month", "2026-11", "--format", "html", "--language", "en")

    assert "城市管理月报 2026-11" in page.read_text(encoding="utf-8")
    assert printed.read_bytes().startswith(b"%PDF")
    assert "Monthly report 2026-11" in english.stdout


def test_figures_are_divided_by_group_and_time(city: City) -> None:
    city.file("a")
    city.file("b", type="exposed_garbage")
    city.now += 12 * HOUR  # midnight in China
    city.file("c")
    rows = city.figures(by="type", step="day")
    assert [(row["group"], row["period"]["name"], row["cases"]) for row in rows] == [
        ("exposed_garbage", "2026-11-23", 1),
        ("illegal_parking_motor", "2026-11-23", 1),
        ("illegal_parking_motor", "2026-11-24", 1),
    ]


@pytest.mark.parametrize(
    ("asked", "cases"),
    [
        pytest.param({}, 2, id="this month until today"),
        pytest.param({"grid": "310101*"}, 2, id="a district"),
        pytest.param({"grid": "310101001001001"}, 2, id="a grid"),
        pytest.param({"grid": "320*"}, 0, id="another city"),
        pytest.param({"type": "exposed_garbage"}, 1, id="a type"),
        pytest.param({"camera": "gate"}, 0, id="a camera"),
        pytest.param({"from": "2026-11-24", "to": "2026-11-30"}, 0, id="another week"),
        pytest.param({"to": "2026-11-22"}, 0, id="until the day before"),
    ],
)
def test_a_report_is_about_what_is_asked_for(city: City, asked: dict[str, str], cases: int) -> None:
    city.file("a")
    city.file("b", type="exposed_garbage")
    (row,) = city.figures(**asked)
    assert row["cases"] == cases


@pytest.mark.parametrize(
    ("what", "asked", "said"),
    [
        pytest.param("figures", {"grid": "3101"}, "15 digits", id="half a grid"),
        pytest.param("figures", {"grid": "%"}, "15 digits", id="a pattern"),
        pytest.param(
            "figures", {"from": "2026-12-01"} | {"to": "2026-11-01"}, "swap", id="swapped"
        ),
        pytest.param("figures", {"from": "20261101"}, "like 2026-11-01", id="a day as a number"),
        pytest.param("figures", {"from": "0001-01-01"}, "no report", id="before all time"),
        pytest.param("figures", {"to": "9999-12-31"}, "no report", id="after all time"),
        pytest.param("month", {"month": "9999-12"}, "like 2026-11", id="the last month"),
        pytest.param("month", {"month": "0001-01"}, "2026-11", id="the first month"),
        pytest.param("figures", {"from": "yesterday"}, "query.from", id="no day"),
        pytest.param("figures", {"by": "colour"}, "query.by", id="no group"),
        pytest.param("month", {"month": "2026-13"}, "like 2026-11", id="no month"),
        pytest.param("month", {}, "query.month", id="which month"),
    ],
)
def test_a_wrong_question_is_answered_with_a_line(
    city: City, what: str, asked: dict[str, str], said: str
) -> None:
    refused = city.asked(what, **asked)
    assert refused.status_code == 422
    (line,) = refused.json()["detail"]
    assert said in line


def test_a_report_is_a_table_too(city: City) -> None:
    city.file("a", *TO_THE_END)
    answer = city.asked("figures", format="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    table = {line["figure"]: line for line in csv.DictReader(io.StringIO(answer.text))}
    assert (table["closure"]["value"], table["closure"]["n"]) == ("1.0", "1")
    assert (table["overdue"]["value"], table["overdue"]["n"]) == ("not measured", "0")
    assert table["close_median"]["value"] == "14400.0"


def test_the_month_is_the_same_by_http_and_by_command(city: City) -> None:
    city.file("a", *TO_THE_END)
    city.file("b", WRONG, type="exposed_garbage")
    told = city.asked("month", month="2026-11", grid="310101*").json()
    assert city.said("--month", "2026-11", "--grid", "310101*").stdout.count("\n") == 1
    said = json.loads(city.said("--month", "2026-11", "--grid", "310101*").stdout)
    assert (said["rows"], said["summary"]) == (told["rows"], told["summary"])
    assert told["summary"]["en"].startswith("2026-11, grid 310101*: 2 cases filed (")
    page = city.said("--month", "2026-11", "--format", "md").stdout
    assert "# 2026-11 月报 / monthly report" in page
    table = city.said("--month", "2026-11", "--format", "csv").stdout
    assert list(csv.reader(table.splitlines())) == list(
        csv.reader(city.asked("month", month="2026-11", format="csv").text.splitlines())
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["--month", "11/2026"], "write it like 2026-11", id="no month"),
        pytest.param(["--month", "2026-11", "--grid", "north"], "15 digits", id="no grid"),
    ],
)
def test_a_wrong_question_to_the_command_is_refused(
    city: City, arguments: list[str], said: str
) -> None:
    refused = city.said(*arguments)
    assert isinstance(refused.exception, InputError)
    assert said in str(refused.exception)
