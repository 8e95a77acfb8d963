"""A street that sways is made to stand still, and one that does not is left as it is."""

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.datasets.compose.steadying import steadied

Picture = npt.NDArray[np.uint8]


def _street() -> Picture:
    coarse = np.random.default_rng(5).uniform(30, 220, (18, 32, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (320, 180), interpolation=cv2.INTER_CUBIC), np.uint8)


def _swayed(picture: Picture, right: float, down: float) -> Picture:
    move = np.array([[1, 0, right], [0, 1, down]], np.float64)
    moved = cv2.warpAffine(picture, move, (320, 180), borderMode=cv2.BORDER_REFLECT)
    return np.asarray(moved, np.uint8)


def _apart(one: Picture, other: Picture) -> float:
    inner = slice(20, -20), slice(20, -20)
    return float(np.abs(one[inner].astype(float) - other[inner]).mean())


def test_what_sways_stands_where_the_first_picture_shows_it() -> None:
    street = _street()
    swaying = [street, _swayed(street, 3.0, -2.0), _swayed(street, -1.5, 2.5)]

    steady = list(steadied(swaying))

    for before, after in zip(swaying[1:], steady[1:], strict=True):
        assert _apart(after, street) < 0.2 * _apart(before, street)


def test_what_stands_still_is_left_as_it_is() -> None:
    street = _street()
    passing = street.copy()
    passing[90:120, 100:160] = (10, 10, 200)

    first, second = steadied([street, passing])

    assert (first == street).all()
    assert (second == passing).all()


def test_another_picture_altogether_is_left_as_it_is() -> None:
    other = np.random.default_rng(6).integers(0, 255, (180, 320, 3)).astype(np.uint8)

    _, second = steadied([_street(), other])

    assert (second == other).all()
