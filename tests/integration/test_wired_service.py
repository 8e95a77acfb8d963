"""The API as the service wires it, asked what its parts are not asked by themselves."""

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest

from filed import NOON
from http_parts import serving
from plain_http import client_of
from streetwatch.service.app import Service
from streetwatch.service.settings import Settings
from streetwatch.service.site import api_of
from waiting import PATIENCE_S

#: Of bodies in general; those that may be larger say so themselves.
USUAL_LIMIT = 1_000_000


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = Settings.model_validate(
        {"data_dir": tmp_path_factory.mktemp("service"), "access": {"api": "open"}}
    )
    service = Service(settings, cameras=(), clock=lambda: NOON)
    with serving(api_of(service)) as url, client_of(url) as client:
        yield client
    service.store.close()


def a_large_picture(folder: Path) -> Path:
    """Write a JPEG as large as a phone's: noise can't be made smaller."""
    noise = np.random.default_rng(1).integers(0, 255, (1500, 1500, 3), dtype=np.uint8)
    path = folder / "street.jpg"
    cv2.imwrite(str(path), noise)
    assert path.stat().st_size > 2 * USUAL_LIMIT
    return path


def test_a_picture_as_large_as_a_phones_is_taken(http: httpx.Client, tmp_path: Path) -> None:
    told = {"reporter": "12345", "id": "large", "lon": "121.47", "lat": "31.23"}
    with a_large_picture(tmp_path).open("rb") as picture:
        answer = http.post("/observations", data=told, files={"picture": picture})
    assert answer.status_code == 201, answer.text


def test_the_grids_of_a_whole_city_are_taken_at_once(http: httpx.Client) -> None:
    ring = [[121.4, 31.2], [121.5, 31.2], [121.5, 31.3], [121.4, 31.2]]
    grid = {
        "type": "Feature",
        "properties": {"grid_code": "310101001001001", "name": "网格"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    drawn = json.dumps({"type": "FeatureCollection", "features": [grid]})
    answer = http.put("/desk/grids", content=drawn + " " * 2 * USUAL_LIMIT)
    assert answer.status_code == 200, answer.text


def test_a_report_in_words_alone_is_filed(http: httpx.Client) -> None:
    told = {"reporter": "12345", "id": "words", "lon": 121.47, "lat": 31.23, "note": "垃圾"}
    answer = http.post("/observations", json=told)
    assert answer.status_code == 201, answer.text
    case = http.get(f"/desk/cases/{answer.json()['external_id']}").json()
    assert case["suggestion"] == "service"


@pytest.mark.parametrize("path", ["/desk/cases", "/desk/moves", "/callbacks/city"])
def test_other_bodies_are_refused_where_they_are_larger_than_any_that_is_right(
    http: httpx.Client, path: str
) -> None:
    assert http.post(path, content=b" " * (USUAL_LIMIT + 1)).status_code == 413


def test_a_node_tells_how_many_cameras_it_has(tmp_path: Path) -> None:
    settings = Settings.model_validate(
        {"data_dir": tmp_path, "access": {"api": "open"}, "node": {"id": "north-1"}}
    )
    service = Service(settings, cameras=(), clock=lambda: NOON)
    with serving(api_of(service)) as url:
        assert (
            "streetwatch_node_cameras 0.0" in httpx.get(f"{url}/metrics", timeout=PATIENCE_S).text
        )
    service.store.close()
