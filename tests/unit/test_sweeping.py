"""Things are taken away from photographs without a trace that could be taken for one."""

import numpy as np
import numpy.typing as npt

from streetwatch.datasets.compose.sweeping import swept

_GREY = 120


def _street() -> npt.NDArray[np.uint8]:
    """A pavement whose grain is the same everywhere, darker far away."""
    chance = np.random.default_rng(3)
    grain = chance.normal(0, 6, (240, 320, 1))
    ground = np.linspace(-40, 40, 240)[:, None, None]
    return np.clip(np.broadcast_to(_GREY + ground + grain, (240, 320, 3)), 0, 255).astype(np.uint8)


def test_where_a_thing_was_the_ground_goes_on() -> None:
    bare = _street()
    with_thing = bare.copy()
    with_thing[120:180, 100:160] = (20, 20, 200)

    after = swept(with_thing, [(100.0, 120.0, 160.0, 180.0)])

    assert after is not None
    there, before = after[120:180, 100:160].astype(float), bare[120:180, 100:160].astype(float)
    assert abs(there.mean() - before.mean()) < 8
    assert 0.5 < there.std() / before.std() < 1.5, "grain and all, not a smear"


def test_all_else_stays_as_it_was() -> None:
    picture = _street()

    after = swept(picture, [(100.0, 120.0, 160.0, 180.0)])

    assert after is not None
    changed = np.argwhere((after != picture).any(axis=2))
    assert changed.min(axis=0).tolist() >= [105, 85]
    assert changed.max(axis=0).tolist() <= [195, 175]


def test_a_thing_at_the_rim_is_taken_away_too() -> None:
    picture = _street()
    picture[200:240, 280:320] = (20, 20, 200)

    after = swept(picture, [(280.0, 200.0, 320.0, 240.0)])

    assert after is not None
    assert after.shape == picture.shape
    assert after[205:235, 285:315, 2].mean() < 180


def test_what_stands_beside_it_is_not_put_in_its_place() -> None:
    picture = _street()
    picture[120:180, 20:80] = picture[120:180, 100:160] = (20, 20, 200)

    after = swept(picture, [(20.0, 120.0, 80.0, 180.0), (100.0, 120.0, 160.0, 180.0)])

    assert after is not None
    assert after[125:175, 20:160, 2].mean() < 150


def test_where_there_is_no_room_beside_it_nothing_is_made_up() -> None:
    assert swept(_street(), [(40.0, 100.0, 280.0, 200.0)]) is None


def test_nothing_to_take_away_leaves_the_picture() -> None:
    picture = _street()

    after = swept(picture, [])

    assert after is not None
    assert (after == picture).all()
