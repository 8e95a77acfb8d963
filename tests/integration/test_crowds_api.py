"""Crowds and permitted places over HTTP."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from gates import open_gate
from http_parts import serving
from plain_http import client_of
from streetwatch.service.api.foresight.crowds import crowds_router
from streetwatch.service.api.guard import Guard
from streetwatch.service.cameras import Camera
from streetwatch.service.desk.foresight.crowds import Crowds
from streetwatch.service.foresight.crowd_level import Levels
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.crowds import Crowd, warn
from streetwatch.service.store.sql_store import open_store
from streetwatch.service.store.zone_counts import Count, ZoneSlot, add_counts, slot_of
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.zones.zone import Zone, ZoneKind

MONDAY: Final = 1_772_380_800.0  # 2026-03-02, midnight in China
HOUR_S, DAY_S = 3600.0, 86_400.0
NOW: Final = MONDAY + 28 * DAY_S
LAST_DAY: Final = {"from": "2026-03-29", "to": "2026-03-29"}
MONTH: Final = {"from": "2026-03-02", "to": "2026-03-29"}
WHOLE: Final = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def _camera(name: str, *kinds: ZoneKind) -> Camera:
    zones = tuple(Zone(kind.value, WHOLE, kind) for kind in kinds)
    return Camera(name, name.title(), Source(SourceKind.RTSP, "rtsp://cam/1"), None, zones)


CAMERAS: Final = (
    _camera("gate", ZoneKind.PERMITTED, ZoneKind.EXCLUDE),
    _camera("quay", ZoneKind.PROHIBITED),
)
CROWD: Final = Crowd(
    "gate/permitted/1",
    "gate",
    "permitted",
    warned_at=NOW - 5 * HOUR_S,
    people=17.0,
    usual=4.0,
    heads_to=24.5,
    level=20.0,
    is_usual=False,
    peak=26.0,
    peak_at=NOW - 4 * HOUR_S,
)


@pytest.fixture(scope="module")
def crowds() -> Iterator[Crowds]:
    store = open_store("sqlite://")
    counts = {
        ZoneSlot("gate", "permitted", slot_of(MONDAY + hour * HOUR_S)): Count(
            10, 40, 6, 10 * (hour % 24 == 19), 5 * (hour % 24 == 19)
        )
        for hour in range(28 * 24)
    }
    add_counts(store.engine, counts)
    warn(store.engine, CROWD, None)
    warn(store.engine, replace(CROWD, id="quay/prohibited/1", camera_id="quay"), None)
    yield Crowds(store.engine, lambda: CAMERAS, lambda: NOW, Levels({"gate/*": 20.0}))
    store.close()


@pytest.fixture(scope="module")
def http(crowds: Crowds) -> Iterator[httpx.Client]:
    api = FastAPI()
    api.include_router(crowds_router(crowds))
    api.add_middleware(Guard, gate=open_gate(crowds.engine))
    with serving(api) as url, client_of(url) as client:
        yield client


def _rows(answer: httpx.Response) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(answer.raise_for_status().text)))


def test_crowds_are_listed_with_the_zones_in_which_is_counted(http: httpx.Client) -> None:
    answer = http.get("/foresight/crowds", params=LAST_DAY).json()
    assert [one["id"] for one in answer["crowds"]] == ["gate/permitted/1", "quay/prohibited/1"]
    first = answer["crowds"][0]
    assert (first["people"], first["usual"], first["ended_at"]) == (17.0, 4.0, None)
    assert first["warned_at"] == "2026-03-29T19:00:00.000+08:00"
    zones = [(one["camera"], one["zone"], one["level"]) for one in answer["zones"]]
    assert zones == [("gate", "permitted", 20.0), ("quay", "prohibited", None)]
    rows = _rows(http.get("/foresight/crowds", params=LAST_DAY | {"format": "csv"}))
    assert rows[0]["peak"] == "26.0"


def test_a_zone_s_course_stands_beside_what_is_usual(http: httpx.Client) -> None:
    way = "/foresight/crowds/gate/permitted"
    answer = http.get(way, params=LAST_DAY).json()
    assert len(answer["slots"]) == 24
    assert answer["slots"][0] == {
        "at": "2026-03-29T00:00:00.000+08:00",
        "looks": 10,
        "people": 4.0,
        "most": 6,
        "usual": 4.0,
        "high": 10.0,
        "n": 4,
        "source": "hour_of_week",
    }
    assert (answer["level"], len(answer["usual"]), len(answer["crowds"])) == (20.0, 168, 1)
    assert len(_rows(http.get(way, params=LAST_DAY | {"format": "csv"}))) == 24
    png = http.get(way, params=LAST_DAY | {"format": "png"}).raise_for_status().content
    assert len(Image.open(io.BytesIO(png)).convert("RGB").getcolors(1 << 24) or ()) > 5


def test_permitted_places_are_used_by_weekday_and_hour(http: httpx.Client) -> None:
    (place,) = http.get("/foresight/occupancy", params=MONTH).json()["places"]
    assert place["all"]["share"] == pytest.approx(0.5 / 24, rel=1e-4)
    assert (place["all"]["looks"], place["all"]["days"]) == (28 * 240, 28)
    seven = next(one for one in place["hours"] if (one["weekday"], one["hour"]) == ("sat", 19))
    assert (seven["share"], seven["stalls"], seven["days"]) == (0.5, 1.0, 4)
    rows = _rows(http.get("/foresight/occupancy", params=MONTH | {"format": "csv"}))
    assert len(rows) == 1 + 168
    assert rows[0]["weekday"] == ""


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        pytest.param("crowds/gate/exclude", LAST_DAY, 404, id="nobody is counted there"),
        pytest.param("crowds/gate/nowhere", LAST_DAY, 404, id="no such zone"),
        pytest.param("crowds/gate/permitted", {"from": "2026-01-01", "to": "2026-03-29"}, 422),
        pytest.param("occupancy", {"from": "2024-01-01", "to": "2026-03-29"}, 422, id="two years"),
    ],
)
def test_a_question_without_an_answer_is_refused(
    http: httpx.Client, path: str, asked: dict[str, str], status: int
) -> None:
    answer = http.get(f"/foresight/{path}", params=asked)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_whoever_is_limited_knows_of_their_part_only(crowds: Crowds) -> None:
    theirs = crowds.within(Reach.of(["quay"], None))
    assert [one.camera_id for one in theirs.now()] == ["quay"]
    assert [one.name for one in theirs.places()] == ["quay/prohibited"]
