"""The demo street's script agrees with its zones."""

from importlib.resources import files

import numpy as np
import pytest
import yaml
from shapely.geometry import Point, Polygon

from streetwatch.datasets.demo import timeline
from streetwatch.datasets.demo.camera import View
from streetwatch.datasets.demo.compose_clip import layers_at


@pytest.fixture(scope="module")
def zones() -> dict[str, Polygon]:
    text = files("streetwatch.datasets.demo").joinpath("cameras.yaml").read_text("utf-8")
    (camera,) = yaml.safe_load(text)["cameras"]
    assert camera["id"] == timeline.CAMERA
    return {zone["id"]: Polygon(zone["polygon"]) for zone in camera["zones"]}


def _in_picture(spot: timeline.Spot, height_m: float) -> Point:
    x, y, _ = timeline.VIEW.project(np.array([(*spot, height_m)]))[0]
    return Point(x / timeline.VIEW.width, y / timeline.VIEW.height)


@pytest.mark.parametrize(
    ("zone", "spot", "height_m"),
    [
        pytest.param("carriageway", timeline.CAR_SPOT, 0.0, id="the stopped car"),
        pytest.param("pavement", timeline.STALL_SPOT, timeline.PAVEMENT_M, id="the stall"),
        pytest.param("pavement-garbage", timeline.HEAP_SPOT, timeline.PAVEMENT_M, id="the heap"),
    ],
)
def test_what_violates_stands_well_inside_its_zone(
    zones: dict[str, Polygon], zone: str, spot: timeline.Spot, height_m: float
) -> None:
    where = _in_picture(spot, height_m)

    assert zones[zone].contains(where)
    assert zones[zone].exterior.distance(where) > 0.03


def test_polygons_are_simple_and_lie_in_the_picture(zones: dict[str, Polygon]) -> None:
    for polygon in zones.values():
        assert polygon.is_valid
        assert all(0 <= bound <= 1 for bound in polygon.bounds)


def test_every_event_names_a_zone_and_lasts_longer_than_its_dwell(
    zones: dict[str, Polygon],
) -> None:
    assert {event.zone for event in timeline.EVENTS} == set(zones)
    assert all(event.end - event.start > 2 * event.dwell_s for event in timeline.EVENTS)


@pytest.mark.parametrize("clip_s", [0.0, timeline.DURATION_S - 1 / timeline.FPS])
def test_the_street_is_empty_where_the_loop_joins(clip_s: float) -> None:
    assert layers_at(clip_s) == []


def test_a_car_that_only_passes_is_never_in_the_zone(zones: dict[str, Polygon]) -> None:
    for leg in timeline.PASSING_LEGS:
        for clip_s in np.arange(leg.start, leg.end, 0.2):
            spot = leg.at(float(clip_s))
            assert not zones["carriageway"].contains(_in_picture(spot, 0.0))


def test_an_actor_never_jumps() -> None:
    legs = [*timeline.CAR_LEGS, *timeline.PASSING_LEGS, *timeline.STROLL_LEGS]
    for leg in legs:
        spots = np.array([leg.at(float(t)) for t in np.arange(leg.start, leg.end, 0.1)])
        assert np.linalg.norm(np.diff(spots, axis=0), axis=1).max() < 2.5


def test_the_projection_puts_the_point_looked_at_in_the_middle() -> None:
    view = View(at=(1.0, -4.0, 6.0), look_at=(2.0, 9.0, 1.0), width=640, height=360)

    x, y, depth = view.project(np.array([view.look_at]))[0]

    assert (x, y) == pytest.approx((320, 180))
    assert depth == pytest.approx(np.linalg.norm(np.subtract(view.look_at, view.at)))
