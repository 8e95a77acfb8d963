"""What the cases say about campaigns: before, during and after."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from filed import NOON
from foresight_city import CAMPAIGN, DAY, City, china
from streetwatch.service.api.foresight.words import outcome_json
from streetwatch.service.cameras import Camera, load_cameras
from streetwatch.service.desk.foresight.campaigns import Campaign, Campaigns, Where
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.foreseeing import foreseer_from
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.settings import Settings
from streetwatch.service.store.looked import ZoneHour, add_looked, day_of
from streetwatch.service.store.zone_counts import Count, ZoneSlot, add_counts, slot_of
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.zones.schedule import CHINA
from streetwatch.zones.zone import Zone, ZoneKind


def test_a_campaign_is_told_with_what_it_changed_and_what_came_back(city: City) -> None:
    rng = np.random.default_rng(1)
    starts = china(2026, 7, 7)
    city.file(starts)
    per_day = np.repeat([6.0, 1.0, 1.0], [56, 14, 56])
    midnights = starts + DAY * np.repeat(np.arange(len(per_day)), rng.poisson(per_day))
    city.copy((midnights + rng.uniform(0, DAY, len(midnights))).tolist())

    assert city.http.put("/foresight/campaigns/night", json=CAMPAIGN).status_code == 200
    told = city.asked("campaigns/night")

    assert city.asked("campaigns")["campaigns"][0]["name"] == "夜市整治"
    assert told["effect"]["after"]["high"] < 1
    assert told["effect"]["after"]["is_change"]
    assert told["effect"]["days"] == {"before": 56, "during": 14, "after": 56}
    assert told["effect"]["n"]["before"] == sum(one["n"] for one in told["days"][:56])
    assert told["exposure"] == "days"
    assert [one["came_back"] for one in told["relapse"]] == [1, 1, 1]
    lines = city.http.get("/foresight/campaigns/night", params={"format": "csv"}).text.split()
    assert lines[0] == "day,n,looked"
    assert lines[1].startswith("2026-07-07,")


def test_a_campaign_of_which_too_little_is_known_says_so_and_shows_no_figure(city: City) -> None:
    city.file(NOON)
    city.http.put("/foresight/campaigns/new", json={**CAMPAIGN, "last": "2026-11-20"})

    told = city.asked("campaigns/new")

    assert told["effect"] is None
    assert told["lack"] == "short_before"


def test_hours_that_nobody_looked_are_no_days_without_a_violation(city: City) -> None:
    city.file(china(2026, 7, 12))
    told = Campaign(
        "night",
        "x",
        datetime(2026, 9, 1, tzinfo=CHINA).date(),
        datetime(2026, 9, 14, tzinfo=CHINA).date(),
        camera="kerb",
    )
    seen: list[tuple[int, int]] = []

    def looked(_: Where, first: int, last: int) -> dict[int, float]:
        seen.append((first, last))
        return dict.fromkeys([first, *range(first + 10, last + 1)], 12.0)

    days = Foreseer(city.store.engine, lambda: city.now, looked=looked).outcome(told).days

    assert days.is_looked
    assert days.course.looked[:11].tolist() == [12.0, *[0.0] * 9, 12.0]
    assert days.course.counts.sum() == 0  # what was told on a day that nobody looked is no rate
    assert len(seen) == 1


CAMERAS = """
cameras:
  - id: kerb
    name: 人民路东口
    source: {kind: rtsp, url: "rtsp://127.0.0.1:9/x"}
    place: {lon: 121.47, lat: 31.23, crs: wgs84, grid_code: "310101001001001"}
    zones:
      - {id: noodles, kind: shopfront, polygon: [[0, 0], [0.5, 0], [0.5, 0.5]]}
"""


@pytest.mark.parametrize(
    ("where", "hours"),
    [
        pytest.param({"camera": "kerb"}, 3.0, id="a camera"),
        pytest.param({"camera": "kerb", "zone": "carriageway"}, 2.0, id="one of its zones"),
        pytest.param({"grid": "310101*"}, 3.0, id="a district"),
        pytest.param({"grid": "310102*"}, 0.0, id="a district without a camera"),
    ],
)
def test_hours_that_the_runtime_has_written_down_are_what_days_count_by(
    city: City, tmp_path: Path, where: dict[str, Any], hours: float
) -> None:
    (tmp_path / "cameras.yaml").write_text(CAMERAS, encoding="utf-8")
    cameras = load_cameras(tmp_path / "cameras.yaml", environ={})
    day = day_of(china(2026, 7, 7))
    spans = {
        ZoneHour("kerb", "carriageway", day, 9): 7200.0,
        ZoneHour("kerb", "gate", day, 9): 3600.0,
    }
    add_looked(city.store.engine, spans)
    wired = foreseer_from(Settings(), city.store.engine, lambda: cameras, clock=lambda: city.now)

    first, last = date(2026, 9, 1), date(2026, 9, 14)
    days = wired.outcome(Campaign("night", "x", first, last, **where)).days

    assert days.is_looked == (hours > 0)
    assert days.course.looked[0] == (hours or 1.0)
    assert wired.fronts()[0].outlines.keys() == {"noodles"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        pytest.param({"last": "2026-08-01"}, "ends before it begins", id="backwards"),
        pytest.param({"last": "2028-08-01"}, "more than 366 days", id="no campaign any more"),
        pytest.param({"grid": "310101*"}, "either `grid` or `camera`", id="two places"),
        pytest.param({"camera": None}, "either `grid` or `camera`", id="nowhere"),
        pytest.param({"camera": None, "grid": "31x"}, "15 digits", id="no grid"),
        pytest.param(
            {"camera": None, "grid": "310101*", "zone": "a"}, "a zone is one", id="zone of a grid"
        ),
    ],
)
def test_a_campaign_that_could_not_have_been_is_refused(
    city: City, wrong: dict[str, Any], says: str
) -> None:
    answer = city.http.put("/foresight/campaigns/night", json={**CAMPAIGN, **wrong})

    assert answer.status_code == 422
    assert says in answer.text
    assert city.asked("campaigns") == {"campaigns": []}


def test_a_campaign_is_told_otherwise_and_forgotten(city: City) -> None:
    city.http.put("/foresight/campaigns/night", json=CAMPAIGN)
    city.http.put("/foresight/campaigns/night", json={**CAMPAIGN, "name": "二"})

    assert [one["name"] for one in city.asked("campaigns")["campaigns"]] == ["二"]
    assert city.http.delete("/foresight/campaigns/night").status_code == 204
    assert city.http.delete("/foresight/campaigns/night").status_code == 404
    assert city.http.get("/foresight/campaigns/night").status_code == 404


def test_whoever_is_limited_knows_of_their_own_campaigns_only(city: City) -> None:
    city.http.put("/foresight/campaigns/night", json=CAMPAIGN)
    grid = {**CAMPAIGN, "camera": None, "grid": "310102*"}
    city.http.put("/foresight/campaigns/east", json=grid)

    def known(reach: Reach) -> list[str]:
        return [one.id for one in city.foreseer.within(reach).campaigns()]

    assert known(Reach(frozenset({"kerb"}))) == ["night"]
    assert known(Reach(grids=("310102",))) == ["east"]
    assert known(Reach(frozenset({"gate"}))) == []
    assert len(Campaigns(city.store.engine).all()) == 2


def test_a_campaign_tells_how_permitted_places_were_used_before_during_and_after(
    city: City,
) -> None:
    square = Zone("square", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), ZoneKind.PERMITTED)
    gate = Camera("gate", "南门", Source(SourceKind.RTSP, "rtsp://cam/1"), None, (square,))
    one = Campaign("market", "夜市", date(2026, 1, 10), date(2026, 1, 11), camera="gate")
    before, during, _ = (period.start for period in one.stages)
    stalls = {before: 2, before + DAY: 0, during: 1}
    add_counts(
        city.store.engine,
        {
            ZoneSlot("gate", "square", slot_of(at)): Count(10, stalls=10 * n, stalled=10 * (n > 0))
            for at, n in stalls.items()
        },
    )
    foreseer = Foreseer(city.store.engine, lambda: city.now, cameras=lambda: [gate])
    (used,) = foreseer.outcome(one).used
    assert used.before is not None
    assert (used.before.share, used.before.stalls, used.before.days) == (0.5, 1.0, 2)
    assert used.during is not None
    assert (used.during.share, used.during.days) == (1.0, 1)
    assert used.after is None
    told = outcome_json(foreseer.outcome(one))["permitted"]
    assert told[0]["after"] is None
    assert told[0]["before"].items() >= {"share": 0.5, "days": 2, "looks": 20}.items()
    elsewhere = replace(one, camera=None, grid="310101*")
    assert foreseer.outcome(elsewhere).used == ()
