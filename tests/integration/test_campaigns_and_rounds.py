"""What the cases say about campaigns, relapse, shop fronts and rounds: a real desk over HTTP."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pymupdf
import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from filed import NOON, a_message, an_incident
from gates import open_gate
from http_parts import serving
from streetwatch.service.api.app import create_api
from streetwatch.service.api.foresight.campaigns import campaigns_router
from streetwatch.service.api.foresight.frontage import frontage_router
from streetwatch.service.api.foresight.month import month_router
from streetwatch.service.api.foresight.patrol import patrol_router
from streetwatch.service.api.foresight.words import outcome_json
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.cameras import Camera, load_cameras
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.foresight.campaigns import Campaign, Campaigns, Where
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.foresight.fronts import Fronts
from streetwatch.service.desk.foresight.months import KEPT_S, UNCHANGED_S, Months
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.reports.period import month
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.desk.router import desk_router
from streetwatch.service.desk.way import way_columns
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.foreseeing import foreseer_from, roads_in
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.settings import Settings
from streetwatch.service.store.looked import ZoneHour, add_looked, day_of
from streetwatch.service.store.month_schema import month_page
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.store.zone_counts import Count, ZoneSlot, add_counts, slot_of
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.zones.moment import utc
from streetwatch.zones.schedule import CHINA
from streetwatch.zones.zone import Zone, ZoneKind
from waiting import PATIENCE_S

HOUR, DAY = 3_600.0, 86_400.0
FRONTS = Fronts(
    "kerb",
    "人民路东口",
    "310101001001001",
    {"noodles": ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5))},
    (640, 480),
)


def china(year: int, month: int, day: int) -> float:
    return datetime(year, month, day, tzinfo=CHINA).timestamp()


@dataclass
class City:
    """A desk with cases, and what they say."""

    store: SqlStore
    now: float = NOON
    http: httpx.Client = field(default_factory=httpx.Client)
    filed: int = 0

    @property
    def book(self) -> Book:
        return Book(self.store.engine)

    @property
    def foreseer(self) -> Foreseer:
        return Foreseer(self.store.engine, lambda: self.now, fronts=lambda: [FRONTS])

    def months(self) -> Months:
        """Return who makes the months' pages, as another process would have it."""
        return Months(Reporter(self.store.engine, lambda: self.now), self.foreseer)

    def file(self, at: float, *moves: str, by: str = "li", **facts: Any) -> str:  # noqa: ANN401
        """File a case, and move it on once a minute; return its number."""
        self.filed += 1
        times = {"first_seen": at - 120, "violation_at": at - 60, "last_seen": at}
        incident = an_incident(id=f"{self.filed:026}", **{**times, **facts})
        report = Report.model_validate_json(json.dumps(case_json(a_message(incident).case)))
        case, _ = self.book.report(report, key=f"key-{self.filed:010}", now=at)
        for minute, state in enumerate(moves, start=1):
            move = Move.model_validate({"state": state, "by": by})
            self.book.move(incident.id, move, now=at + minute * 60)
        return str(case["number"])

    def copy(self, times: list[float], **changes: Any) -> None:  # noqa: ANN401
        """File many cases like the first one at once, each for an hour."""
        with self.store.engine.begin() as connection:
            row = dict(connection.execute(sa.select(desk_case)).mappings().first() or {})
            rows = [self._copied(row, at, changes) for at in times]
            connection.execute(sa.insert(desk_case), rows)

    def _copied(self, row: dict[str, Any], at: float, changes: dict[str, Any]) -> dict[str, Any]:
        self.filed += 1
        seen = {"first_seen": utc(at), "cleared_at": utc(at + HOUR)}
        names = ("number", "external_id", "idempotency_key")
        copied = {
            **row,
            **dict.fromkeys(names, f"SW-{self.filed:012}"),
            "reported_at": at,
            "occurred_at": at,
            "document": {**row["document"], **seen},
            **changes,
        }
        return {**copied, **way_columns(copied)}

    def asked(self, path: str, **asked: Any) -> Any:  # noqa: ANN401 -- JSON
        answer = self.http.get(f"/foresight/{path}", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def city(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[City]:
    store = open_store(new_database())
    built = City(store)
    foreseer = Foreseer(store.engine, lambda: built.now, fronts=lambda: [FRONTS])
    api = create_api(
        gate=open_gate(store.engine),
        desk=desk_router(built.book, clock=lambda: built.now, on_end=lambda *_: None),
        beside=[
            campaigns_router(foreseer),
            frontage_router(foreseer),
            patrol_router(foreseer),
            month_router(built.months()),
        ],
        evidence=EvidenceFolder(tmp_path / "evidence"),
        readiness=lambda: Readiness((), 0, 0, 0.0),
        registry=CollectorRegistry(),
    )
    with serving(api) as url, httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
        built.http.close()
        built.http = client
        yield built
    store.close()


CAMPAIGN = {"name": "夜市整治", "first": "2026-09-01", "last": "2026-09-14", "camera": "kerb"}


def test_a_campaign_is_told_with_what_it_changed_and_what_came_back(city: City) -> None:
    rng = np.random.default_rng(1)
    starts = china(2026, 7, 7)
    city.file(starts)
    per_day = np.repeat([6.0, 1.0, 1.0], [56, 14, 56])
    midnights = starts + DAY * np.repeat(np.arange(len(per_day)), rng.poisson(per_day))
    city.copy((midnights + rng.uniform(0, DAY, len(midnights))).tolist())

    assert city.http.put("/foresight/campaigns/night", json=CAMPAIGN).status_code == 200
    told = city.asked("campaigns/night")

    assert city.asked("campaigns")["campaigns"][0]["name"] == "夜市整治"
    assert told["effect"]["after"]["high"] < 1
    assert told["effect"]["after"]["is_change"]
    assert told["effect"]["days"] == {"before": 56, "during": 14, "after": 56}
    assert told["effect"]["n"]["before"] == sum(one["n"] for one in told["days"][:56])
    assert told["exposure"] == "days"
    assert [one["came_back"] for one in told["relapse"]] == [1, 1, 1]
    lines = city.http.get("/foresight/campaigns/night", params={"format": "csv"}).text.split()
    assert lines[0] == "day,n,looked"
    assert lines[1].startswith("2026-07-07,")


def test_a_campaign_of_which_too_little_is_known_says_so_and_shows_no_figure(city: City) -> None:
    city.file(NOON)
    city.http.put("/foresight/campaigns/new", json={**CAMPAIGN, "last": "2026-11-20"})

    told = city.asked("campaigns/new")

    assert told["effect"] is None
    assert told["lack"] == "short_before"


def test_hours_that_nobody_looked_are_no_days_without_a_violation(city: City) -> None:
    city.file(china(2026, 7, 12))
    told = Campaign(
        "night",
        "x",
        datetime(2026, 9, 1, tzinfo=CHINA).date(),
        datetime(2026, 9, 14, tzinfo=CHINA).date(),
        camera="kerb",
    )
    seen: list[tuple[int, int]] = []

    def looked(_: Where, first: int, last: int) -> dict[int, float]:
        seen.append((first, last))
        return dict.fromkeys([first, *range(first + 10, last + 1)], 12.0)

    days = Foreseer(city.store.engine, lambda: city.now, looked=looked).outcome(told).days

    assert days.is_looked
    assert days.course.looked[:11].tolist() == [12.0, *[0.0] * 9, 12.0]
    assert days.course.counts.sum() == 0  # what was told on a day that nobody looked is no rate
    assert len(seen) == 1


CAMERAS = """
cameras:
  - id: kerb
    name: 人民路东口
    source: {kind: rtsp, url: "rtsp://127.0.0.1:9/x"}
    place: {lon: 121.47, lat: 31.23, crs: wgs84, grid_code: "310101001001001"}
    zones:
      - {id: noodles, kind: shopfront, polygon: [[0, 0], [0.5, 0], [0.5, 0.5]]}
"""


@pytest.mark.parametrize(
    ("where", "hours"),
    [
        pytest.param({"camera": "kerb"}, 3.0, id="a camera"),
        pytest.param({"camera": "kerb", "zone": "carriageway"}, 2.0, id="one of its zones"),
        pytest.param({"grid": "310101*"}, 3.0, id="a district"),
        pytest.param({"grid": "310102*"}, 0.0, id="a district without a camera"),
    ],
)
def test_hours_that_the_runtime_has_written_down_are_what_days_count_by(
    city: City, tmp_path: Path, where: dict[str, Any], hours: float
) -> None:
    (tmp_path / "cameras.yaml").write_text(CAMERAS, encoding="utf-8")
    cameras = load_cameras(tmp_path / "cameras.yaml", environ={})
    day = day_of(china(2026, 7, 7))
    spans = {
        ZoneHour("kerb", "carriageway", day, 9): 7200.0,
        ZoneHour("kerb", "gate", day, 9): 3600.0,
    }
    add_looked(city.store.engine, spans)
    wired = foreseer_from(Settings(), city.store.engine, lambda: cameras, clock=lambda: city.now)

    first, last = date(2026, 9, 1), date(2026, 9, 14)
    days = wired.outcome(Campaign("night", "x", first, last, **where)).days

    assert days.is_looked == (hours > 0)
    assert days.course.looked[0] == (hours or 1.0)
    assert wired.fronts()[0].outlines.keys() == {"noodles"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        pytest.param({"last": "2026-08-01"}, "ends before it begins", id="backwards"),
        pytest.param({"last": "2028-08-01"}, "more than 366 days", id="no campaign any more"),
        pytest.param({"grid": "310101*"}, "either `grid` or `camera`", id="two places"),
        pytest.param({"camera": None}, "either `grid` or `camera`", id="nowhere"),
        pytest.param({"camera": None, "grid": "31x"}, "15 digits", id="no grid"),
        pytest.param(
            {"camera": None, "grid": "310101*", "zone": "a"}, "a zone is one", id="zone of a grid"
        ),
    ],
)
def test_a_campaign_that_could_not_have_been_is_refused(
    city: City, wrong: dict[str, Any], says: str
) -> None:
    answer = city.http.put("/foresight/campaigns/night", json={**CAMPAIGN, **wrong})

    assert answer.status_code == 422
    assert says in answer.text
    assert city.asked("campaigns") == {"campaigns": []}


def test_a_campaign_is_told_otherwise_and_forgotten(city: City) -> None:
    city.http.put("/foresight/campaigns/night", json=CAMPAIGN)
    city.http.put("/foresight/campaigns/night", json={**CAMPAIGN, "name": "二"})

    assert [one["name"] for one in city.asked("campaigns")["campaigns"]] == ["二"]
    assert city.http.delete("/foresight/campaigns/night").status_code == 204
    assert city.http.delete("/foresight/campaigns/night").status_code == 404
    assert city.http.get("/foresight/campaigns/night").status_code == 404


def test_whoever_is_limited_knows_of_their_own_campaigns_only(city: City) -> None:
    city.http.put("/foresight/campaigns/night", json=CAMPAIGN)
    grid = {**CAMPAIGN, "camera": None, "grid": "310102*"}
    city.http.put("/foresight/campaigns/east", json=grid)

    def known(reach: Reach) -> list[str]:
        return [one.id for one in city.foreseer.within(reach).campaigns()]

    assert known(Reach(frozenset({"kerb"}))) == ["night"]
    assert known(Reach(grids=("310102",))) == ["east"]
    assert known(Reach(frozenset({"gate"}))) == []
    assert len(Campaigns(city.store.engine).all()) == 2


ENDED = ("accepted", "dispatched", "handled", "closed")


def test_closed_cases_that_came_back_are_told_and_so_are_their_chains(city: City) -> None:
    first = city.file(NOON, *ENDED)
    city.file(NOON + 60, *ENDED, zone_id="pavement")
    second = city.file(NOON + 5 * DAY, *ENDED, recurrence_of="1".rjust(26, "0"), recurrences=1)
    third = city.file(NOON + 9 * DAY, recurrence_of="3".rjust(26, "0"), recurrences=2)
    city.now = NOON + 40 * DAY
    asked = {"from": "2026-11-23", "to": "2026-12-30"}

    week, month, quarter = city.asked("relapse", **asked)["relapse"]
    (chain,) = city.asked("chains", **asked)["chains"]
    (cut,) = city.asked("chains", **{"from": "2026-12-01", "to": "2026-12-30"})["chains"]

    assert (week["n"], week["came_back"], month["came_back"]) == (3, 2, 2)
    assert month["value"] == pytest.approx(2 / 3, abs=1e-3)
    assert quarter["value"] is None
    assert chain["cases"] == [first, second, third]
    assert cut["cases"] == [second, third]
    text = city.http.get("/foresight/chains", params={**asked, "format": "csv"}).text
    assert list(csv.reader(io.StringIO(text)))[1][:4] == [
        "kerb/carriageway",
        "illegal_parking_motor",
        "3",
        f"{first} {second} {third}",
    ]


def test_a_shop_front_has_a_score_with_the_cases_that_took_its_points(city: City) -> None:
    there: dict[str, Any] = {"type": "out_of_store", "bbox": (10.0, 20.0, 60.0, 90.0)}
    number = city.file(NOON - 8 * DAY, *ENDED, cleared_at=NOON - 8 * DAY + 3600, **there)
    city.file(NOON - 8 * DAY, type="out_of_store", bbox=(500.0, 300.0, 600.0, 400.0))
    city.file(NOON - 7 * DAY, "rejected", **there)

    (front,) = city.asked("frontage")["fronts"]
    (deduction,) = front["deductions"]
    lines = city.http.get("/foresight/frontage", params={"format": "csv"}).text.splitlines()

    assert (front["front"], front["n"]) == ("noodles", 1)
    assert deduction["case"] == number
    assert front["taken"] == deduction["points"] == pytest.approx(3 + 3720 / 3600, abs=0.01)
    assert front["score"] == pytest.approx(100 - front["taken"] * 30 / front["days"], abs=0.1)
    assert number in lines[1]


def test_a_front_in_a_picture_that_was_never_seen_is_not_measured(city: City) -> None:
    city.file(NOON - 8 * DAY, type="out_of_store")
    unseen = Fronts("kerb", "x", None, FRONTS.outlines, None)

    asked = Foreseer(city.store.engine, lambda: city.now, fronts=lambda: [unseen])
    (front,) = asked.frontages(Wanted(month("2026-11")))

    assert front.score.value is None


def test_a_day_on_which_the_camera_did_not_look_is_none_of_a_fronts(city: City) -> None:
    city.file(NOON - 8 * DAY, type="out_of_store", bbox=(10.0, 20.0, 60.0, 90.0))

    def looked(where: Where, first: int, _: int) -> dict[int, float]:
        assert where.camera == "kerb"
        return {first: 0.0, **dict.fromkeys(range(first + 1, first + 11), 9.0)}

    asked = Foreseer(city.store.engine, lambda: city.now, looked=looked, fronts=lambda: [FRONTS])
    (front,) = asked.frontages(Wanted(month("2026-11")))

    assert front.score.days == 10


def test_cameras_are_held_against_a_round_with_the_time_of_review_counted(city: City) -> None:
    for minute in range(40):
        at = NOON - 5 * DAY + minute * 40
        city.file(at, "accepted" if minute % 4 else "rejected", cleared_at=at + 6 * HOUR)

    told = city.asked("efficiency", every_h=4, staff_h=4)

    assert told["cameras"]["n"] == 30
    assert told["cameras"]["verdicts"] == 40
    assert told["cameras"]["waited_s"] == 120.0
    assert told["patrol_model"]["waited_s"] == pytest.approx(2 * HOUR)
    assert told["sooner"]["value"] == pytest.approx(60.0)
    assert told["sooner"]["claim"] == "held"
    assert told["finds_per_staff_hour"]["value"] > 1


def test_without_cases_nothing_is_measured_and_nothing_fails(city: City) -> None:
    assert city.asked("efficiency")["sooner"]["claim"] == "not_measured"
    assert city.asked("relapse")["relapse"][0]["value"] is None
    assert city.asked("chains")["chains"] == []
    assert city.asked("patrol")["routes"] == []
    assert city.asked("patrol", format="geojson")["features"] == []
    assert city.asked("frontage")["fronts"][0]["n"] == 0


def test_routes_are_told_with_what_they_would_have_met(city: City) -> None:
    pytest.importorskip("pyvrp", reason="the extra `patrol` is not installed")
    starts = china(2026, 9, 28)
    city.file(starts + 9.6 * HOUR)
    days = [starts + day * DAY for day in range(56)]
    city.copy([day + 9 * HOUR for day in days])
    other = {"place_key": "gate/road", "lon": 121.48, "lat": 31.235}
    city.copy([day + 14 * HOUR for day in days], **other)

    told = city.asked("patrol", teams=1)
    gpx = city.http.get("/foresight/patrol", params={"teams": 1, "format": "gpx"})
    lines = city.asked("patrol", teams=1, format="geojson")
    printed = city.http.get("/foresight/patrol", params={"teams": 1, "format": "html"}).text

    visits = [(one["place"], one["arrive"][:2]) for one in told["routes"][0]["visits"]]
    assert ("kerb/carriageway", "09") in visits
    assert ("gate/road", "14") in visits
    assert told["simulation"]["days"] == 14
    assert told["simulation"]["planned"] == 29  # what never ended, once
    assert "gate/road" in gpx.text
    assert printed.count("<svg") == len(told["routes"][0]["visits"])
    assert "模拟回放 14 天：本路线遇到 29 起" in printed
    assert gpx.headers["content-disposition"] == 'attachment; filename="patrol.gpx"'
    assert lines["features"][0]["geometry"]["type"] == "LineString"


def test_a_shift_past_midnight_is_refused_with_what_to_write(city: City) -> None:
    answer = city.http.get("/foresight/patrol", params={"start_hour": 20, "hours": 8})

    assert answer.status_code == 422
    assert "ends by midnight" in answer.text


def test_the_month_is_a_page_in_both_languages_that_needs_nothing_from_elsewhere(
    city: City,
) -> None:
    city.file(NOON - 8 * DAY, *ENDED, type="street_vending")
    city.http.put("/foresight/campaigns/night", json={**CAMPAIGN, "name": "<夜市>"})

    chinese = city.http.get("/foresight/month.html", params={"month": "2026-11"}).text
    english = city.http.get(
        "/foresight/month.html", params={"month": "2026-11", "language": "en"}
    ).text

    assert "未测量" in chinese
    assert "占道经营" in chinese
    assert "&lt;夜市&gt;" in chinese
    assert "not measured" in english
    assert "100.0%" in english
    assert not re.search(r"<script|<link|src=|href=", chinese)
    assert chinese.count("<svg") == english.count("<svg") == 6


def test_the_month_is_printed_with_a_chinese_font_inside(city: City) -> None:
    city.file(NOON - 8 * DAY, *ENDED)

    answer = city.http.get("/foresight/month.pdf", params={"month": "2026-11"})
    wrong = city.http.get("/foresight/month.pdf", params={"month": "2026-13"})

    with pymupdf.open("pdf", answer.content) as printed:
        text = "".join(page.get_text() for page in printed)
        fonts = {font[3] for page in printed for font in page.get_fonts()}
    assert "城市管理月报" in text
    assert "未测量" in text
    assert any("Droid" in font for font in fonts)
    assert len(answer.content) < 500_000
    assert wrong.status_code == 422


def test_a_month_without_a_case_measures_nothing(city: City) -> None:
    page = city.http.get("/foresight/month.html", params={"month": "2026-11", "language": "en"})

    assert page.status_code == 200
    assert "0.0%" not in page.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(None, "can't be read", id="no file"),
        pytest.param("{", "Expecting", id="no JSON"),
        pytest.param("[]", "no GeoJSON", id="a list"),
        pytest.param('{"features": []}', "has no roads", id="no roads"),
    ],
)
def test_roads_that_can_not_be_read_are_named(tmp_path: Path, text: str | None, says: str) -> None:
    file = tmp_path / "roads.geojson"
    if text is not None:
        file.write_text(text)

    with pytest.raises(InputError, match=says) as refused:
        roads_in(file)
    assert str(file) in str(refused.value)


def test_a_month_s_page_is_kept_for_an_hour_and_made_anew_for_whoever_asks(city: City) -> None:
    months = city.months()
    made = months.page("2026-01")
    city.file(city.now - DAY)
    city.now += KEPT_S - 1
    assert months.page("2026-01") == made
    assert months.within(Reach(grids=("310101",))).page("2026-01").made_at == city.now
    assert months.page("2026-01", anew=True).made_at == city.now
    city.file(city.now - DAY)
    city.now += KEPT_S
    assert months.page("2026-01").made_at == city.now


def test_a_month_of_which_nothing_has_changed_is_shown_for_a_day_by_whatever_process(
    city: City,
) -> None:
    made = city.months().page("2026-01")
    city.now += UNCHANGED_S - 1
    assert city.months().page("2026-01") == made
    city.now += 1
    assert city.months().page("2026-01").made_at == city.now


@pytest.mark.parametrize(
    ("is_ours", "is_changed", "after_s", "is_made"),
    [
        pytest.param(True, False, 1800.0, False, id="nothing has changed"),
        pytest.param(True, True, 1800.0, True, id="a case has come"),
        pytest.param(True, False, UNCHANGED_S, True, id="a day has passed"),
        pytest.param(False, True, UNCHANGED_S, False, id="another process does it"),
    ],
)
def test_the_last_month_s_page_is_made_by_one_process_where_something_has_changed(
    city: City, *, is_ours: bool, is_changed: bool, after_s: float, is_made: bool
) -> None:
    month = f"{datetime.fromtimestamp(city.now, CHINA).replace(day=1) - timedelta(days=1):%Y-%m}"
    first = city.months().page(month).made_at
    if is_changed:
        city.file(city.now)
    city.now += after_s
    city.months().renew(lambda: is_ours)
    with city.store.engine.connect() as connection:
        (kept,) = connection.execute(sa.select(month_page.c.made_at)).scalars()
    assert kept == (city.now if is_made else first)


def test_a_campaign_tells_how_permitted_places_were_used_before_during_and_after(
    city: City,
) -> None:
    square = Zone("square", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), ZoneKind.PERMITTED)
    gate = Camera("gate", "南门", Source(SourceKind.RTSP, "rtsp://cam/1"), None, (square,))
    one = Campaign("market", "夜市", date(2026, 1, 10), date(2026, 1, 11), camera="gate")
    before, during, _ = (period.start for period in one.stages)
    stalls = {before: 2, before + DAY: 0, during: 1}
    add_counts(
        city.store.engine,
        {
            ZoneSlot("gate", "square", slot_of(at)): Count(10, stalls=10 * n, stalled=10 * (n > 0))
            for at, n in stalls.items()
        },
    )
    foreseer = Foreseer(city.store.engine, lambda: city.now, cameras=lambda: [gate])
    (used,) = foreseer.outcome(one).used
    assert used.before is not None
    assert (used.before.share, used.before.stalls, used.before.days) == (0.5, 1.0, 2)
    assert used.during is not None
    assert (used.during.share, used.during.days) == (1.0, 1)
    assert used.after is None
    told = outcome_json(foreseer.outcome(one))["permitted"]
    assert told[0]["after"] is None
    assert told[0]["before"].items() >= {"share": 0.5, "days": 2, "looks": 20}.items()
    elsewhere = replace(one, camera=None, grid="310101*")
    assert foreseer.outcome(elsewhere).used == ()
