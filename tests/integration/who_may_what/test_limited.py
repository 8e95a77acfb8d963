"""Whoever is limited to cameras or to a part of the city finds nothing of the rest."""

from collections.abc import Callable
from typing import Final

import httpx
import pytest

from guarded_city import ASKED, KERB, NUMBERS, OURS, REFUSED, THEIRS, City
from streetwatch.service.access.policy import About, Door
from streetwatch.service.access.role import Role

LIMITED = pytest.mark.parametrize("who", ["of-kerb", "of-grid", "token"])


def _limited(city: City, who: str) -> Callable[[], dict[str, str]]:
    if who != "token":
        return lambda: city.cookie(who)
    named = f"app-{next(NUMBERS)}"
    headers = city.token(named, Role.OPERATOR, reach=KERB)
    return lambda: headers


@LIMITED
def test_whoever_is_limited_finds_nothing_of_another_camera(city: City, who: str) -> None:
    headers = _limited(city, who)
    for rule in ASKED:
        if rule.is_console and who == "token":
            continue
        if rule.about is About.NEW_CAMERA:
            assert city.asked(rule, headers(), THEIRS) == 404, rule
        elif rule.about in {About.CASE, About.INCIDENT, About.CAMERA}:
            missing = {"number": "SW-1", "incident": "c" * 26, "camera": "nowhere"}
            theirs = city.asked(rule, headers(), THEIRS)
            assert theirs == city.asked(rule, headers(), missing) == 404, rule
        elif rule.about is About.WHOLE and rule.need is not Door.LOCAL:
            assert city.asked(rule, headers(), THEIRS) == 403, rule


@LIMITED
def test_whoever_is_limited_does_with_their_own_what_others_do(city: City, who: str) -> None:
    headers = _limited(city, who)
    for rule in ASKED:
        if rule.about is About.WHOLE or (rule.is_console and who == "token"):
            continue
        anybody = city.asked(rule, city.cookie(Role.OPERATOR), OURS)
        assert city.asked(rule, headers(), OURS) == anybody, rule


def _attach(city: City, headers: dict[str, str], camera: str, grid: str) -> httpx.Response:
    place = {"lon": 121.47, "lat": 31.23} | ({"grid_code": grid} if grid else {})
    source = {"kind": "rtsp", "url": "rtsp://10.0.0.5/s"}
    body = {"source": source, "place": place, "zones": []}
    return city.http.put(f"/cameras/{camera}", json=body, headers=headers)


def test_whoever_is_limited_to_a_grid_attaches_cameras_there_and_nowhere_else(city: City) -> None:
    mine, other, none = "310101002002002", "310104001001001", ""
    for grid in (other, none):
        refused = _attach(city, city.cookie("of-grid"), "new", grid)
        assert (refused.status_code, "your part of the city" in refused.text) == (422, True)
    assert _attach(city, city.cookie("of-grid"), "new", mine).status_code == 200
    assert _attach(city, city.cookie("of-kerb"), "new", mine).status_code == 404
    assert _attach(city, city.cookie("of-kerb"), "another", mine).status_code == 422
    assert _attach(city, city.cookie("of-grid"), "new", other).status_code == 422  # takes it away
    assert _attach(city, city.cookie("of-grid"), "gate", mine).status_code == 404  # takes one over
    gone = city.http.delete("/cameras/gate", headers=city.cookie("operator"))
    assert gone.status_code == 204
    assert _attach(city, city.cookie("of-grid"), "gate", mine).status_code == 404
    back = "/cameras/gate/revert"
    assert city.http.post(back, headers=city.cookie("of-grid")).status_code == 404
    assert city.http.post(back, headers=city.cookie("operator")).status_code == 200
    assert city.http.delete("/cameras/new", headers=city.cookie("of-grid")).status_code == 204


def test_whoever_is_limited_borrows_no_password_of_another_camera(city: City) -> None:
    body = {"url": "rtsp://127.0.0.1:9/s", "camera": "gate"}
    probed = city.http.post("/cameras/probe", json=body, headers=city.cookie("of-grid"))
    assert probed.status_code == 404


#: What tells of more than one thing, and what stands in it of each camera.
LISTS: Final = [
    pytest.param("/desk/cases", id="cases"),
    pytest.param("/desk/cases.csv", id="as CSV"),
    pytest.param("/desk/cases.geojson", id="on the map"),
    pytest.param("/desk/review", id="what waits for a verdict"),
    pytest.param("/desk/reports/figures?by=camera&from=2026-11-01", id="figures"),
    pytest.param("/desk/reports/figures?by=camera&format=csv&from=2026-11-01", id="figures as CSV"),
    pytest.param("/desk/reports/month?month=2026-11", id="a month"),
    pytest.param("/desk/reports/hot-spots?from=2026-11-01", id="hot spots"),
    pytest.param("/cameras", id="cameras"),
    pytest.param("/console/live", id="what they show"),
    pytest.param("/open311/v2/requests.json?extensions=true", id="Open311"),
    pytest.param("/console/wall", id="the wall"),
    pytest.param("/console/cases", id="the page of cases"),
]


@LIMITED
@pytest.mark.parametrize("path", LISTS)
def test_a_list_leaves_out_what_is_not_theirs(city: City, who: str, path: str) -> None:
    told = city.http.get(path, headers=_limited(city, who)())
    if who == "token" and path.startswith("/console"):
        assert told.status_code in REFUSED, "pages are for people"
        return
    assert told.status_code == 200
    assert any(own in told.text for own in (OURS["camera"], OURS["number"], OURS["incident"]))
    for foreign in (f'"{THEIRS["camera"]}', f"{THEIRS['camera']}/", THEIRS["number"]):
        assert foreign not in told.text
    assert THEIRS["incident"] not in told.text


@LIMITED
def test_the_feed_and_the_place_of_another_camera_tell_nothing(city: City, who: str) -> None:
    headers = _limited(city, who)()
    told = city.http.get("/desk/places/gate/carriageway/history", headers=headers).json()
    assert (told["cases"], told["recurrences"]) == ([], {"7": 0, "30": 0, "90": 0})
    with city.http.stream("GET", "/desk/events?after=0", headers=headers) as feed:
        told_of = next(line for line in feed.iter_lines() if line.startswith("data:"))
    assert OURS["number"] in told_of
    shares = city.http.get("/desk/shares", headers=headers).json()
    assert shares["undecided"] == 1


@LIMITED
def test_many_cases_at_once_are_no_way_around(city: City, who: str) -> None:
    headers = _limited(city, who)()
    numbers = [THEIRS["number"]]
    for path, body in (
        ("/desk/moves", {"state": "accepted", "by": "x"}),
        ("/desk/review/verdicts", {"verdict": "confirmed", "by": "x"}),
        ("/desk/review/undo", {"by": "x"}),
    ):
        answer = city.http.post(path, json={"cases": numbers, **body}, headers=headers).json()
        assert [one["status"] for one in answer["refused"]] == [404]
    keep = {"cases": numbers, "by": "x", "holder": "x"}
    assert city.http.put("/desk/review/claims", json=keep, headers=headers).json()["cases"] == []
