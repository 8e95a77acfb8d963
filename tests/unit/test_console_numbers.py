"""What the page of numbers shows, out of figures that are given."""

from datetime import date

import pytest

from filed import NOON
from streetwatch.service.console.figures.cards import (
    Card,
    Rate,
    cards,
    false_alarms,
    tone_of,
)
from streetwatch.service.console.figures.charts import (
    days_chart,
    hours_chart,
    shares_chart,
    times_chart,
)
from streetwatch.service.console.figures.found import days_watched
from streetwatch.service.console.figures.spans import Preset, Span, span_in, today_at
from streetwatch.service.console.language import Language, say_in
from streetwatch.service.desk.reports.figures import SHARES, TIMES, Figures, Share, Times
from streetwatch.service.desk.reports.hot_spots import HourCount, gathered
from streetwatch.service.desk.reports.lag import Lag
from streetwatch.service.desk.reports.period import days
from streetwatch.service.desk.reports.recall import Told, recall
from streetwatch.service.desk.reports.table import By, Row
from streetwatch.zones.place import Place

TODAY = date(2026, 11, 23)
DAY = days(TODAY, TODAY)
NAMES = {"exposed_garbage": "exposed garbage"}


def say(message: str, plural: str | None = None, /, *, count: int = 1, **fields: object) -> str:
    return say_in(Language.EN, message, plural, count=count, **fields)


def figures(cases: int = 0, *, duplicates: int = 0, **known: Share | Times) -> Figures:
    return Figures(
        cases=cases,
        duplicates=duplicates,
        warned=0,
        force_closed=0,
        shares={name: _share(known.get(name)) for name in SHARES},
        times={name: _times(known.get(name)) for name in TIMES},
    )


def _share(known: Share | Times | None) -> Share:
    return known if isinstance(known, Share) else Share(0, 0)


def _times(known: Share | Times | None) -> Times:
    return known if isinstance(known, Times) else Times(0, None, None)


def row(group: str, known: Figures) -> Row:
    return Row(By.TYPE, group, DAY, known)


def shown(known: Figures, *, alarms: Rate | None = None, lags: tuple[Lag, ...] = ()) -> list[Card]:
    nothing = Rate(0, 0.0)
    return list(cards(known, recall=Share(0, 0), alarms=alarms or nothing, lags=lags, say=say))


def test_what_was_not_measured_says_so_and_never_shows_zero() -> None:
    assert {card.value for card in shown(figures())} == {"not measured"}
    assert {card.n for card in shown(figures())} == {0}
    empty = [row("exposed_garbage", figures())]
    assert shares_chart(empty, "precision", names=NAMES, say=say, aim=0.92) is None
    assert times_chart(empty, "discover", names=NAMES, say=say) is None
    assert days_chart([], say=say) is None
    assert hours_chart([], say=say) is None


def test_every_figure_has_its_n_and_interval() -> None:
    precision = shown(figures(100, precision=Share(80, 85)))[0]
    assert (precision.value, precision.n) == ("94.1%", 85)
    assert precision.range.startswith("87.0%")


@pytest.mark.parametrize(
    ("precision", "tone"),
    [
        pytest.param(Share(0, 0), "", id="nobody has judged"),
        pytest.param(Share(19, 20), "", id="the interval holds the aim"),
        pytest.param(Share(990, 1000), "good", id="surely above"),
        pytest.param(Share(800, 1000), "bad", id="surely below"),
    ],
)
def test_a_precision_is_coloured_only_where_its_interval_lies_on_one_side(
    precision: Share, tone: str
) -> None:
    assert tone_of(precision) == tone


def test_false_alarms_are_over_cameras_and_days_once_somebody_has_judged() -> None:
    alarms = false_alarms(figures(10, precision=Share(6, 10)), cameras=4, days=5.0)
    assert (alarms.hits, alarms.over, alarms.value) == (4, 20.0, 0.2)
    low, high = alarms.interval or (0.0, 0.0)
    assert (round(low, 3), round(high, 3)) == (0.054, 0.512)  # Garwood's, of 4 in 20
    assert false_alarms(figures(10), cameras=4, days=5.0).value is None


def test_no_false_alarm_has_an_upper_end_all_the_same() -> None:
    low, high = Rate(0, 10.0).interval or (1.0, 0.0)
    assert (low, round(high, 3)) == (0.0, 0.369)


def test_the_slowest_target_is_told() -> None:
    lags = (Lag("desk", Times(9, 1.0, 2.0)), Lag("city", Times(3, 30.0, 400.0)))
    lag = shown(figures(), lags=lags)[-1]
    assert (lag.value, lag.n) == ("30 s", 3)
    assert "city" in lag.of


def test_a_chart_shows_each_share_with_its_interval_against_the_aim() -> None:
    rows = [row("exposed_garbage", figures(precision=Share(80, 85))), row("x", figures())]
    chart = shares_chart(rows, "precision", names=NAMES, say=say, aim=0.92)
    assert chart is not None
    interval, points = chart["series"]
    assert interval["data"][0]["value"] == [0, 0.8696, 0.9746]
    assert points["data"][0]["value"] == [0.9412, 0]
    assert points["markLine"]["data"] == [{"xAxis": 0.92}]
    assert chart["yAxis"]["data"] == ["exposed garbage (n=85)"]


def test_a_chart_of_days_sets_apart_what_was_rejected() -> None:
    chart = days_chart([row("", figures(10, precision=Share(6, 8)))], say=say)
    assert chart is not None
    assert [one["data"] for one in chart["series"]] == [[8], [2]]


def test_hours_of_a_place_are_put_together_the_busiest_first() -> None:
    counts = [
        HourCount("gate/kerb", 8, 2, 121.0, 31.0),
        HourCount("gate/kerb", 9, 1, 121.0, 31.0),
        HourCount("park/path", 8, 5, 121.1, 31.1),
    ]
    spots = gathered(counts)
    assert [(spot.place, spot.n) for spot in spots] == [("park/path", 5), ("gate/kerb", 3)]
    assert spots[1].hours[8:10] == (2, 1)
    chart = hours_chart(spots, say=say)
    assert chart is not None
    assert chart["series"][0]["data"][8:10] == [7, 1]


@pytest.mark.parametrize(
    ("told", "share"),
    [
        pytest.param([], Share(0, 0), id="nobody told anything"),
        pytest.param([Told(121.47, 31.23, seen=True)], Share(1, 1), id="seen too"),
        pytest.param([Told(121.4703, 31.23, seen=False)], Share(0, 1), id="29 m away, missed"),
        pytest.param([Told(121.471, 31.23, seen=False)], Share(0, 0), id="95 m away: no camera"),
    ],
)
def test_recall_is_of_what_people_tell_close_to_a_camera(told: list[Told], share: Share) -> None:
    assert recall(told, [Place(121.47, 31.23)]) == share


def test_a_span_is_read_from_the_address_and_written_into_it() -> None:
    asked = {"from": "2026-11-01", "to": "2026-11-10", "type": "exposed_garbage"}
    span = span_in(asked, now=NOON)
    assert span.query == "from=2026-11-01&to=2026-11-10&type=exposed_garbage"
    assert span.wanted().type == "exposed_garbage"
    assert span.preset(TODAY) is Preset.CHOSEN


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"from": "yesterday"}, id="no day"),
        pytest.param({"from": "2026-12-01", "to": "2026-11-01"}, id="the wrong way round"),
    ],
)
def test_a_span_that_makes_no_sense_is_the_last_30_days(asked: dict[str, str]) -> None:
    span = span_in(asked, now=NOON)
    assert (span.first, span.last) == (date(2026, 10, 25), TODAY)
    assert span.preset(TODAY) is Preset.MONTH


def test_a_usual_span_keeps_type_and_camera() -> None:
    span = Span(date(2026, 1, 1), date(2026, 1, 2), "exposed_garbage", "gate")
    assert span.like(Preset.WEEK, TODAY) == Span(
        date(2026, 11, 17), TODAY, "exposed_garbage", "gate"
    )
    assert span.like(Preset.CHOSEN, TODAY) == span


def test_days_that_are_to_come_are_not_watched_yet() -> None:
    assert today_at(NOON) == TODAY
    assert days_watched(DAY, now=NOON) == 0.5
    assert days_watched(DAY, now=NOON + 86_400) == 1.0
