"""Presence comes back from storage as it was, and its sums hold whatever is seen."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxes_on_a_road import CAR, FAR, ROAD, Seen, Watch, every, from_seven, shifted
from streetwatch.zones.presence import OUTAGE_S, Presence, Remembered
from streetwatch.zones.rules import Rule
from streetwatch.zones.schedule import CHINA
from streetwatch.zones.stay import Stay


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
    lambda gap_s, clear_s, grace_s: replace(from_seven(grace_s), gap_s=gap_s, clear_s=clear_s),
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
