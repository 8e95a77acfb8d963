"""Blind spots have a reason, and the next camera is put where most is told of that nobody sees."""

from collections.abc import Sequence

import numpy as np
import pytest

from streetwatch.service.foresight.coverage import (
    Blind,
    Covered,
    Reports,
    Stand,
    coverage,
    next_cameras,
)

LON, LAT = 121.47, 31.23
BOTH = frozenset({"parking", "vending"})

#: Degrees of latitude.
A_METRE = 1 / 111_195.0


def told(*cases: tuple[float, str, str, float]) -> Reports:
    """Cases at so many metres to the north, of a grid and type, at a time."""
    north, grids, types, at = zip(*cases, strict=True)
    lat = LAT + np.array(north) * A_METRE
    return Reports(np.array(at), np.full(len(cases), LON), lat, grids, types)


def stand(
    grid: str = "g1", north: float = 0.0, hours: float = 100.0, types: frozenset[str] = BOTH
) -> Stand:
    return Stand(LON, LAT + north * A_METRE, grid, hours, types, found=7)


def grids(stands: Sequence[Stand], reports: Reports) -> dict[str, Covered]:
    return {one.grid: one for one in coverage(stands, reports, hours=100.0, grids=["g9"])}


THREE = told(*[(10.0, "g1", "parking", 0.0)] * 3)


@pytest.mark.parametrize(
    ("stands", "reports", "blind"),
    [
        pytest.param([stand()], THREE, None, id="a camera near"),
        pytest.param([], THREE, Blind.NO_CAMERA, id="no camera"),
        pytest.param([stand("g2")], THREE, Blind.NO_CAMERA, id="a camera in another grid"),
        pytest.param([stand(hours=9.0)], THREE, Blind.NOT_LOOKED, id="hardly looked at"),
        pytest.param(
            [stand(types=frozenset({"vending"}))], THREE, Blind.OTHER_TYPES, id="other types"
        ),
        pytest.param([stand(north=300.0)], THREE, Blind.ELSEWHERE, id="far away"),
        pytest.param(
            [], told(*[(10.0, "g1", "parking", 0.0)] * 2), None, id="told of too rarely to say"
        ),
    ],
)
def test_a_blind_spot_has_its_reason(
    stands: list[Stand], reports: Reports, blind: Blind | None
) -> None:
    assert grids(stands, reports)["g1"].blind is blind


def test_grids_without_anything_are_listed_and_blind_ones_come_first() -> None:
    rows = coverage([stand("g2")], THREE, hours=100.0, grids=["g0", "g9"])
    assert [one.grid for one in rows] == ["g1", "g0", "g2", "g9"]
    assert (rows[2].cameras, rows[2].found, rows[2].told) == (1, 7, 0)


def test_the_next_camera_is_chosen_by_the_first_half_and_counted_in_the_second() -> None:
    month = 30 * 86_400.0
    early = [(500.0, "g1", "parking", 1.0)] * 6 + [(900.0, "g1", "parking", 2.0)] * 4
    late = [(510.0, "g1", "parking", month - 1)] * 3 + [(1500.0, "g1", "parking", month - 1)] * 9
    sites = next_cameras([stand()], told(*early, *late), start=0.0, end=month, most=5)
    assert [(one.chosen_by, one.n, one.gain) for one in sites] == [(6, 3, 6.0), (4, 0, 0.0)]
    assert sites[0].low == pytest.approx(2 * 0.6187, rel=1e-3)
    assert sites[0].high == pytest.approx(2 * 8.7673, rel=1e-3)
    assert sites[0].lat == pytest.approx(LAT + 500 * A_METRE, abs=30 * A_METRE)


def test_what_a_camera_sees_already_calls_for_none() -> None:
    assert next_cameras([stand()], THREE, start=0.0, end=86_400.0, most=5) == ()


def test_a_case_that_is_nowhere_is_near_nothing() -> None:
    nowhere = Reports(np.zeros(3), np.full(3, np.nan), np.full(3, np.nan), ["g1"] * 3, ["x"] * 3)
    assert grids([stand()], nowhere)["g1"].near == 0
    assert next_cameras([], nowhere, start=0.0, end=86_400.0, most=5) == ()
