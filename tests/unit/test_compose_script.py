"""What a composed clip's script says: its truth must be beyond doubt."""

import numpy as np
import pytest

from streetwatch.datasets.compose.kinds import Kind
from streetwatch.datasets.compose.script import DWELL_S, TYPE, Act, Cast, Script, full_at, written

LENGTH_S = 600.0
PLACES = tuple((100.0 * place, 100.0, 100.0 * place + 80, 160.0) for place in range(6))
#: Another vehicle at each place, some pixels off.
OTHERS = tuple((x1 + 5, y1, x2 + 5, y2) for x1, y1, x2, y2 in PLACES)
CAST = Cast((*PLACES, *OTHERS), people=3)


def scripts(kind: Kind) -> list[Script]:
    return [
        written(kind, CAST, length_s=LENGTH_S, chance=np.random.default_rng(seed))
        for seed in range(60)
    ]


@pytest.mark.parametrize("kind", [kind for kind in Kind if not kind.stops_briefly])
def test_what_stands_in_a_clip_with_events_stands_far_longer_than_its_dwell(kind: Kind) -> None:
    acts = [act for script in scripts(kind) for act in script.acts]
    assert len(acts) >= 60
    assert all(act.end - act.start >= 1.5 * DWELL_S[TYPE[kind]] for act in acts)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.stops_briefly])
def test_what_stands_in_a_quiet_clip_stands_too_short_or_where_it_may(kind: Kind) -> None:
    acts = [act for script in scripts(kind) for act in script.acts]
    short = [act for act in acts if not act.permitted]
    assert short != acts
    assert all(act.end - act.start <= 0.7 * DWELL_S[TYPE[kind]] for act in short)


@pytest.mark.parametrize("kind", list(Kind))
def test_two_things_never_stand_in_one_place_at_one_time(kind: Kind) -> None:
    for script in scripts(kind):
        for number, act in enumerate(script.acts):
            at_once = [
                other.thing
                for other in script.acts[number + 1 :]
                if other.start < act.end and other.end > act.start
            ]
            assert CAST.apart(act.thing, at_once)


def test_another_vehicle_takes_a_place_within_seconds_or_after_a_calm() -> None:
    gaps = [
        later.start - act.end
        for script in scripts(Kind.PARKING)
        for act in script.acts
        for later in script.acts
        if later.thing in CAST.same_place(act.thing) and later.start > act.start
    ]
    followed = [gap for gap in gaps if gap <= 15]
    assert len(followed) >= 10
    assert all(gap >= 6 for gap in followed)
    assert all(gap >= 90 for gap in gaps if gap not in followed)


@pytest.mark.parametrize("minutes", [20, 60])
def test_something_stops_briefly_again_and_again_over_a_quiet_clip(minutes: int) -> None:
    length_s = 60.0 * minutes
    for seed in range(20):
        chance = np.random.default_rng(seed)
        script = written(Kind.QUIET_ROAD, CAST, length_s=length_s, chance=chance)
        starts = [act.start for act in script.acts]
        assert len(starts) >= minutes / 5
        assert max(starts) > length_s / 2


def test_a_seed_gives_the_same_script() -> None:
    once, again = (scripts(Kind.GARBAGE) for _ in range(2))
    assert once == again
    assert once[0] != once[1]


@pytest.mark.parametrize(
    ("outage", "full"),
    [
        pytest.param(None, 70.0, id="nobody looks away"),
        pytest.param((30.0, 50.0), 90.0, id="an outage is no dwell"),
        pytest.param((0.0, 30.0), 90.0, id="it came while nobody looked"),
        pytest.param((80.0, 90.0), 70.0, id="an outage afterwards changes nothing"),
        pytest.param((30.0, 180.0), None, id="too little is left"),
    ],
)
def test_a_dwell_is_full_when_it_was_looked_at_for_long_enough(
    outage: tuple[float, float] | None, full: float | None
) -> None:
    assert full_at(Act(0, 10.0, 200.0), 60.0, outage) == full


def test_what_comes_while_others_are_hidden_is_told_apart_from_what_was_there_long_before() -> None:
    long_before, just_before, meanwhile, after = (
        Act(thing, start, start + 90.0) for thing, start in enumerate((20.0, 30.0, 50.0, 60.0))
    )
    acts = (long_before, just_before, meanwhile, after)
    script = Script(200.0, acts, (), hidden=((40.0, 60.0), (115.0, 135.0)))
    assert script.coming(45.0) == [just_before, meanwhile]
    assert script.coming(65.0) == []
