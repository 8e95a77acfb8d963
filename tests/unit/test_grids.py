"""Unit grids: what a file must be, and what a point finds."""

import json
from typing import Any

import pytest
import shapely

from filed import NOON
from streetwatch.service.desk.draft import Draft
from streetwatch.service.desk.grid.geojson import GridFileError, read_grids
from streetwatch.service.desk.grid.intake import placed
from streetwatch.service.desk.grid.layer import GridLayer
from streetwatch.service.desk.grid.unit import UnitGrid, Worker, authority_of
from streetwatch.zones.schedule import Schedule, Window

CODE = "310101001001001"
SQUARE = [[[121.0, 31.0], [121.01, 31.0], [121.01, 31.01], [121.0, 31.01], [121.0, 31.0]]]


def feature(code: str = CODE, coordinates: Any = SQUARE, **properties: Any) -> dict[str, Any]:  # noqa: ANN401
    kind = "MultiPolygon" if isinstance(coordinates[0][0][0], list) else "Polygon"
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": {"grid_code": code, **properties},
    }


def east(by: float) -> list[list[list[float]]]:
    """The square, moved."""
    return [[[lon + by, lat] for lon, lat in ring] for ring in SQUARE]


def file(*features: dict[str, Any], **more: Any) -> str:  # noqa: ANN401
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


def test_a_grid_is_read_with_its_workers_and_authorities() -> None:
    worker = {
        "id": "w-7",
        "name": "李娜",
        "schedule": [{"days": "mon-fri", "from": "08:00", "to": "20:00"}],
    }
    read = read_grids(
        file(feature(name="东里", workers=[worker], authorities={"road": "traffic_police"})),
        name="g",
    )
    (grid,) = read.grids
    assert (grid.code, grid.name, grid.authorities) == (CODE, "东里", {"road": "traffic_police"})
    assert grid.workers[0].name == "李娜"
    assert grid.workers[0].schedule.windows == (Window(frozenset(range(5)), 480, 1200),)


@pytest.mark.parametrize(
    "crs", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4490", "EPSG:4326"]
)
def test_degrees_of_wgs84_and_cgcs2000_are_taken(crs: str) -> None:
    named = {"type": "name", "properties": {"name": crs}}
    assert len(read_grids(file(feature(), crs=named), name="g").grids) == 1


BOW_TIE = [[[121.0, 31.0], [121.01, 31.01], [121.01, 31.0], [121.0, 31.01], [121.0, 31.0]]]
WRONG = {
    "no JSON": ("{", "g: no JSON"),
    "no collection": (json.dumps(feature()), "type"),
    "no grids": (file(), "features"),
    "a number for a code": (file(feature(310101001001001)), "grid_code"),  # type: ignore[arg-type]
    "14 digits": (file(feature("31010100100100")), "write 15 digits in quotes"),
    "18 digits": (file(feature("310101001001001001")), "write 15 digits in quotes"),
    "Arabic-Indic digits": (file(feature("٣" * 15)), "write 15 digits in quotes"),
    "a code twice": (file(feature(), feature()), f"{CODE} stands here 2 times"),
    "an open ring": (file(feature(coordinates=[SQUARE[0][:-1]])), "not closed"),
    "three positions": (file(feature(coordinates=[SQUARE[0][:3]])), "at least 4 positions"),
    "a bow tie": (file(feature(coordinates=BOW_TIE)), "no sound area (Self-intersection"),
    "lat before lon": (
        file(feature(coordinates=[[[lat, lon] for lon, lat in SQUARE[0]]])),
        "is [lat, lon]: write [lon, lat]",
    ),
    "metres": (
        file(feature(coordinates=[[[lon * 4000, lat * 90000] for lon, lat in SQUARE[0]]])),
        "not in degrees",
    ),
    "another system": (
        file(feature(), crs={"properties": {"name": "EPSG:4547"}}),
        "crs is not WGS-84",
    ),
    "a point": (
        file({**feature(), "geometry": {"type": "Point", "coordinates": [121.0, 31.0]}}),
        "write a Polygon",
    ),
    "text for a number": (file(feature(coordinates=[[["121", 31]] * 4])), "not a number"),
    "an unknown surface": (file(feature(authorities={"roof": "x"})), "write one of"),
    "a worker with a phone": (file(feature(workers=[{"id": "a", "phone": "139"}])), "phone"),
    "a worker's hours": (
        file(feature(workers=[{"id": "a", "schedule": [{"from": "8", "to": "09:00"}]}])),
        "no time of day",
    ),
}


@pytest.mark.parametrize(("content", "problem"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_file_is_refused_with_what_and_where(content: str, problem: str) -> None:
    with pytest.raises(GridFileError) as refused:
        read_grids(content, name="g")
    assert problem in str(refused.value)
    assert str(refused.value).startswith("g: ")


def test_every_wrong_grid_of_a_file_is_told() -> None:
    with pytest.raises(GridFileError) as refused:
        read_grids(file(feature("1"), feature(), feature("2")), name="g")
    assert [line.split(".")[0] for line in refused.value.lines] == [
        "g: features[0]",
        "g: features[2]",
    ]


@pytest.mark.parametrize(
    ("by", "findings"),
    [
        pytest.param(0.01, 0, id="they share a border"),
        pytest.param(0.00999, 0, id="they share a sliver"),
        pytest.param(0.005, 1, id="one lies half over the other"),
        pytest.param(0.0, 1, id="one lies upon the other"),
    ],
)
def test_grids_that_lie_over_each_other_are_found(by: float, findings: int) -> None:
    other = feature("310101001001002", east(by))
    read = read_grids(file(feature(), other), name="g")
    assert len(read.findings) == findings
    assert all(f"{CODE} and 310101001001002 overlap by" in line for line in read.findings)


MORNING = Schedule((Window(frozenset(range(7)), 0, 720),))
EVENING = Schedule((Window(frozenset(range(7)), 720, 1440),))
EARLY, LATE = Worker("early", "早", MORNING), Worker("late", "晚", EVENING)


def grid(
    code: str = CODE, by: float = 0.0, workers: tuple[Worker, ...] = (EARLY, LATE)
) -> UnitGrid:
    return UnitGrid(code, code, shapely.Polygon(east(by)[0]), workers, {})


WEST, EAST = grid(), grid("310101001001002", 0.01, ())
LAYER = GridLayer((EAST, WEST))


def draft(**changes: Any) -> Draft:  # noqa: ANN401
    return Draft(
        **{
            "external_id": "a",
            "source": "video",
            "type": "street_vending",
            "occurred_at": NOON,
            "document": {},
            "lon": 121.005,
            "lat": 31.005,
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("changes", "code", "assignee"),
    [
        pytest.param({}, WEST.code, "late", id="the point decides"),
        pytest.param({"grid_code": EAST.code}, EAST.code, None, id="the code that was given wins"),
        pytest.param({"grid_code": "9" * 15}, WEST.code, "late", id="unless there is no such grid"),
        pytest.param({"lon": 121.01}, WEST.code, "late", id="on a border the lower code"),
        pytest.param({"lon": 121.015}, EAST.code, None, id="nobody works there"),
        pytest.param({"lon": 120.0}, None, None, id="no grid has it"),
        pytest.param({"lon": 120.0, "grid_code": "9" * 15}, "9" * 15, None, id="the code is kept"),
        pytest.param({"lon": None, "lat": None}, None, None, id="nobody knows where"),
    ],
)
def test_a_case_finds_its_grid_and_the_worker_on_duty(
    changes: dict[str, Any], code: str | None, assignee: str | None
) -> None:
    found = placed(draft(**changes), LAYER, NOON)
    assert (found.grid_code, found.filled["assignee"]) == (code, assignee)


@pytest.mark.parametrize(
    ("changes", "authority"),
    [
        pytest.param({}, "urban_management", id="its grid says"),
        pytest.param({"lon": 120.0}, None, id="no grid, no surface"),
        pytest.param(
            {
                "lon": 120.0,
                "type": "illegal_parking_motor",
                "document": {"surface": "road"},
            },
            "traffic_police",
            id="its zone says",
        ),
    ],
)
def test_who_is_in_charge_is_left_open_where_nothing_says_so(
    changes: dict[str, Any], authority: str | None
) -> None:
    assert placed(draft(**changes), LAYER, NOON).filled["authority"] == authority


def test_before_noon_another_one_is_on_duty() -> None:
    assert placed(draft(), LAYER, NOON - 1).filled["assignee"] == "early"


BOTH = {"road": "traffic_police", "pavement": "urban_management"}


@pytest.mark.parametrize(
    ("kind", "surface", "authorities", "authority"),
    [
        pytest.param("illegal_parking_motor", None, {}, "traffic_police", id="cars: the road"),
        pytest.param("illegal_parking_motor", "pavement", {}, "urban_management", id="a pavement"),
        pytest.param("illegal_parking_nonmotor", None, {}, "urban_management", id="bikes"),
        pytest.param("illegal_parking_nonmotor", "road", BOTH, "traffic_police", id="on a road"),
        pytest.param("street_vending", "road", BOTH, "urban_management", id="a stall on a road"),
        pytest.param("exposed_garbage", None, {"pavement": "town"}, "town", id="the grid's own"),
        pytest.param(
            "exposed_garbage", None, {"exposed_garbage": "sanitation"}, "sanitation", id="by type"
        ),
    ],
)
def test_road_or_pavement_decides_who_is_in_charge(
    kind: str, surface: str | None, authorities: dict[str, str], authority: str
) -> None:
    assert authority_of(kind, surface, authorities) == authority


@pytest.mark.parametrize(
    ("authorities", "authority"),
    [
        pytest.param({}, "环卫", id="the grid says nothing"),
        pytest.param({"pavement": "一中队"}, "一中队", id="of its surface"),
        pytest.param({"exposed_garbage": "清扫队"}, "清扫队", id="of the type"),
        pytest.param({"road": "交警"}, "环卫", id="of another surface"),
    ],
)
def test_what_the_grid_says_wins_over_the_citys_profile(
    authorities: dict[str, str], authority: str
) -> None:
    assert authority_of("exposed_garbage", None, authorities, "环卫") == authority
