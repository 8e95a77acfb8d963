"""Presence: from looks to stays, in seconds of capture time."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Box, Detections, Look
from streetwatch.zones.presence import OUTAGE_S, Observation, Presence, Remembered, observe
from streetwatch.zones.rules import DEFAULTS, Rule, ViolationType
from streetwatch.zones.schedule import CHINA, Schedule, Window
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone, ZoneKind

SIZE = (640, 360)
RULE = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=60.0, clear_s=30.0)
ROAD = Zone("road", ((0.0, 0.2), (1.0, 0.2), (1.0, 1.0), (0.0, 1.0)), rules=(RULE,))
CAR: Box = (200.0, 150.0, 300.0, 220.0)
NEVER_LOOKED = Presence()
FAR: Box = (500.0, 150.0, 600.0, 220.0)


@dataclass(frozen=True)
class Seen:
    """One detection; a car unless said otherwise."""

    box: Box = CAR
    label: str = "car"
    confidence: float = 0.8


def look(at: float, *seen: Seen) -> Look:
    return Look(
        at,
        SIZE,
        Detections(
            np.array([found.box for found in seen], np.float32).reshape(-1, 4),
            np.array([found.confidence for found in seen], np.float32),
            np.array([CLASS_ID[found.label] for found in seen], np.int64),
        ),
    )


@dataclass
class Watch:
    """Looks folded one after the other, with everything that was ever gone."""

    zones: tuple[Zone, ...] = (ROAD,)
    presence: Presence = NEVER_LOOKED
    gone: tuple[Stay, ...] = ()
    epoch: float | None = None

    def see(self, at: float, *seen: Seen) -> None:
        seen_now = observe(self.presence, look(at, *seen), self.zones, epoch=self.epoch)
        self.presence = seen_now.presence
        self.gone += seen_now.gone

    def keep_seeing(self, times: Iterable[float], *seen: Seen) -> None:
        for at in times:
            self.see(at, *seen)

    @property
    def stays(self) -> tuple[Stay, ...]:
        return self.presence.stays

    @property
    def stay(self) -> Stay:
        (only,) = self.stays
        return only

    @property
    def violations(self) -> list[Stay]:
        return [stay for stay in (*self.gone, *self.stays) if stay.violation_at is not None]


def every(seconds: float, start: float, end: float) -> list[float]:
    """Times from start to end inclusive."""
    return [start + step * seconds for step in range(int((end - start) / seconds) + 1)]


def shifted(box: Box, right: float, down: float = 0.0) -> Box:
    x1, y1, x2, y2 = box
    return (x1 + right, y1 + down, x2 + right, y2 + down)


@pytest.mark.parametrize("interval", [0.5, 1, 2, 10])
def test_a_parked_car_matures_when_its_dwell_is_full_however_often_it_is_looked_at(
    interval: float,
) -> None:
    watch = Watch()
    watch.keep_seeing(every(interval, 100, 150), Seen())
    assert watch.stay.violation_at is None
    watch.keep_seeing(every(interval, 150 + interval, 200), Seen())
    assert watch.stay.violation_at == pytest.approx(160, abs=0.001)
    assert watch.stay.observed_s == pytest.approx(100)
    assert watch.stay.first_seen == 100


def test_a_moment_between_two_looks_is_told_to_the_second() -> None:
    watch = Watch()
    watch.keep_seeing([100, 107, 121, 130, 144, 158, 163], Seen())
    assert watch.stay.violation_at == pytest.approx(160)


@pytest.mark.parametrize("interval", [0.5, 1, 2])
def test_a_stop_of_8_seconds_is_no_violation(interval: float) -> None:
    watch = Watch()
    watch.keep_seeing(every(interval, 0, 8), Seen())
    watch.keep_seeing(every(interval, 8 + interval, 120))
    assert watch.violations == []
    assert watch.stays == ()


def test_looks_that_miss_the_car_count_as_dwell_but_not_as_seen() -> None:
    watch = Watch()
    for step in range(71):
        watch.see(step, *([] if step % 12 == 11 else [Seen()]))
    assert watch.stay.violation_at == pytest.approx(60)
    assert watch.stay.missed_s == pytest.approx(5)  # 5 looks, each a second of its own
    assert watch.stay.observed_s == pytest.approx(65)


def test_a_car_seen_too_rarely_is_no_violation() -> None:
    watch = Watch()
    for step in range(200):
        watch.see(step, *([Seen()] if step % 5 < 2 else []))
    assert watch.stay.presence_ratio < RULE.presence_ratio
    assert watch.violations == []


def test_20_seconds_behind_a_bus_do_not_end_the_stay() -> None:
    bus = Seen((150.0, 60.0, 420.0, 300.0), "bus")
    watch = Watch()
    watch.keep_seeing(every(1, 0, 30), Seen())
    first = watch.stay.key
    watch.keep_seeing(every(1, 31, 50), bus)
    watch.keep_seeing(every(1, 51, 75), Seen())
    (parked,) = [stay for stay in watch.stays if stay.key == first]
    assert parked.hidden_s == pytest.approx(20)
    assert parked.missed_s == 0
    assert parked.observed_s == pytest.approx(55)
    assert parked.absent_s == 0
    assert parked not in watch.gone


def test_what_is_hidden_is_waited_for_longer_than_what_is_looked_for_in_clear_view() -> None:
    bus = Seen((150.0, 60.0, 420.0, 150.0 + 400.0), "bus")  # its wheels are below the picture
    hidden, clear = Watch(), Watch()
    for watch, seen in ((hidden, [bus]), (clear, [])):
        watch.keep_seeing(every(1, 0, 59), Seen())
        watch.keep_seeing(every(1, 60, 100), *seen)
    assert [stay.first_seen for stay in hidden.gone] == []
    assert [stay.first_seen for stay in clear.gone] == [0]


def test_one_vehicle_called_car_and_truck_by_turns_is_one_stay() -> None:
    watch = Watch()
    for step in range(71):
        watch.see(step, Seen(label="car" if step % 2 else "truck"))
    assert watch.stay.violation_at == pytest.approx(60)
    assert watch.gone == ()


def test_one_vehicle_called_car_and_truck_in_one_look_is_one_stay() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 70), Seen(), Seen(shifted(CAR, 3), "truck", 0.6))
    assert watch.stay.violation_at == pytest.approx(60)


@pytest.mark.parametrize("interval", [0.5, 1, 2, 10])
@pytest.mark.parametrize("headway_s", [3, 5, 11])
def test_passing_traffic_never_matures(interval: float, headway_s: float) -> None:
    """Cars of 100 px at 80 px a second, at uneven distances."""
    chance = np.random.default_rng(7)
    entries = np.cumsum(chance.uniform(0.6 * headway_s, 1.4 * headway_s, size=400))
    watch = Watch()
    for at in every(interval, 0, 600):
        places = [x for x in (at - entries) * 80 - 100 if -100 < x < SIZE[0]]
        watch.see(at, *(Seen(shifted((0, 150, 100, 220), x)) for x in places))
    assert watch.violations == []


def test_a_creeping_queue_never_matures() -> None:
    watch = Watch()
    for step in range(600):  # 5 px a second: a car's width in 20 s
        front = (step * 5) % 130
        watch.see(step, *(Seen(shifted((0, 150, 100, 220), front + car * 130)) for car in range(4)))
    assert watch.violations == []


def test_a_queue_is_held_for_a_red_light_and_who_stays_when_it_has_gone_has_parked() -> None:
    queue = [Seen(shifted(CAR, 110 * place)) for place in range(-1, 3)]
    watch = Watch((replace(ROAD, rules=(replace(RULE, queue_hold_s=120.0),)),))
    watch.keep_seeing(every(1, 0, 5))
    for came in range(4):
        watch.keep_seeing(every(1, 6 + 3 * came, 8 + 3 * came), *queue[: came + 1])
    watch.keep_seeing(every(1, 18, 100), *queue)
    assert watch.violations == []
    watch.keep_seeing(every(1, 101, 200), queue[0])
    assert [stay.violation_at for stay in watch.violations] == [pytest.approx(110, abs=3)]


def test_an_outage_adds_no_dwell_and_clears_nothing() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 40), Seen())
    watch.keep_seeing(every(1, 340, 355), Seen())
    assert watch.stay.first_seen == 0
    assert watch.stay.dwell_s == pytest.approx(55)
    assert watch.stay.idle_s == pytest.approx(300)
    assert watch.stay.violation_at is None
    watch.keep_seeing(every(1, 356, 365), Seen())
    assert watch.stay.violation_at == pytest.approx(360)
    assert watch.gone == ()


@pytest.mark.parametrize(
    ("interval", "gap", "observed_s"),
    [
        pytest.param(1.0, 7.0, 27.0, id="a late key frame is no outage"),
        pytest.param(1.0, 12.0, 20.0, id="a stream that was down for 12 s is one"),
        pytest.param(4.0, 11.0, 31.0, id="not on a camera that is looked at rarely"),
        pytest.param(10.0, 14.0, 34.0, id="least of all on one looked at every 10 s"),
        pytest.param(10.0, 16.0, 20.0, id="but 15 s are the most"),
    ],
)
def test_what_is_an_outage_depends_on_how_often_the_camera_is_looked_at(
    interval: float, gap: float, observed_s: float
) -> None:
    watch = Watch()
    watch.keep_seeing(every(interval, 0, 20), Seen())
    watch.see(20 + gap, Seen())
    assert watch.stay.observed_s == pytest.approx(observed_s)
    assert watch.stay.idle_s == pytest.approx(20 + gap - observed_s)


def test_after_an_outage_it_is_looked_for_anew_before_it_is_gone() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 70), Seen())
    watch.keep_seeing(every(1, 370, 399))
    assert watch.stay.absent_s == pytest.approx(29)
    watch.see(400)
    assert [stay.last_seen for stay in watch.gone] == [70]


@pytest.mark.parametrize("interval", [0.5, 1, 2, 10])
def test_it_is_gone_when_it_was_looked_for_long_enough_and_not_before(interval: float) -> None:
    watch = Watch()
    watch.keep_seeing(every(interval, 0, 100), Seen())
    watch.keep_seeing(every(interval, 100 + interval, 130 - interval))
    assert watch.stay.last_seen == 100
    watch.see(130)
    assert watch.stays == ()
    (left,) = watch.gone
    assert left.violation_at == pytest.approx(60)
    assert left.last_seen == 100


def test_a_thing_seen_once_is_forgotten_soon() -> None:
    watch = Watch()
    watch.see(0, Seen())
    watch.keep_seeing(every(1, 1, 3))
    assert watch.stays
    watch.see(4)
    assert watch.stays == ()


def test_a_gap_longer_than_the_rule_allows_adds_nothing() -> None:
    rule = replace(RULE, gap_s=10.0)
    watch = Watch((replace(ROAD, rules=(rule,)),))
    watch.keep_seeing(every(1, 0, 30), Seen())
    watch.keep_seeing(every(1, 31, 45))
    watch.see(46, Seen())
    assert (watch.stay.missed_s, watch.stay.idle_s) == (0, 16)
    assert watch.stay.observed_s == pytest.approx(30)


@pytest.mark.parametrize("late", [0.0, 5.0, 10.0])
def test_a_look_that_is_not_newer_changes_nothing(late: float) -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 10), Seen())
    before = watch.presence
    assert observe(before, look(late, Seen(FAR)), watch.zones) == Observation(before, (), SIZE)


def test_a_car_that_moved_within_the_zone_is_a_new_stay() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 30), Seen())
    watch.keep_seeing(every(1, 31, 40), Seen(shifted(CAR, 31)))  # 0.31 of its width
    assert watch.stay.first_seen == 31
    assert [stay.first_seen for stay in watch.gone] == [0]


def test_one_misplaced_box_does_not_clear_a_violation() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 80), Seen())
    watch.see(81, Seen(shifted(CAR, 35)))
    watch.keep_seeing(every(1, 82, 120), Seen())
    assert watch.gone == ()
    (violation,) = watch.violations
    assert (violation.first_seen, violation.last_seen) == (0.0, 120.0)


def test_a_violation_that_drives_off_slowly_is_gone_when_its_place_was_seen_empty() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 80), Seen())
    for step in range(10):
        watch.see(81 + step, Seen(shifted(CAR, 35 * step)))
    watch.keep_seeing(every(1, 91, 130))
    (gone,) = (stay for stay in watch.gone if stay.violation_at is not None)
    assert gone.last_seen < 83


def test_a_box_that_trembles_is_the_same_stay() -> None:
    watch = Watch()
    for step in range(71):
        watch.see(step, Seen(shifted(CAR, 5 * (-1) ** step, 2 * (-1) ** (step // 2))))
    assert watch.stay.violation_at == pytest.approx(60)


def test_a_car_half_hidden_is_still_where_it_was() -> None:
    x1, y1, x2, y2 = CAR
    watch = Watch()
    watch.keep_seeing(every(1, 0, 20), Seen())
    watch.keep_seeing(every(1, 21, 40), Seen((x1 + 40, y1, x2, y2)))
    watch.keep_seeing(every(1, 41, 70), Seen())
    assert watch.stay.violation_at == pytest.approx(60)
    assert watch.stay.box == CAR


@pytest.mark.parametrize(
    ("zones", "stands"),
    [
        pytest.param((ROAD,), True, id="in the zone"),
        pytest.param(
            (replace(ROAD, polygon=((0.0, 0.7), (1.0, 0.7), (1.0, 1.0), (0.0, 1.0))),),
            False,
            id="its wheels are above the zone",
        ),
        pytest.param(
            (ROAD, replace(ROAD, id="bay", kind=ZoneKind.PERMITTED, rules=())),
            False,
            id="in a permitted bay",
        ),
        pytest.param(
            (ROAD, replace(ROAD, id="tree", kind=ZoneKind.EXCLUDE, rules=())),
            False,
            id="in an excluded area",
        ),
        pytest.param(
            (ROAD, replace(ROAD, id="window", kind=ZoneKind.PRIVACY_MASK, rules=())),
            True,
            id="a mask does not cut",
        ),
    ],
)
def test_only_what_stands_in_the_zone_counts(zones: tuple[Zone, ...], *, stands: bool) -> None:
    watch = Watch(zones)
    watch.see(0, Seen())
    assert bool(watch.stays) is stands


def test_only_the_labels_of_the_rule_count() -> None:
    watch = Watch()
    watch.see(0, Seen(label="person"), Seen(FAR, "bicycle"))
    assert watch.stays == ()


def test_two_cars_are_two_stays() -> None:
    watch = Watch()
    watch.keep_seeing(every(1, 0, 20), Seen())
    watch.keep_seeing(every(1, 21, 70), Seen(FAR), Seen())
    assert [stay.violation_at for stay in watch.stays] == [pytest.approx(60), None]


def test_two_rules_of_one_zone_watch_side_by_side() -> None:
    stall = replace(DEFAULTS[ViolationType.STREET_VENDING], dwell_s=20.0)
    watch = Watch((replace(ROAD, rules=(RULE, stall)),))
    watch.keep_seeing(every(1, 0, 60), Seen(), Seen(FAR, "vendor_stall"))
    assert {stay.type: stay.violation_at for stay in watch.stays} == {
        ViolationType.ILLEGAL_PARKING_MOTOR: pytest.approx(60),
        ViolationType.STREET_VENDING: pytest.approx(20),
    }


def _from_seven(grace_s: float = 0.0) -> Rule:
    window = Window(frozenset(range(7)), 7 * 60, 19 * 60)
    return replace(RULE, schedule=Schedule((window,)), grace_s=grace_s)


@pytest.mark.parametrize(("grace_s", "violation_at"), [(0.0, 160.0), (30.0, 190.0)])
def test_dwell_begins_when_the_rule_does_though_the_car_was_there_before(
    grace_s: float, violation_at: float
) -> None:
    seven = datetime(2026, 11, 23, 7, tzinfo=CHINA).timestamp()
    watch = Watch((replace(ROAD, rules=(_from_seven(grace_s),)),), epoch=seven - 100)
    watch.keep_seeing(every(1, 0, 200), Seen())
    assert watch.stay.first_seen == 0
    assert watch.stay.violation_at == pytest.approx(violation_at, abs=1.0)
    assert watch.stay.idle_s == pytest.approx(100 + grace_s, abs=1.0)


def test_when_a_night_market_ends_what_stays_begins_its_dwell() -> None:
    half_past_ten = datetime(2026, 11, 23, 22, 30, tzinfo=CHINA).timestamp()
    hours = Schedule((Window(frozenset(range(7)), 18 * 60, 22 * 60 + 30),))
    market = replace(ROAD, id="market", kind=ZoneKind.PERMITTED, rules=(), schedule=hours)
    market = replace(market, grace_s=30.0)
    watch = Watch((ROAD, market), epoch=half_past_ten - 100)
    watch.keep_seeing(every(1, 0, 129), Seen())
    assert watch.stays == ()
    watch.keep_seeing(every(1, 130, 200), Seen())
    assert watch.stay.first_seen == 130
    assert watch.stay.violation_at == pytest.approx(190)


def test_without_a_date_a_market_is_always_open() -> None:
    hours = Schedule((Window(frozenset(range(7)), 18 * 60, 22 * 60),))
    market = replace(ROAD, id="market", kind=ZoneKind.PERMITTED, rules=(), schedule=hours)
    watch = Watch((ROAD, market))
    watch.keep_seeing(every(1, 0, 70), Seen())
    assert watch.stays == ()


def test_without_a_date_schedules_are_left_out() -> None:
    watch = Watch((replace(ROAD, rules=(_from_seven(),)),), epoch=None)
    watch.keep_seeing(every(1, 0, 70), Seen())
    assert watch.stay.violation_at == pytest.approx(60)


def test_stays_come_back_from_storage_and_go_on() -> None:
    kept, restarted = Watch(), Watch()
    for watch in (kept, restarted):
        watch.keep_seeing(every(1, 0, 40), Seen(), Seen(FAR, "truck", 0.7))
    restarted.presence = _from_json(_as_json(restarted.presence))
    for watch in (kept, restarted):
        watch.keep_seeing(every(1, 41, 90), Seen())
    assert restarted.presence == kept.presence
    assert [stay.key for stay in restarted.gone] == [stay.key for stay in kept.gone]


def _as_json(presence: Presence) -> str:
    return json.dumps(asdict(presence.remembered()))


def _from_json(text: str) -> Presence:
    stored = json.loads(text)
    rows = [
        row | {"anchor": tuple(row["anchor"]), "box": tuple(row["box"])} for row in stored["stays"]
    ]
    return Presence.of(Remembered(**(stored | {"stays": tuple(Stay(**row) for row in rows)})))


steps = st.one_of(st.floats(0.05, 12), st.floats(OUTAGE_S + 0.01, 600))
things = st.lists(
    st.builds(
        Seen,
        st.sampled_from(
            [CAR, FAR, shifted(CAR, 12), shifted(CAR, 45), (150.0, 60.0, 420.0, 300.0)]
        ),
        st.sampled_from(["car", "truck", "bus", "person"]),
    ),
    max_size=3,
)
recordings = st.lists(st.tuples(steps, things), max_size=60)
rules = st.builds(
    lambda gap_s, clear_s, grace_s: replace(_from_seven(grace_s), gap_s=gap_s, clear_s=clear_s),
    st.sampled_from([0.0, 5.0, 120.0]),
    st.sampled_from([1.0, 30.0, 300.0]),
    st.sampled_from([0.0, 60.0]),
)


@given(
    recordings,
    rules,
    st.sampled_from([None, datetime(2026, 11, 23, 6, 58, tzinfo=CHINA).timestamp()]),
)
def test_the_four_sums_add_up_to_the_whole_stay(
    recording: Sequence[tuple[float, Sequence[Seen]]], rule: Rule, start: float | None
) -> None:
    watch = Watch((replace(ROAD, rules=(rule,)),), epoch=start)
    at = 0.0
    for step, seen in recording:
        at += step
        watch.see(at, *seen)
        for stay in (*watch.stays, *watch.gone):
            whole = stay.last_seen - stay.first_seen
            parts = (stay.observed_s, stay.missed_s, stay.hidden_s, stay.idle_s)
            assert sum(parts) == pytest.approx(whole, abs=1e-6)
            assert min(*parts, stay.absent_s, stay.covered_s) >= 0
            assert stay.first_seen <= stay.last_seen <= at
            if stay.violation_at is not None:
                assert stay.first_seen + rule.dwell_s - 1e-6 <= stay.violation_at
                assert stay.violation_at <= stay.last_seen + 1e-6


@given(recordings)
def test_the_same_looks_give_the_same_stays(
    recording: Sequence[tuple[float, Sequence[Seen]]],
) -> None:
    once, again = Watch(), Watch()
    at = 0.0
    for step, seen in recording:
        at += step
        once.see(at, *seen)
        again.presence = _from_json(_as_json(again.presence))
        again.see(at, *seen)
    assert once.presence == again.presence
    assert once.gone == again.gone
