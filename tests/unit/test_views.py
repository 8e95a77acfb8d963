"""Which violations that several cameras see are one."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from filed import NOON, an_incident
from streetwatch.service.incidents.case import Case, Occasion, Site, message
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.incidents.views import case_of, is_seen_by_another, placed
from streetwatch.zones.calibration import calibrated
from streetwatch.zones.ground import MapPoint
from streetwatch.zones.place import Place

HERE = MapPoint(121.47, 31.23)


def seen(
    camera: str,
    east: float = 0.0,
    *,
    width_m: float | None = 2.0,
    **changes: Any,  # noqa: ANN401 -- any field
) -> Incident:
    """A violation that a camera sees so many metres east of here, from 60 s ago until now."""
    place = HERE.moved((east, 0.0))
    facts = {"id": camera, "camera_id": camera, "lon": place.lon, "lat": place.lat}
    return an_incident(**(facts | {"width_m": width_m} | changes))


OPENING = seen("gate")

TABLE = {
    "at the same place": ([seen("kerb")], "kerb"),
    "a car's length away": ([seen("kerb", 4.5)], "kerb"),
    "two cars' length away": ([seen("kerb", 9.0)], None),
    "as far away as a large heap is wide": ([seen("kerb", 9.0, width_m=10.0)], "kerb"),
    "of unknown width, near": ([seen("kerb", 14.0, width_m=None)], "kerb"),
    "of unknown width, too far": ([seen("kerb", 16.0, width_m=None)], None),
    "however wide, too far": ([seen("kerb", 16.0, width_m=40.0)], None),
    "of another type": ([seen("kerb", type="exposed_garbage")], None),
    "of the same camera": ([seen("gate", id="first")], None),
    "by a camera that can't tell where": ([seen("kerb", lon=None, lat=None)], None),
    "not told yet": ([seen("kerb", state=State.CANDIDATE)], None),
    "gone": ([seen("kerb", state=State.CLEARED)], None),
    "closed by the platform": ([seen("kerb", state=State.CLOSED)], None),
    "before it came": ([seen("kerb", first_seen=NOON - 900, last_seen=NOON - 600)], None),
    "out of its own camera's sight": ([seen("kerb", left_at=NOON - 5)], None),
}


@pytest.mark.parametrize(("views", "case"), TABLE.values(), ids=TABLE.keys())
def test_a_violation_is_a_view_of_a_case_that_another_camera_has(
    views: list[Incident], case: str | None
) -> None:
    assert case_of(OPENING, [views]) == case


def test_a_violation_is_a_view_of_the_nearest_case_in_any_order() -> None:
    cases = [[seen("kerb", 4.0)], [seen("roof", 1.0)], [seen("pole", -3.0)]]
    assert {case_of(OPENING, order) for order in permutations(cases)} == {"roof"}


def test_what_a_camera_sees_beside_its_own_view_of_a_case_is_another_violation() -> None:
    case = [seen("kerb"), seen("gate", 0.5, id="first", duplicate_of="kerb")]
    assert case_of(OPENING, [case]) is None
    left = [case[0], replace(case[1], state=State.CLEARED)]
    assert case_of(OPENING, [left]) == "kerb"


def test_a_third_camera_finds_a_case_by_its_second_view() -> None:
    case = [
        seen("kerb", -4.0, left_at=NOON),
        seen("roof", 1.0, duplicate_of="kerb"),
    ]
    assert case_of(OPENING, [case]) == "kerb"


@pytest.mark.parametrize(
    ("others", "stands"),
    [
        pytest.param([], False, id="nobody else"),
        pytest.param([seen("gate")], True, id="another camera"),
        pytest.param([seen("gate", state=State.CLEARED)], False, id="one that saw it go"),
        pytest.param([seen("gate", left_at=NOON)], False, id="one that lost it"),
    ],
)
def test_a_case_stands_while_another_camera_sees_it(
    others: list[Incident], *, stands: bool
) -> None:
    mine = seen("kerb")
    assert is_seen_by_another(mine, [mine, *others]) is stands


def test_an_incident_is_where_its_box_touches_the_ground() -> None:
    metres = ((0.0, 0.0), (20.0, 0.0), (20.0, 20.0), (0.0, 20.0))
    corners = ((0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0))
    above = calibrated(corners, tuple(HERE.moved(one) for one in metres))
    found = placed(an_incident(bbox=(90.0, 20.0, 110.0, 100.0)), above, (200, 200))
    assert found.width_m == pytest.approx(2.0, abs=1e-3)
    assert found.lon is not None
    assert found.lat is not None
    assert HERE.metres_to(MapPoint(found.lon, found.lat)) == pytest.approx((10.0, 10.0), abs=1e-3)
    assert placed(an_incident(), None, (200, 200)) == an_incident()


@pytest.mark.parametrize(
    ("incident", "site", "place"),
    [
        pytest.param(an_incident(), Place(1.0, 2.0), Place(1.0, 2.0), id="the camera's"),
        pytest.param(an_incident(), None, None, id="nobody's"),
        pytest.param(an_incident(lon=3.0, lat=4.0), None, Place(3.0, 4.0), id="its own"),
        pytest.param(
            an_incident(lon=3.0, lat=4.0),
            Place(1.0, 2.0, grid_code="310101001001001"),
            Place(3.0, 4.0, grid_code="310101001001001"),
            id="its own in the camera's grid",
        ),
    ],
)
def test_a_case_is_where_its_violation_is_as_far_as_anyone_knows(
    incident: Incident, site: Place | None, place: Place | None
) -> None:
    assert Case(incident, Site("kerb", "kerb", site), ()).place == place


def test_a_view_brings_its_pictures_under_a_key_of_its_own() -> None:
    case = Case(an_incident(), Site("kerb", "kerb", None), ())
    keys = {message(Occasion.EVIDENCE, case, view=view).key for view in ("", "b", "c")}
    assert len(keys) == 3
