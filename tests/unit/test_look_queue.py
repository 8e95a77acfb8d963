"""What waits for the detector: newest pictures, the latest camera first, all evenly."""

import numpy as np

from streetwatch.service.runtime.attention import Why
from streetwatch.service.runtime.look_queue import LookQueue
from streetwatch.vision.gate import Gate
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Frame
from streetwatch.vision.view import Glance, glance_at

PICTURE = Pixels(np.zeros((2, 2, 3), np.uint8))


def glance(camera: str, at: float) -> Glance:
    return glance_at(Frame(camera, 0, at, PICTURE), longest=640, masks=())


def put(queue: LookQueue, one: Glance, why: Why, *, patience_s: float) -> None:
    queue.put(one, Gate(()).change(one.view), why, patience_s=patience_s)


def test_the_newest_picture_keeps_the_turn_of_the_one_it_replaces() -> None:
    queue = LookQueue()
    put(queue, glance("a", 0.0), Why.CHANGED, patience_s=2.0)
    put(queue, glance("b", 1.0), Why.CHANGED, patience_s=2.0)
    put(queue, glance("a", 2.0), Why.CHANGED, patience_s=2.0)
    first = queue.take(3.0)
    assert first is not None
    assert (first.glance.frame.camera_id, first.glance.frame.at) == ("a", 2.0)
    assert (queue.replaced("a"), queue.replaced("b"), len(queue)) == (1, 0, 1)


def test_what_has_less_patience_goes_first() -> None:
    queue = LookQueue()
    put(queue, glance("idle", 0.0), Why.IDLE, patience_s=30.0)
    put(queue, glance("maturing", 1.0), Why.MATURING, patience_s=2.0)
    taken = [queue.take(2.0), queue.take(2.0)]
    assert [one.glance.frame.camera_id for one in taken if one] == ["maturing", "idle"]


def test_an_idle_camera_is_not_starved_by_hurried_ones() -> None:
    queue = LookQueue()
    put(queue, glance("idle", 0.0), Why.IDLE, patience_s=4.0)
    taken = []
    for second in range(80):
        put(queue, glance("hurried", float(second)), Why.MATURING, patience_s=2.0)
        one = queue.take(second + 1.9)
        taken.append(one.glance.frame.camera_id if one else None)
    assert taken.count("idle") == 1
    assert taken.index("idle") <= 4


def test_a_change_that_waits_is_no_less_urgent_for_a_quiet_picture_after_it() -> None:
    queue = LookQueue()
    put(queue, glance("a", 0.0), Why.CHANGED, patience_s=2.0)
    put(queue, glance("a", 2.0), Why.IDLE, patience_s=30.0)
    one = queue.take(3.0)
    assert one is not None
    assert (one.why, one.lateness(3.0)) == (Why.CHANGED, 1.5)


def test_an_empty_queue_gives_nothing() -> None:
    assert LookQueue().take(0.0) is None
    assert LookQueue().why("a") is None
