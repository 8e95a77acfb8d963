"""Coordinates of Chinese web maps, against pairs that others have published."""

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.service.config.target_values import MapCrs
from streetwatch.service.delivery.coordinates import (
    Point,
    bd09,
    earth_of,
    gcj02,
    gcj_of,
    in_china,
    on_map,
)
from streetwatch.zones.place import Crs, Place

CHINA = st.builds(Point, st.floats(73.6, 135.0), st.floats(18.2, 53.5))


def metres(one: Point, other: Point) -> float:
    """How far apart two near points are."""
    east = (one.lon - other.lon) * 111_320 * cos(radians(one.lat))
    return hypot(east, (one.lat - other.lat) * 110_950)


@pytest.mark.parametrize(
    ("earth", "gcj"),
    [
        # the tests of eviltransform
        pytest.param((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597), id="上海"),
        pytest.param((113.912316, 22.543847), (113.9171764808363, 22.540796131694766), id="深圳"),
        pytest.param((116.377817, 39.911954), (116.38404722455657, 39.91334545536069), id="北京"),
        # the README of coordtransform
        pytest.param(
            (116.404, 39.915), (116.41024449916938, 39.91640428150164), id="北京, coordtransform"
        ),
        # the tests of geotool
        pytest.param(
            (121.0917077, 30.6107779), (121.09626935575027, 30.608604331756705), id="嘉兴, geotool"
        ),
    ],
)
def test_gcj02_is_what_others_publish(earth: tuple[float, float], gcj: tuple[float, float]) -> None:
    assert metres(gcj02(Point(*earth)), Point(*gcj)) < 0.05
    assert metres(earth_of(Point(*gcj)), Point(*earth)) < 0.05


@pytest.mark.parametrize(
    ("gcj", "bd"),
    [
        pytest.param(
            (116.404, 39.915), (116.41036949371029, 39.92133699351021), id="coordtransform"
        ),
        pytest.param(
            (121.09626935575027, 30.608604331756705),
            (121.10271732371203, 30.61484572185035),
            id="geotool",
        ),
    ],
)
def test_bd09_is_what_others_publish(gcj: tuple[float, float], bd: tuple[float, float]) -> None:
    assert metres(bd09(Point(*gcj)), Point(*bd)) < 0.05
    assert metres(gcj_of(Point(*bd)), Point(*gcj)) < 0.05


@pytest.mark.parametrize(
    "abroad",
    [
        pytest.param(Point(-104.9903, 39.7392), id="Denver"),
        pytest.param(Point(153.0251, -27.4698), id="Brisbane"),
        pytest.param(Point(-43.1729, -22.9068), id="Rio de Janeiro"),
        pytest.param(Point(139.767, 35.681), id="Tokyo"),
    ],
)
def test_outside_china_gcj02_is_wgs84(abroad: Point) -> None:
    assert gcj02(abroad) == abroad
    assert earth_of(abroad) == abroad


@given(CHINA)
def test_there_and_back_is_where_it_was(earth: Point) -> None:
    assert metres(earth_of(gcj02(earth)), earth) < 0.01
    assert metres(earth_of(gcj_of(bd09(gcj02(earth)))), earth) < 0.01


@given(CHINA)
def test_inside_china_gcj02_lies_hundreds_of_metres_off(earth: Point) -> None:
    assert in_china(earth)
    assert 10 < metres(gcj02(earth), earth) < 1500


@pytest.mark.parametrize(
    ("crs", "lon"),
    [
        pytest.param(MapCrs.WGS84, 121.0917077, id="wgs84"),
        pytest.param(MapCrs.CGCS2000, 121.0917077, id="cgcs2000"),
        pytest.param(MapCrs.GCJ02, 121.0962694, id="gcj02"),
        pytest.param(MapCrs.BD09, 121.1027173, id="bd09"),
    ],
)
def test_a_place_stands_on_each_map_where_that_map_has_it(crs: MapCrs, lon: float) -> None:
    assert on_map(Place(121.0917077, 30.6107779, Crs.CGCS2000), crs).lon == pytest.approx(
        lon, abs=1e-6
    )
