"""Boxes that look wrong are named with the reason."""

from pathlib import Path

import pytest

from streetwatch.datasets.quality import doubts
from streetwatch.datasets.yolo_folder import LabelledBox, LabelledImage

GOOD = LabelledBox("garbage", (0.5, 0.5), (0.2, 0.3))


@pytest.mark.parametrize(
    ("box", "why"),
    [
        pytest.param(LabelledBox("bin", (0.98, 0.5), (0.2, 0.2)), "outside the picture", id="out"),
        pytest.param(LabelledBox("bin", (0.5, 0.5), (0.01, 0.2)), "too small to judge", id="small"),
        pytest.param(LabelledBox("bin", (0.5, 0.5), (0.9, 0.1)), "very long", id="long"),
    ],
)
def test_a_box_is_doubted_for_its_reason(box: LabelledBox, why: str) -> None:
    (doubt,) = doubts([LabelledImage(Path("a.jpg"), (GOOD, box))])
    assert (doubt.box, doubt.why) == (box, why)


def test_an_object_drawn_twice_is_doubted_once() -> None:
    again = LabelledBox("garbage", (0.505, 0.5), (0.2, 0.3))
    other = LabelledBox("bin", (0.5, 0.5), (0.2, 0.3))
    (doubt,) = doubts([LabelledImage(Path("a.jpg"), (GOOD, again, other))])
    assert (doubt.box, doubt.why) == (again, "drawn twice")


def test_good_boxes_are_not_doubted() -> None:
    assert not list(doubts([LabelledImage(Path("a.jpg"), (GOOD,)), LabelledImage(Path("b"), ())]))
