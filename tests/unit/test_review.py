"""What reviewing decides: which case comes first, what still counts, what a track keeps."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.service.desk.history import moves, standing
from streetwatch.service.desk.review.rank import Weight, rank
from streetwatch.service.desk.way import track as way_of
from streetwatch.service.evidence.track_file import read_track, track_json
from streetwatch.service.incidents import lifecycle
from streetwatch.service.incidents.incident import Incident, State, Versions
from streetwatch.service.incidents.track import MOST_SPANS, Sight, Track, begun, followed
from streetwatch.zones.stay import Stay


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param(Weight(0.3), Weight(0.8), id="what the model doubts"),
        pytest.param(Weight(0.8, "red"), Weight(0.8, "yellow"), id="a red one"),
        pytest.param(Weight(0.8, "red"), Weight(0.6, "yellow"), id="a red one before a doubt"),
        pytest.param(Weight(0.8, urgency="urgent"), Weight(0.8), id="an urgent one"),
        pytest.param(Weight(0.8, repeat_count=2), Weight(0.8), id="what came back"),
        pytest.param(Weight(None), Weight(0.8), id="what a person reported"),
    ],
)
def test_a_case_comes_first_whose_verdict_is_worth_more(first: Weight, second: Weight) -> None:
    assert rank(first) < rank(second)


def line(what: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 -- any field
    kind = "action" if what in {"unsure", "undo", "suggest_dispatch", "cleared"} else "state"
    return {kind: what, "at": "2026-11-23T04:00:00.000+00:00", "by": "li", "note": ""} | more


UNDONE = {
    "nothing": (["reported", "accepted"], ["reported", "accepted"]),
    "an acceptance": (["reported", "accepted", "-accepted"], ["reported"]),
    "with what followed": (["reported", "accepted", "dispatched", "-accepted"], ["reported"]),
    "facts stay": (["reported", "rejected", "cleared", "-rejected"], ["reported", "cleared"]),
    "the last of two": (
        ["reported", "accepted", "-accepted", "accepted"],
        ["reported", "accepted"],
    ),
    "twice": (["reported", "rejected", "-rejected", "rejected", "-rejected"], ["reported"]),
    "an unsure one": (["reported", "unsure", "-unsure"], ["reported"]),
    "what was never done": (["reported", "-accepted"], ["reported"]),
}


@pytest.mark.parametrize(("done", "counts"), UNDONE.values(), ids=UNDONE)
def test_what_was_undone_counts_no_more(done: list[str], counts: list[str]) -> None:
    history = [line("undo", undone=one[1:]) if one.startswith("-") else line(one) for one in done]
    kept = [str(one.get("state") or one.get("action")) for one in standing(history)]
    assert kept == counts
    assert [one["state"] for one in moves(history)] == [
        one for one in counts if one in {"reported", "accepted", "rejected"}
    ]


def test_an_undone_acceptance_is_no_confirmation_in_a_report() -> None:
    way = way_of([line("reported"), line("accepted"), line("undo", undone="accepted")])
    assert set(way.first) == {"reported"}


STAY = Stay(
    zone_id="kerb",
    type="illegal_parking_motor",
    anchor=(10.0, 10.0, 50.0, 40.0),
    box=(10.0, 10.0, 50.0, 40.0),
    confidence=0.8,
    looks=1,
    first_seen=100.0,
    last_seen=100.0,
)


def seen(stay: Stay, after_s: float, **spent: float) -> Stay:
    sums = {name: getattr(stay, name) + value for name, value in spent.items()}
    return replace(stay, last_seen=stay.last_seen + after_s, **sums)


def test_a_track_tells_when_it_was_seen_and_why_not_in_between() -> None:
    stays = [STAY]
    stays.append(seen(stays[-1], 10, observed_s=10.0))
    stays.append(seen(stays[-1], 10, observed_s=10.0))
    stays.append(stays[-1])  # a look that does not see it
    stays.append(seen(stays[-1], 10, missed_s=4.0, hidden_s=4.0, observed_s=2.0))
    stays.append(seen(stays[-1], 40, idle_s=40.0))
    track = begun(stays[0])
    for stay in stays[1:]:
        track = followed(track, stay)
    told = [(one.since, one.until, one.sight) for one in track.spans]
    assert told == [
        (100.0, 120.0, Sight.SEEN),
        (120.0, 124.0, Sight.MISSED),
        (124.0, 128.0, Sight.HIDDEN),
        (128.0, 130.0, Sight.SEEN),
        (130.0, 170.0, Sight.IDLE),
    ]


def test_a_track_keeps_a_box_when_it_has_moved() -> None:
    still = replace(seen(STAY, 1, observed_s=1.0), box=(10.5, 10.0, 50.5, 40.0))
    moved = replace(seen(still, 1, observed_s=1.0), box=(20.0, 10.0, 60.0, 40.0))
    track = followed(followed(begun(STAY), still), moved)
    assert [one.at for one in track.boxes] == [100.0, 102.0]


@given(
    st.lists(
        st.tuples(st.sampled_from(["observed_s", "missed_s", "idle_s"]), st.floats(0.1, 60)),
        max_size=50,
    )
)
def test_a_track_has_no_gaps_and_ends_when_it_was_last_seen(steps: list[tuple[str, float]]) -> None:
    stay, track = STAY, begun(STAY)
    for name, spent_s in steps:
        stay = seen(stay, spent_s, **{name: spent_s})
        track = followed(track, stay)
    assert all(a.until == b.since and a.sight is not b.sight for a, b in pairwise(track.spans))
    assert not steps or track.spans[-1].until == pytest.approx(stay.last_seen)
    spans, boxes, size = read_track(json.loads(track_json(track, (640, 360))))
    assert size == (640, 360)
    assert [one.sight for one in spans] == [one.sight for one in track.spans]
    assert [one.box for one in boxes] == [one.box for one in track.boxes]


def test_a_track_of_days_stays_small() -> None:
    stay, track = STAY, begun(STAY)
    for number in range(3000):
        name = "observed_s" if number % 2 else "missed_s"
        stay = replace(seen(stay, 1, **{name: 1.0}), box=(number, 10.0, number + 40, 40.0))
        track = followed(track, stay)
    assert len(track.spans) == MOST_SPANS
    assert len(track_json(track, (640, 360))) < 20_000


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"format": "streetwatch-track/9"}, id="of later"),
        pytest.param({"format": "streetwatch-track/1", "from": 1.0}, id="half of one"),
        pytest.param(
            {"format": "streetwatch-track/1", "from": 0, "size": [1, 1], "spans": [[0, 1, "x"]]},
            id="a sight that is none",
        ),
    ],
)
def test_what_is_no_track_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"track|Sight"):
        read_track(document)


def incident(state: State, **changes: Any) -> Incident:  # noqa: ANN401 -- any field
    born = lifecycle.born(STAY, camera_id="cam", versions=Versions("m", "z", "r"), earlier=None)
    filed: dict[str, Any] = {"state": state, "violation_at": 160.0, "opened_at": 160.0}
    return replace(born, **filed | changes)


@pytest.mark.parametrize(
    ("changes", "gone_at", "state"),
    [
        pytest.param({}, None, State.OPEN, id="it still stands"),
        pytest.param({}, 300.0, State.CLEARED, id="it has left meanwhile"),
        pytest.param({"cleared_at": 200.0}, 300.0, State.CLEARED, id="it had left before"),
        pytest.param({"opened_at": None}, None, State.WARNED, id="it was only warned of"),
    ],
)
def test_a_rejection_that_was_taken_back_leaves_no_trace(
    changes: dict[str, Any], gone_at: float | None, state: State
) -> None:
    rejected = lifecycle.closed(incident(State.OPEN, **changes), 250.0, rejected=True)
    after = lifecycle.unrejected(rejected, gone_at)
    assert (after.state, after.rejected_at, after.closed_at) == (state, None, None)


def test_what_was_closed_stays_closed() -> None:
    closed = lifecycle.closed(incident(State.OPEN), 250.0)
    assert lifecycle.unrejected(closed, None) == closed


@pytest.mark.parametrize(
    ("muted_until", "rejected_at", "is_muted"),
    [
        pytest.param(None, None, False, id="nobody said anything"),
        pytest.param(1000.0, None, True, id="people said so"),
        pytest.param(499.0, None, False, id="that is over"),
        pytest.param(499.0, 450.0, True, id="it was rejected lately"),
    ],
)
def test_a_place_is_muted_for_as_long_as_people_say(
    muted_until: float | None, rejected_at: float | None, *, is_muted: bool
) -> None:
    earlier = incident(State.CLEARED, muted_until=muted_until, rejected_at=rejected_at)
    assert lifecycle.is_muted(earlier, 500.0, mute_s=100.0) is is_muted


def test_a_track_of_what_was_seen_once_is_one_box() -> None:
    spans, boxes, _ = read_track(json.loads(track_json(Track(STAY, (), begun(STAY).boxes), (8, 8))))
    assert (spans, [one.at for one in boxes]) == ((), [100.0])
