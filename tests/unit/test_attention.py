"""When the detector is asked: every row a reason."""

from dataclasses import replace

import numpy as np
import pytest

from streetwatch.service.runtime.attention import Attention, Intervals, Why
from streetwatch.vision.gate import Gate
from streetwatch.vision.types import Detections, View
from streetwatch.zones.stay import Stay

AREA = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
BOX = (100.0, 100.0, 200.0, 180.0)
INTERVALS = Intervals(idle_s=30.0, close_s=2.0, settle_s=6.0, quiet_s=6.0)
STREET: View = np.full((90, 160), 120, np.uint8)
MATURING = Stay("z", "t", BOX, BOX, 0.7, 9, 0.0, 10.0)
FILED = replace(MATURING, violation_at=5.0)
UNSEEN = replace(FILED, absent_s=4.0)


def with_car() -> View:
    changed = STREET.copy()
    changed[40:60, 60:100] = 220
    return changed


def known(*, changed_at: float = 0.0) -> Attention:
    """A camera whose street was detected in at second 100."""
    gate = Gate((AREA,)).looked_at(STREET)
    return Attention(gate, 100.0, changed_at, Detections.empty())


@pytest.mark.parametrize(
    ("attention", "view", "at", "stays", "why"),
    [
        pytest.param(Attention(Gate((AREA,))), STREET, 0.0, (), Why.FIRST, id="first picture"),
        pytest.param(known(), STREET, 102.0, (), None, id="nothing goes on"),
        pytest.param(known(), with_car(), 102.0, (), Why.CHANGED, id="a car came"),
        pytest.param(
            known(changed_at=98.0), STREET, 102.0, (), Why.SETTLING, id="one came just now"
        ),
        pytest.param(known(changed_at=98.0), STREET, 104.0, (), None, id="that is over"),
        pytest.param(known(), STREET, 102.0, (MATURING,), Why.MATURING, id="one is maturing"),
        pytest.param(known(), STREET, 101.0, (MATURING,), None, id="it was seen a second ago"),
        pytest.param(known(), STREET, 102.0, (FILED,), None, id="a filed one stands on"),
        pytest.param(known(), STREET, 102.0, (UNSEEN,), Why.CLEARING, id="it was not seen"),
        pytest.param(known(), STREET, 123.9, (), None, id="not yet idle for long"),
        pytest.param(known(), STREET, 124.0, (), Why.IDLE, id="the next would be too late"),
    ],
)
def test_the_detector_is_asked_where_it_decides_something(
    attention: Attention, view: View, at: float, stays: tuple[Stay, ...], why: Why | None
) -> None:
    assert attention.wants(view, at, stays, INTERVALS) is why


@pytest.mark.parametrize(
    ("changed_at", "stays", "pace_s"),
    [
        pytest.param(0.0, (), 6.0, id="a quiet street"),
        pytest.param(0.0, (FILED,), 6.0, id="what is filed stands on"),
        pytest.param(98.0, (), 2.0, id="something changed just now"),
        pytest.param(0.0, (MATURING,), 2.0, id="something is maturing"),
        pytest.param(0.0, (UNSEEN,), 2.0, id="something may have left"),
    ],
)
def test_a_quiet_street_is_decoded_more_seldom(
    changed_at: float, stays: tuple[Stay, ...], pace_s: float
) -> None:
    assert known(changed_at=changed_at).pace_s(102.0, stays, INTERVALS) == pace_s


def test_only_a_change_is_remembered_as_one() -> None:
    before = known(changed_at=50.0)
    quiet = before.detected(STREET, 110.0, Detections.empty(), Why.MATURING)
    changed = before.detected(with_car(), 110.0, Detections.empty(), Why.CHANGED)
    assert (quiet.changed_at, changed.changed_at) == (50.0, 110.0)
    assert changed.wants(with_car(), 118.0, (), INTERVALS) is None
