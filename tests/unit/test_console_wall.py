"""What the wall and the map show, out of cameras and cases that are given."""

from dataclasses import replace
from typing import Any

import pytest

from filed import NOON
from streetwatch.service.cameras.merging import Origin
from streetwatch.service.config.target_values import MapCrs
from streetwatch.service.console.figures.tables import health_lines
from streetwatch.service.console.language import Language, say_in
from streetwatch.service.console.watching.asking import View, asked_in
from streetwatch.service.console.watching.points import camera_points, case_points
from streetwatch.service.console.watching.signs import SIGNS, WORST_FIRST
from streetwatch.service.console.watching.tiles import (
    NO_CASES,
    Search,
    Size,
    changed,
    clock_words,
    shown,
    tile_of,
)
from streetwatch.service.desk.tallies import OpenCases
from streetwatch.service.desk.triage import Level
from streetwatch.service.runtime.condition import Condition
from streetwatch.service.runtime.live import LiveCamera, LiveStay, LiveZone
from streetwatch.zones.place import Place
from streetwatch.zones.zone import ZoneKind

NAMES = {"street_vending": "street vending"}

ZONE = LiveZone(
    "kerb", ZoneKind.PROHIBITED, ((0.1, 0.1), (0.5, 0.1), (0.5, 0.55)), ("street_vending",)
)
STAY = LiveStay("kerb", "street_vending", (0.2, 0.2, 0.4, 0.5), 75.0, 300.0, False, "")  # noqa: FBT003

GATE = LiveCamera(
    id="gate",
    name="人民路东口",
    condition=Condition.LIVE,
    reason="",
    at=NOON,
    age_s=1.0,
    size=(1280, 720),
    origin=Origin.FILE,
    place=Place(121.47, 31.23),
    zones=(ZONE,),
    stays=(STAY,),
)


def say(message: str, plural: str | None = None, /, *, count: int = 1, **fields: object) -> str:
    return say_in(Language.EN, message, plural, count=count, **fields)


def cameras(number: int) -> list[LiveCamera]:
    return [replace(GATE, id=f"cam-{n:03}", name=f"Street {n:03}") for n in range(number)]


def test_every_condition_is_told_by_colour_sign_and_word() -> None:
    assert set(SIGNS) == set(Condition) == set(WORST_FIRST)
    assert len({sign.icon for sign in SIGNS.values()}) == len(Condition)
    assert len({sign.words for sign in SIGNS.values()}) == len(Condition)


def test_a_wall_of_300_cameras_has_pages() -> None:
    page = shown(cameras(300), Search(page=2))
    assert (len(page.cameras), page.page, page.pages, page.found) == (24, 2, 13, 300)
    assert page.cameras[0].id == "cam-048"


def test_a_page_beyond_the_last_is_the_last() -> None:
    page = shown(cameras(30), Search(page=9, size=Size.LARGE))
    assert (page.page, page.pages, len(page.cameras)) == (2, 3, 6)
    assert shown([], Search(page=3)).pages == 1


def test_cameras_that_need_somebody_come_first() -> None:
    two = [GATE, replace(GATE, id="park", condition=Condition.OFFLINE)]
    assert [one.id for one in shown(two, Search()).cameras] == ["park", "gate"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        pytest.param(Search(text="路东"), ["gate"], id="part of the name"),
        pytest.param(Search(text=" PAR "), ["park"], id="part of the id, whatever the case"),
        pytest.param(Search(condition=Condition.DARK), ["park"], id="a condition"),
        pytest.param(Search(text="gate", condition=Condition.DARK), [], id="both"),
    ],
)
def test_cameras_are_found_by_name_and_condition(search: Search, found: list[str]) -> None:
    two = [GATE, replace(GATE, id="park", name="Park", condition=Condition.DARK)]
    page = shown(two, search)
    assert [one.id for one in page.cameras] == found


def test_conditions_are_counted_among_those_that_the_text_fits() -> None:
    three = [GATE, replace(GATE, id="a", condition=Condition.DARK), replace(GATE, name="Park")]
    counts = shown(three, Search(text="人民", condition=Condition.DARK)).counts
    assert (counts[Condition.LIVE], counts[Condition.DARK]) == (1, 1)


def test_a_tile_draws_zones_and_stays_in_thousandths() -> None:
    tile = tile_of(GATE, OpenCases(2, Level.RED), names=NAMES, say=say)
    assert tile["zones"][0]["points"] == "100.0,100.0 500.0,100.0 500.0,550.0"
    stay = tile["stays"][0]
    assert (stay["x"], stay["y"], stay["width"], stay["height"]) == (200, 200, 200, 300)
    assert stay["words"] == "street vending 1:15 of 5:00"
    assert tile["label"] == "人民路东口, live, 2 open cases"
    assert tile["level"] == "red"


def test_a_camera_that_is_silent_says_since_when() -> None:
    silent = replace(GATE, condition=Condition.OFFLINE, age_s=75.0)
    assert tile_of(silent, NO_CASES, names=NAMES, say=say)["words"] == "offline 1:15"
    never = replace(silent, age_s=None)
    assert tile_of(never, NO_CASES, names=NAMES, say=say)["words"] == "offline"


def test_only_tiles_that_changed_are_sent() -> None:
    before = tile_of(GATE, NO_CASES, names=NAMES, say=say)
    other = before | {"id": "park"}
    later = before | {"words": "late"}
    assert changed({"gate": before, "park": other}, [later, other]) == [later]


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (59.9, "0:59"), (3600, "1:00:00")])
def test_a_clock_is_read_like_one(seconds: float, words: str) -> None:
    assert clock_words(seconds) == words


def test_the_address_keeps_how_the_wall_is_looked_at() -> None:
    asked = {"q": "路", "state": "offline", "page": "3", "size": "large", "view": "map"}
    view = asked_in(asked)
    assert view.search == Search("路", Condition.OFFLINE, 2, Size.LARGE)
    assert asked_in({"q": "路", "plain": "1"}).overlay is False
    assert view.is_map
    assert view.query == "q=%E8%B7%AF&state=offline&page=3&size=large&view=map"


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", ""])
def test_an_address_that_makes_no_sense_shows_the_wall_as_usual(page: str) -> None:
    assert asked_in({"page": page, "state": "sleepy", "size": "huge"}) == View()


def test_a_map_shows_cameras_that_are_somewhere() -> None:
    two = [GATE, replace(GATE, id="lost", place=None)]
    (point,) = camera_points(two, MapCrs.WGS84, say)
    assert (point["lon"], point["lat"], point["tone"]) == (121.47, 31.23, "good")
    assert point["href"] == "/console/wall/gate"
    (moved,) = camera_points([GATE], MapCrs.GCJ02, say)
    assert abs(moved["lon"] - 121.47) > 0.001


def case(number: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 -- any field
    facts = {
        "number": number,
        "type": "street_vending",
        "state": "reported",
        "level": "yellow",
        "camera": {"id": "gate", "name": "人民路东口"},
        "place": {"lon": 121.47, "lat": 31.23},
    }
    return facts | changes


def test_a_map_shows_a_cameras_cases_as_one_in_the_reddest_colour() -> None:
    cases = [case("SW-1"), case("SW-2", level="red"), case("SW-3", place=None)]
    (point,) = case_points(cases, MapCrs.WGS84, names=NAMES, say=say)
    assert (point["count"], point["tone"]) == (2, "red")
    assert point["label"] == "人民路东口: 2 open cases"
    assert point["href"] == "/console/cases?camera=gate"


def test_a_case_alone_leads_to_itself() -> None:
    (point,) = case_points(
        [case("SW-1", camera=None, level=None)], MapCrs.WGS84, names=NAMES, say=say
    )
    assert (point["href"], point["tone"]) == ("/console/cases/SW-1", "idle")
    assert point["label"] == "SW-1 · street vending · reported"


def test_health_tells_the_worst_first_and_only_what_there_is() -> None:
    two = [GATE, replace(GATE, id="park", condition=Condition.FROZEN)]
    assert health_lines(two, say=say) == [("frozen", "1"), ("live", "1")]
