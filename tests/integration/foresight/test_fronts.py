"""What the cases say about chains of relapse and shop fronts."""

import csv
import io
from typing import Any

import pytest

from filed import NOON
from foresight_city import DAY, ENDED, FRONTS, City
from streetwatch.service.desk.foresight.campaigns import Where
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.foresight.fronts import Fronts
from streetwatch.service.desk.reports.period import month
from streetwatch.service.desk.reports.query import Wanted


def test_closed_cases_that_came_back_are_told_and_so_are_their_chains(city: City) -> None:
    first = city.file(NOON, *ENDED)
    city.file(NOON + 60, *ENDED, zone_id="pavement")
    second = city.file(NOON + 5 * DAY, *ENDED, recurrence_of="1".rjust(26, "0"), recurrences=1)
    third = city.file(NOON + 9 * DAY, recurrence_of="3".rjust(26, "0"), recurrences=2)
    city.now = NOON + 40 * DAY
    asked = {"from": "2026-11-23", "to": "2026-12-30"}

    week, month, quarter = city.asked("relapse", **asked)["relapse"]
    (chain,) = city.asked("chains", **asked)["chains"]
    (cut,) = city.asked("chains", **{"from": "2026-12-01", "to": "2026-12-30"})["chains"]

    assert (week["n"], week["came_back"], month["came_back"]) == (3, 2, 2)
    assert month["value"] == pytest.approx(2 / 3, abs=1e-3)
    assert quarter["value"] is None
    assert chain["cases"] == [first, second, third]
    assert cut["cases"] == [second, third]
    text = city.http.get("/foresight/chains", params={**asked, "format": "csv"}).text
    assert list(csv.reader(io.StringIO(text)))[1][:4] == [
        "kerb/carriageway",
        "illegal_parking_motor",
        "3",
        f"{first} {second} {third}",
    ]


def test_a_shop_front_has_a_score_with_the_cases_that_took_its_points(city: City) -> None:
    there: dict[str, Any] = {"type": "out_of_store", "bbox": (10.0, 20.0, 60.0, 90.0)}
    number = city.file(NOON - 8 * DAY, *ENDED, cleared_at=NOON - 8 * DAY + 3600, **there)
    city.file(NOON - 8 * DAY, type="out_of_store", bbox=(500.0, 300.0, 600.0, 400.0))
    city.file(NOON - 7 * DAY, "rejected", **there)

    (front,) = city.asked("frontage")["fronts"]
    (deduction,) = front["deductions"]
    lines = city.http.get("/foresight/frontage", params={"format": "csv"}).text.splitlines()

    assert (front["front"], front["n"]) == ("noodles", 1)
    assert deduction["case"] == number
    assert front["taken"] == deduction["points"] == pytest.approx(3 + 3720 / 3600, abs=0.01)
    assert front["score"] == pytest.approx(100 - front["taken"] * 30 / front["days"], abs=0.1)
    assert number in lines[1]


def test_a_front_in_a_picture_that_was_never_seen_is_not_measured(city: City) -> None:
    city.file(NOON - 8 * DAY, type="out_of_store")
    unseen = Fronts("kerb", "x", None, FRONTS.outlines, None)

    asked = Foreseer(city.store.engine, lambda: city.now, fronts=lambda: [unseen])
    (front,) = asked.frontages(Wanted(month("2026-11")))

    assert front.score.value is None


def test_a_day_on_which_the_camera_did_not_look_is_none_of_a_fronts(city: City) -> None:
    city.file(NOON - 8 * DAY, type="out_of_store", bbox=(10.0, 20.0, 60.0, 90.0))

    def looked(where: Where, first: int, _: int) -> dict[int, float]:
        assert where.camera == "kerb"
        return {first: 0.0, **dict.fromkeys(range(first + 1, first + 11), 9.0)}

    asked = Foreseer(city.store.engine, lambda: city.now, looked=looked, fronts=lambda: [FRONTS])
    (front,) = asked.frontages(Wanted(month("2026-11")))

    assert front.score.days == 10
