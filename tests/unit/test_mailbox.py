"""One place per camera, the newest frame wins, all cameras get their turn."""

import numpy as np

from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Frame

PICTURE = Pixels(np.zeros((2, 2, 3), np.uint8))


def frame(camera: str, seq: int) -> Frame:
    return Frame(camera, seq, float(seq), PICTURE)


def test_a_slow_reader_gets_the_newest_frame_and_the_others_are_counted() -> None:
    boxes = Mailboxes()
    for seq in range(5):
        boxes.put(frame("a", seq))
    taken = boxes.take(timeout_s=0)
    assert taken is not None
    assert taken.seq == 4
    assert boxes.dropped("a") == 4
    assert boxes.take(timeout_s=0) is None


def test_a_busy_camera_does_not_starve_the_others() -> None:
    boxes = Mailboxes()
    order = []
    for seq in range(3):
        boxes.put(frame("busy", seq))
    boxes.put(frame("quiet", 0))
    for seq in range(3, 6):
        boxes.put(frame("busy", seq))
        taken = boxes.take(timeout_s=0)
        order.append(taken.camera_id if taken else None)
    assert order == ["busy", "quiet", "busy"]


def test_taking_from_empty_boxes_gives_up_at_the_deadline() -> None:
    assert Mailboxes().take(timeout_s=0.01) is None
