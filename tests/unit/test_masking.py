"""People and uninvolved plates are covered in what goes out; what was there can't be told."""

import numpy as np
import pytest

from sealed import Sees
from streetwatch.vision.masking import (
    FILM_CELLS,
    STILL_CELLS,
    Care,
    Masker,
    covered,
    people_covered,
    walked,
)
from streetwatch.vision.types import Box, Image, Spared

PERSON = (100.0, 100.0, 140.0, 220.0)
CAR = (300.0, 150.0, 420.0, 230.0)
OTHER = (450.0, 150.0, 570.0, 230.0)


def noise(seed: int = 3) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (360, 640, 3), np.uint8)


def changed(before: Image, after: Image, box: Box) -> float:
    """Return the share of a box's pixels that are not as they were."""
    x1, y1, x2, y2 = (round(value) for value in box)
    return float((before[y1:y2, x1:x2] != after[y1:y2, x1:x2]).any(axis=2).mean())


def test_everybody_is_covered_and_the_case_s_own_plate_is_not() -> None:
    sees = Sees((("person", PERSON), ("car", CAR), ("car", OTHER)))
    image = noise()
    shown = Masker(sees).masked(
        image, spare=Spared((302.0, 150.0, 422.0, 232.0), (640, 360), is_vehicle=True)
    )
    assert changed(image, shown, PERSON) > 0.99
    assert changed(image, shown, (105.0, 90.0, 135.0, 100.0)) > 0.99, "above the head"
    assert changed(image, shown, CAR) == 0
    assert changed(image, shown, (480.0, 200.0, 540.0, 228.0)) > 0.99, "the other's plate"
    assert changed(image, shown, (455.0, 152.0, 565.0, 173.0)) == 0, "the other's roof"
    assert changed(image, shown, (0.0, 0.0, 90.0, 90.0)) == 0


def test_no_plate_is_spared_where_the_case_is_about_no_vehicle() -> None:
    image = noise()
    shown = Masker(Sees((("car", CAR),))).masked(image)
    assert changed(image, shown, (330.0, 200.0, 390.0, 228.0)) > 0.99
    assert changed(image, shown, (300.0, 180.0, 320.0, 200.0)) > 0.99, "at the edge, as in a bend"


def test_what_is_hardly_a_vehicle_has_no_plate() -> None:
    image = noise()
    shown = Masker(Sees((("truck", CAR),), (0.03,))).masked(image)
    assert changed(image, shown, CAR) == 0


@pytest.mark.parametrize(
    ("sure", "covered_share"),
    [
        pytest.param({"garbage": 0.6, "person": 0.02}, 0.0, id="a heap with a little of a person"),
        pytest.param({"garbage": 0.6, "person": 0.3}, 1.0, id="a person before a heap"),
        pytest.param({"garbage": 0.2, "person": 0.02}, 1.0, id="neither is sure"),
        pytest.param({"person": 0.02}, 1.0, id="the heap is not seen"),
    ],
)
def test_no_mask_takes_the_evidence_away(sure: dict[str, float], covered_share: float) -> None:
    heap: Box = (200.0, 150.0, 260.0, 210.0)
    sees = Sees(tuple((label, heap) for label in sure), tuple(sure.values()))
    image = noise()
    shown = Masker(sees).masked(image, spare=Spared(heap, (640, 360), is_vehicle=False))
    assert changed(image, shown, heap) == pytest.approx(covered_share, abs=0.02)


@pytest.mark.parametrize(("cells", "most"), [(FILM_CELLS, 1), (STILL_CELLS, 4 * 12)])
def test_a_covered_area_holds_a_few_colours(cells: int, most: int) -> None:
    boxes = np.array([PERSON], np.float32)
    shown = covered(noise(), boxes, cells=cells)[100:220, 100:140]
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) <= most


def test_what_reaches_out_of_the_picture_is_covered_as_far_as_it_goes() -> None:
    boxes = np.array([(-50, -50, 30, 30), (620, 340, 900, 900), (700, 1, 800, 9)], np.float32)
    image = noise()
    shown = covered(image, boxes, cells=FILM_CELLS)
    assert changed(image, shown, (0.0, 0.0, 30.0, 30.0)) > 0.99
    assert changed(image, shown, (620.0, 340.0, 640.0, 360.0)) > 0.99


def test_a_large_picture_is_looked_at_in_parts_too() -> None:
    sees = Sees(())
    Masker(sees).people_and_vehicles(np.zeros((1080, 1920, 3), np.uint8))
    whole, part = (1080, 1920), (648, 1152)
    assert [one.shape[:2] for one in sees.asked] == [whole, whole, part, part, part, part]
    sees.asked.clear()
    for care, looks in ((Care.FILM, 1), (Care.STILL, 2)):
        sees.asked.clear()
        Masker(sees).people_and_vehicles(noise(), care)
        assert len(sees.asked) == looks


def test_a_mask_between_two_looks_is_wider_by_how_far_people_walk() -> None:
    boxes = np.array([PERSON], np.float32)
    assert walked(boxes, 0.1)[0].tolist() == pytest.approx([89.2, 100, 150.8, 220])


def test_on_the_wall_people_are_covered_where_they_may_have_walked_since() -> None:
    seen = Sees((("person", PERSON), ("car", CAR))).detect(noise())
    image = noise()
    at_once = people_covered(image, seen, (640, 360), apart_s=0.0)
    assert changed(image, at_once, PERSON) > 0.99
    assert changed(image, at_once, CAR) < 0.1
    later = people_covered(image, seen, (640, 360), apart_s=30.0)
    beside = (PERSON[0] - 100, PERSON[1], PERSON[0] - 40, PERSON[3])
    assert changed(image, at_once, beside) == 0
    assert changed(image, later, (max(beside[0], 0), beside[1], beside[2], beside[3])) > 0.9
    small = people_covered(image[::2, ::2], seen, (640, 360), apart_s=0.0)
    halves = (PERSON[0] / 2, PERSON[1] / 2, PERSON[2] / 2, PERSON[3] / 2)
    assert changed(image[::2, ::2], small, halves) > 0.99
