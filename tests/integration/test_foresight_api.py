"""Hot spots and coverage over HTTP, of a simulated city that fills a store."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from gates import open_gate
from http_parts import serving
from plain_http import client_of
from streetwatch.benchmarks.city_store import fill_with
from streetwatch.datasets.city.ground import cameras_yaml, grids_geojson
from streetwatch.datasets.city.life import City
from streetwatch.datasets.city.plan import Plan, Plant
from streetwatch.service.api.foresight.coverage import coverage_router
from streetwatch.service.api.foresight.hotspots import hotspots_router
from streetwatch.service.api.guard import Guard
from streetwatch.service.cameras import load_cameras
from streetwatch.service.desk.foresight.outlook import Outlook
from streetwatch.service.desk.grid.geojson import read_grids
from streetwatch.service.desk.grid.grids import Grids
from streetwatch.service.desk.reports.period import days
from streetwatch.service.foresight.cells import CellKind
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.sql_store import open_store

PLANTS = frozenset({Plant.HOT_SPOT, Plant.BLIND_SPOT})
CITY = City(Plan(seed=5, first=date(2026, 9, 1), days=28, districts=1, cameras=12, plants=PLANTS))
NOW = CITY.plan.start + 28 * 86_400 - 1.0
MONTH = {"from": "2026-09-15", "to": "2026-09-28"}


@pytest.fixture(scope="module")
def outlook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outlook]:
    folder = tmp_path_factory.mktemp("city")
    path = folder / "cameras.yaml"
    path.write_text(cameras_yaml(CITY.ground), encoding="utf-8")
    cameras = load_cameras(path, environ={})
    store = open_store(f"sqlite:///{folder}/city.db")
    fill_with(store.engine, CITY, on_day=lambda _: None)
    read = read_grids(json.dumps(grids_geojson(CITY.ground)).encode(), name="grids")
    Grids(store.engine).take(read, now=NOW)
    yield Outlook(store.engine, lambda: cameras, lambda: NOW)
    store.close()


@pytest.fixture(scope="module")
def http(outlook: Outlook) -> Iterator[httpx.Client]:
    api = FastAPI()
    api.include_router(hotspots_router(outlook))
    api.include_router(coverage_router(outlook))
    api.add_middleware(Guard, gate=open_gate(outlook.engine))
    with serving(api) as url, client_of(url) as client:
        yield client


def test_the_planted_hot_spot_comes_first_and_has_an_outline(http: httpx.Client) -> None:
    planted = {(one.grid, one.kind) for one in CITY.planted.effects}
    answer = http.get("/foresight/hot-spots", params=MONTH).json()
    first = answer["spots"][0]
    assert first["is_hot"]
    assert first["cell"] in {grid for grid, _ in planted}
    assert first["low"] < first["rate"] < first["high"]
    assert first["change"] is not None
    drawn = http.get("/foresight/hot-spots", params=MONTH | {"format": "geojson"}).json()
    assert {one["geometry"]["type"] for one in drawn["features"]} == {"Polygon"}


@pytest.mark.parametrize("path", ["hot-spots", "coverage"])
def test_what_is_found_can_be_taken_along(http: httpx.Client, path: str) -> None:
    def asked(form: str) -> httpx.Response:
        return http.get(f"/foresight/{path}", params=MONTH | {"format": form}).raise_for_status()

    rows = list(csv.DictReader(io.StringIO(asked("csv").text)))
    assert rows[0]["from"] == "2026-09-15"
    assert asked("geojson").headers["content-type"] == "application/geo+json"
    picture = Image.open(io.BytesIO(asked("png").content)).convert("RGB")
    assert len(picture.getcolors(1 << 24) or ()) > 5


def test_every_blind_grid_is_listed_with_its_reason_and_a_camera_is_put_there(
    http: httpx.Client,
) -> None:
    answer: dict[str, Any] = http.get("/foresight/coverage", params=MONTH).json()
    blind = {one["grid"]: one["blind"] for one in answer["grids"] if one["blind"]}
    assert blind == dict.fromkeys((block.code for block in CITY.ground.blind), "no_camera")
    lon, lat = CITY.ground.blind[0].at(0.5, 0.5)
    first = answer["next_cameras"][0]
    assert (first["lon"], first["lat"]) == pytest.approx((lon, lat), abs=0.0004)
    assert 0 < first["low"] < first["gain"] < first["high"]
    sites = http.get("/foresight/coverage", params=MONTH | {"format": "csv", "of": "sites"}).text
    assert sites.splitlines()[0].endswith("chosen_by,n,gain_a_month,low,high")


def test_whoever_is_limited_knows_of_their_part_only(outlook: Outlook) -> None:
    period = days(date(2026, 9, 15), date(2026, 9, 28))
    mine = CITY.ground.posts[0].block.code
    theirs = outlook.within(Reach.of(None, [mine]))
    spots = theirs.hot_spots(period, kind=CellKind.GRID)
    assert [cell.id for cell in spots.cells] == [mine]
    assert [one.grid for one in theirs.coverage(period, most=5).grids] == [mine]


def test_days_to_come_are_left_out(outlook: Outlook) -> None:
    found = outlook.hot_spots(days(date(2026, 9, 20), date(2026, 10, 20)), kind=CellKind.HEXAGON)
    assert found.period.last == date(2026, 9, 28)
    assert found.days == 9


def test_a_period_that_takes_too_long_is_refused(http: httpx.Client) -> None:
    for path in ("hot-spots", "coverage"):
        answer = http.get(f"/foresight/{path}", params={"from": "2024-01-01", "to": "2026-01-01"})
        assert answer.status_code == 422
        assert answer.json()["detail"] == ["732 days are asked for: ask for 366 or fewer"]
