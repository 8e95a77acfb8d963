"""What the cases say about rounds, and the routes that would have met more."""

from pathlib import Path

import pytest

from filed import NOON
from foresight_city import DAY, HOUR, City, china
from streetwatch.service.foreseeing import roads_in
from streetwatch.service.incidents.errors import InputError


def test_cameras_are_held_against_a_round_with_the_time_of_review_counted(city: City) -> None:
    for minute in range(40):
        at = NOON - 5 * DAY + minute * 40
        city.file(at, "accepted" if minute % 4 else "rejected", cleared_at=at + 6 * HOUR)

    told = city.asked("efficiency", every_h=4, staff_h=4)

    assert told["cameras"]["n"] == 30
    assert told["cameras"]["verdicts"] == 40
    assert told["cameras"]["waited_s"] == 120.0
    assert told["patrol_model"]["waited_s"] == pytest.approx(2 * HOUR)
    assert told["sooner"]["value"] == pytest.approx(60.0)
    assert told["sooner"]["claim"] == "held"
    assert told["finds_per_staff_hour"]["value"] > 1


def test_without_cases_nothing_is_measured_and_nothing_fails(city: City) -> None:
    assert city.asked("efficiency")["sooner"]["claim"] == "not_measured"
    assert city.asked("relapse")["relapse"][0]["value"] is None
    assert city.asked("chains")["chains"] == []
    assert city.asked("patrol")["routes"] == []
    assert city.asked("patrol", format="geojson")["features"] == []
    assert city.asked("frontage")["fronts"][0]["n"] == 0


def test_routes_are_told_with_what_they_would_have_met(city: City) -> None:
    pytest.importorskip("pyvrp", reason="the extra `patrol` is not installed")
    starts = china(2026, 9, 28)
    city.file(starts + 9.6 * HOUR)
    days = [starts + day * DAY for day in range(56)]
    city.copy([day + 9 * HOUR for day in days])
    other = {"place_key": "gate/road", "lon": 121.48, "lat": 31.235}
    city.copy([day + 14 * HOUR for day in days], **other)

    told = city.asked("patrol", teams=1)
    gpx = city.http.get("/foresight/patrol", params={"teams": 1, "format": "gpx"})
    lines = city.asked("patrol", teams=1, format="geojson")
    printed = city.http.get("/foresight/patrol", params={"teams": 1, "format": "html"}).text

    visits = [(one["place"], one["arrive"][:2]) for one in told["routes"][0]["visits"]]
    assert ("kerb/carriageway", "09") in visits
    assert ("gate/road", "14") in visits
    assert told["simulation"]["days"] == 14
    assert told["simulation"]["planned"] == 29  # what never ended, once
    assert "gate/road" in gpx.text
    assert printed.count("<svg") == len(told["routes"][0]["visits"])
    assert "模拟回放 14 天：本路线遇到 29 起" in printed
    assert gpx.headers["content-disposition"] == 'attachment; filename="patrol.gpx"'
    assert lines["features"][0]["geometry"]["type"] == "LineString"


def test_a_shift_past_midnight_is_refused_with_what_to_write(city: City) -> None:
    answer = city.http.get("/foresight/patrol", params={"start_hour": 20, "hours": 8})

    assert answer.status_code == 422
    assert "ends by midnight" in answer.text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param(None, "can't be read", id="no file"),
        pytest.param("{", "Expecting", id="no JSON"),
        pytest.param("[]", "no GeoJSON", id="a list"),
        pytest.param('{"features": []}', "has no roads", id="no roads"),
    ],
)
def test_roads_that_can_not_be_read_are_named(tmp_path: Path, text: str | None, says: str) -> None:
    file = tmp_path / "roads.geojson"
    if text is not None:
        file.write_text(text)

    with pytest.raises(InputError, match=says) as refused:
        roads_in(file)
    assert str(file) in str(refused.value)
