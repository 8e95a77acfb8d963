"""When the detector is asked: every row a reason."""

from dataclasses import replace

import numpy as np
import pytest

from streetwatch.models.labels import CLASS_ID
from streetwatch.service.runtime.attention import Attention, Intervals, Promise, Why, promised
from streetwatch.vision.gate import Change, Gate
from streetwatch.vision.types import Box, Detections, View
from streetwatch.zones.stay import Stay

AREA = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
SIZE = (640, 360)
BOX: Box = (240.0, 160.0, 400.0, 240.0)
ELSEWHERE: Box = (40.0, 40.0, 120.0, 90.0)
INTERVALS = Intervals(idle_s=30.0, close_s=2.0, settle_s=6.0, quiet_s=6.0, sure_s=10.0)
STREET: View = np.full((90, 160), 120, np.uint8)
MATURING = Stay("z", "t", BOX, BOX, 0.7, 9, 0.0, 10.0)
AWAY = replace(MATURING, box=ELSEWHERE)
PASSER = replace(AWAY, looks=1)
NEW = replace(MATURING, looks=2)
UNSTEADY = replace(MATURING, observed_s=8.0, missed_s=2.0)
FILED = replace(MATURING, violation_at=5.0)
UNSEEN = replace(FILED, absent_s=4.0)


def with_car(left: int = 60) -> View:
    changed = STREET.copy()
    changed[40:60, left : left + 40] = 220
    return changed


def boxes(*found: Box) -> Detections:
    return Detections(
        np.array(found, np.float32).reshape(-1, 4),
        np.full(len(found), 0.7, np.float32),
        np.full(len(found), CLASS_ID["car"], np.int64),
    )


def known(*, changed_at: float = 0.0, seen: Detections | None = None) -> Attention:
    """A camera whose street was detected in at second 100."""
    gate = Gate((AREA,))
    gate = gate.detected(gate.change(STREET))
    return Attention(gate, 100.0, changed_at, boxes(BOX) if seen is None else seen)


def shows(attention: Attention, *views: View) -> tuple[Attention, Change]:
    """What the last of some pictures shows, the others seen before."""
    for view in views[:-1]:
        attention = attention.shown(attention.gate.change(view))
    return attention, attention.gate.change(views[-1])


@pytest.mark.parametrize(
    ("attention", "views", "at", "stays", "why"),
    [
        pytest.param(Attention(Gate((AREA,))), [STREET], 0.0, (), Why.FIRST, id="first picture"),
        pytest.param(known(), [STREET], 102.0, (), None, id="nothing goes on"),
        pytest.param(known(), [with_car()], 102.0, (), None, id="a car is passing, or comes"),
        pytest.param(known(), [with_car(), with_car()], 104.0, (), Why.CHANGED, id="it stopped"),
        pytest.param(known(), [with_car(), with_car(10)], 104.0, (), None, id="traffic flows"),
        pytest.param(
            known(changed_at=98.0), [STREET], 102.0, (), Why.SETTLING, id="one stopped just now"
        ),
        pytest.param(known(changed_at=98.0), [STREET], 104.0, (), None, id="that is over"),
        pytest.param(
            known(), [STREET], 102.0, (MATURING,), None, id="what is maturing looks as it was seen"
        ),
        pytest.param(known(), [STREET], 110.0, (MATURING,), Why.MATURING, id="for long enough"),
        pytest.param(
            known(), [with_car()], 102.0, (MATURING,), Why.MATURING, id="something is before it"
        ),
        pytest.param(known(), [STREET], 102.0, (AWAY,), Why.MATURING, id="it was not seen again"),
        pytest.param(known(), [STREET], 101.0, (AWAY,), None, id="it was asked a second ago"),
        pytest.param(known(), [STREET], 102.0, (PASSER,), None, id="it only passed"),
        pytest.param(known(), [STREET], 102.0, (NEW,), Why.MATURING, id="it was seen but twice"),
        pytest.param(known(), [STREET], 102.0, (UNSTEADY,), Why.MATURING, id="it flickers"),
        pytest.param(known(), [STREET], 110.0, (FILED,), None, id="a filed one stands on"),
        pytest.param(known(), [STREET], 110.0, (UNSEEN,), Why.CLEARING, id="one was not seen"),
        pytest.param(known(), [STREET], 123.9, (), None, id="not yet idle for long"),
        pytest.param(known(), [STREET], 124.0, (), Why.IDLE, id="the next would be too late"),
    ],
)
def test_the_detector_is_asked_where_it_decides_something(
    attention: Attention, views: list[View], at: float, stays: tuple[Stay, ...], why: Why | None
) -> None:
    attention, change = shows(attention, *views)
    assert attention.wants(change, at, stays, SIZE, INTERVALS) is why


def test_what_looks_as_it_did_is_said_again() -> None:
    attention, change = shows(known(), STREET)
    again = attention.again(change, (MATURING,), SIZE)
    assert again is attention.detections


def test_what_has_driven_on_is_not_said_again() -> None:
    attention, change = shows(known(seen=boxes(BOX, ELSEWHERE)), with_car())
    again = attention.again(change, (AWAY,), SIZE)
    assert again is not None
    assert again.xyxy.tolist() == [list(ELSEWHERE)]


def test_nothing_is_said_where_something_passes_before_what_stands() -> None:
    attention, change = shows(known(), with_car())
    assert attention.again(change, (FILED,), SIZE) is None


@pytest.mark.parametrize(
    ("changed_at", "view", "stays", "pace_s"),
    [
        pytest.param(0.0, STREET, (), 6.0, id="a quiet street"),
        pytest.param(0.0, STREET, (FILED,), 6.0, id="what is filed stands on"),
        pytest.param(98.0, STREET, (), 2.0, id="something settled just now"),
        pytest.param(0.0, with_car(), (), 2.0, id="something moves: it may settle"),
        pytest.param(0.0, STREET, (MATURING,), 2.0, id="something is maturing"),
        pytest.param(0.0, STREET, (UNSEEN,), 2.0, id="something may have left"),
    ],
)
def test_a_quiet_street_is_decoded_more_seldom(
    changed_at: float, view: View, stays: tuple[Stay, ...], pace_s: float
) -> None:
    attention, change = shows(known(changed_at=changed_at), view)
    assert attention.shown(change).pace_s(102.0, stays, INTERVALS) == pace_s


def test_who_can_not_keep_up_does_not_follow_traffic() -> None:
    attention, change = shows(known(), with_car())
    assert attention.shown(change).pace_s(102.0, (), INTERVALS, keeps_up=False) == 6.0


def test_only_what_settled_is_remembered_as_a_change() -> None:
    before, change = shows(known(changed_at=50.0), with_car(), with_car())
    quiet = before.detected(change, 110.0, Detections.empty(), Why.MATURING)
    changed = before.detected(change, 110.0, Detections.empty(), Why.CHANGED)
    assert (quiet.changed_at, changed.changed_at) == (50.0, 110.0)
    again = changed.gate.change(with_car())
    assert changed.wants(again, 118.0, (), SIZE, INTERVALS) is None


@pytest.mark.parametrize(
    ("why", "stays", "patience_s"),
    [
        pytest.param(Why.MATURING, (MATURING,), 2.0, id="what is maturing"),
        pytest.param(Why.CHANGED, (FILED, NEW), 2.0, id="a change beside it"),
        pytest.param(Why.CHANGED, (), 6.0, id="a change of an empty street"),
        pytest.param(Why.CLEARING, (UNSEEN,), 6.0, id="what was filed and may have left"),
        pytest.param(Why.IDLE, (MATURING,), 6.0, id="what was asked for before its time"),
    ],
)
def test_a_detection_is_late_when_the_next_is_to_come(
    why: Why, stays: tuple[Stay, ...], patience_s: float
) -> None:
    assert INTERVALS.patience_s(why, stays) == patience_s


@pytest.mark.parametrize(
    ("stays", "promise"),
    [
        pytest.param((), None, id="an empty street"),
        pytest.param((FILED,), None, id="what was filed and stands"),
        pytest.param((UNSEEN,), Promise.CLEARING, id="what was filed and may have left"),
        pytest.param((UNSEEN, MATURING), Promise.CLOSE, id="something is maturing beside it"),
    ],
)
def test_looks_are_promised_where_something_is_to_be_decided(
    stays: tuple[Stay, ...], promise: Promise | None
) -> None:
    assert promised(stays) is promise
