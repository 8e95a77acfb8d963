"""Calibration: pictures of known ground."""

from math import cos, radians, sin

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from streetwatch.zones.calibration import Calibration, Quad, calibrated, problem
from streetwatch.zones.ground import MapPoint, distance_m

HERE = MapPoint(121.47, 31.23)
SIZE = (1920, 1080)

#: A rectangle of street, 7 m by 20 m, as a camera above its near end sees it.
IMAGE: Quad = ((0.1, 0.9), (0.9, 0.9), (0.65, 0.45), (0.35, 0.45))
STREET = ((0.0, 0.0), (7.0, 0.0), (7.0, 20.0), (0.0, 20.0))


def on_map(*metres: tuple[float, float]) -> tuple[MapPoint, ...]:
    return tuple(HERE.moved(one) for one in metres)


def street() -> Calibration:
    return calibrated(IMAGE, on_map(*STREET))


@pytest.mark.parametrize(
    ("point", "metres"),
    [
        pytest.param((0.1, 0.9), (0.0, 0.0), id="the first corner"),
        pytest.param((0.65, 0.45), (7.0, 20.0), id="the third corner"),
        pytest.param((0.5, 0.9), (3.5, 0.0), id="halfway along the near edge"),
    ],
)
def test_a_point_of_the_picture_has_its_place(
    point: tuple[float, float], metres: tuple[float, float]
) -> None:
    assert street().metres(point) == pytest.approx(metres, abs=1e-6)
    found = street().on_map(point)
    assert found is not None
    assert distance_m(found, HERE.moved(metres)) < 1e-6


def test_the_middle_of_the_ground_is_where_the_diagonals_cross() -> None:
    # Diagonals stay straight in the picture: from IMAGE they cross at x 0.5, y 0.9 - 0.3 * 4 / 3.8.
    found = street().metres((0.5, 0.9 - 0.8 * 0.45 / 1.1))
    assert found == pytest.approx((3.5, 10.0), abs=1e-6)


def test_above_the_horizon_there_is_no_ground() -> None:
    # The street's edges meet at y = 0.9 - 0.8 * 0.45 / 0.5.
    assert street().on_map((0.5, 0.19)) is not None
    assert street().on_map((0.5, 0.17)) is None


def test_a_box_stands_where_its_lower_edge_is() -> None:
    box = (0.1 * 1920, 300.0, 0.9 * 1920, 0.9 * 1080)
    found = street().footprint(box, SIZE)
    assert found is not None
    assert distance_m(found.at, HERE.moved((3.5, 0.0))) < 1e-6
    assert found.width_m == pytest.approx(7.0, abs=1e-6)


def test_near_the_horizon_nobody_knows_where_a_box_stands() -> None:
    far = (900.0, 180.0, 1000.0, 0.2 * 1080)
    assert street().on_map((0.5, 0.2)) is not None
    assert street().footprint(far, SIZE) is None


def moved(row: int, to: tuple[float, float]) -> Quad:
    points = [*IMAGE]
    points[row] = to
    return (points[0], points[1], points[2], points[3])


WRONG = {
    "crossing picture": (
        (IMAGE[0], IMAGE[2], IMAGE[1], IMAGE[3]),
        STREET,
        "image points cross or repeat",
    ),
    "a point twice": (moved(1, IMAGE[0]), STREET, "image points"),
    "three on a line": (moved(1, (0.375, 0.675)), STREET, "three of the image points"),
    "a dent": (moved(2, (0.4, 0.8)), STREET, "three of the image points"),
    "tiny in the picture": (
        ((0.5, 0.5), (0.51, 0.5), (0.51, 0.51), (0.5, 0.51)),
        STREET,
        "less than 0.1 % of the picture",
    ),
    "tiny on the ground": (
        IMAGE,
        ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
        "less than 2 m2",
    ),
    "crossing ground": (IMAGE, (STREET[0], STREET[2], STREET[1], STREET[3]), "ground points cross"),
    "mirrored": (IMAGE, ((0.0, 0.0), (-7.0, 0.0), (-7.0, 20.0), (0.0, 20.0)), "mirrored"),
    "a kilometre off": (
        IMAGE,
        (STREET[0], STREET[1], STREET[2], (0.0, 2_000.0)),
        "more than 1000 m apart: longitude first",
    ),
}


@pytest.mark.parametrize(("image", "ground", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_fixes_no_ground_is_told(
    image: Quad, ground: tuple[tuple[float, float], ...], said: str
) -> None:
    found = problem(image, on_map(*ground))
    assert found is not None
    assert said in found
    with pytest.raises(ValueError, match=said):
        calibrated(image, on_map(*ground))


@st.composite
def cameras(draw: st.DrawFn) -> np.ndarray:
    """A pinhole camera on a pole: height, tilt and heading; where it stands is the origin."""
    height = draw(st.floats(3.0, 15.0))
    tilt = radians(draw(st.floats(10.0, 60.0)))
    heading = radians(draw(st.floats(0.0, 360.0)))
    return np.array([height, tilt, heading])


def seen(camera: np.ndarray, east: float, north: float) -> tuple[float, float]:
    """Where a camera sees a point of the ground: 0..1 of the picture, x right, y down."""
    height, tilt, heading = camera.tolist()
    ahead = east * sin(heading) + north * cos(heading)
    right = east * cos(heading) - north * sin(heading)
    depth = ahead * cos(tilt) + height * sin(tilt)
    down = height * cos(tilt) - ahead * sin(tilt)
    return 0.5 + right / depth, 0.5 + down / depth


def corners(camera: np.ndarray, near: float, far: float, half: float) -> list[tuple[float, float]]:
    """A rectangle of ground before the camera, clockwise from near left, east and north."""
    heading = camera[2]
    return [
        (
            ahead * sin(heading) + right * cos(heading),
            ahead * cos(heading) - right * sin(heading),
        )
        for ahead, right in ((near, -half), (far, -half), (far, half), (near, half))
    ]


@given(cameras(), st.floats(-5.0, 5.0), st.floats(8.0, 35.0))
def test_a_camera_is_undone(camera: np.ndarray, right: float, ahead: float) -> None:
    ground = corners(camera, near=8.0, far=30.0, half=4.0)
    image = [seen(camera, *one) for one in ground]
    assume(all(0 <= value <= 1 for point in image for value in point))
    quad = (image[0], image[1], image[2], image[3])
    assume(problem(quad, on_map(*ground)) is None)
    made = calibrated(quad, on_map(*ground))
    heading = camera[2]
    where = (
        ahead * sin(heading) + right * cos(heading),
        ahead * cos(heading) - right * sin(heading),
    )
    found = made.on_map(seen(camera, *where))
    assert found is not None
    assert distance_m(found, HERE.moved(where)) < 1e-3


@given(
    st.floats(-179, 179),
    st.floats(-80, 80),
    st.floats(-500, 500),
    st.floats(-500, 500),
)
def test_metres_and_degrees_are_each_others_inverse(
    lon: float, lat: float, east: float, north: float
) -> None:
    start = MapPoint(lon, lat)
    assert start.metres_to(start.moved((east, north))) == pytest.approx((east, north), abs=1e-3)


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        # A degree on the WGS-84 ellipsoid, as tables have it.
        pytest.param(MapPoint(0, -0.5), MapPoint(0, 0.5), 110_574.3, id="latitude at the equator"),
        pytest.param(MapPoint(0, 0), MapPoint(1, 0), 111_319.5, id="longitude at the equator"),
        pytest.param(MapPoint(0, 44.5), MapPoint(0, 45.5), 111_131.8, id="latitude at 45"),
        pytest.param(MapPoint(0, 45), MapPoint(1, 45), 78_846.8, id="longitude at 45"),
    ],
)
def test_a_degree_is_as_long_as_tables_say(one: MapPoint, other: MapPoint, metres: float) -> None:
    assert distance_m(one, other) == pytest.approx(metres, abs=0.5)
