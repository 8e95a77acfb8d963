"""What a camera of a simulated city shows, look by look: detections, hour after hour."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from streetwatch.datasets.city.ground import KINDS
from streetwatch.datasets.city.life import City, Violation
from streetwatch.datasets.city.people import SLOT_S, people_of
from streetwatch.datasets.city.plan import DAY_S, HOUR_S
from streetwatch.datasets.simulate import SIZE, Actor, Disturbances, looks, standing
from streetwatch.vision.types import Box, Look, Seconds

#: Between two looks: a pause of 15 s would be an outage (`zones.presence.OUTAGE_S`).
LOOK_EVERY_S: Final[Seconds] = 10.0

_SEEING: Final = Disturbances(missed=0.1, jitter=0.02)

#: What stands beside each other in a zone; the next one stands where the first has stood.
_BESIDE: Final = 3


def stream(city: City, camera_id: str) -> Iterator[Look]:
    """Yield the looks of a camera, in order of time; hours in which it was away have none.

    What one day leaves standing is still there on the next.
    """
    row = [post.id for post in city.ground.posts].index(camera_id)
    left: tuple[Violation, ...] = ()
    for day in city.days():
        midnight = city.plan.start + day.number * DAY_S
        here = (*left, *(one for one in day.violations if one.camera == camera_id))
        actors = [*_standing(here), *_people(city, day.number, row)]
        for hour, looked_s in enumerate(day.looked_s[row].tolist()):
            start = midnight + hour * HOUR_S
            if looked_s:
                yield from _hour(actors, start, (city.plan.seed, row, day.number, hour))
        left = tuple(one for one in here if one.end > midnight + DAY_S)


def _hour(
    actors: Sequence[tuple[Seconds, Seconds, Actor]], start: Seconds, seed: Sequence[int]
) -> Iterator[Look]:
    present = [who for first, last, who in actors if first < start + HOUR_S and last >= start]
    yield from looks(
        present,
        _SEEING,
        length_s=HOUR_S - LOOK_EVERY_S,
        looks_per_s=1 / LOOK_EVERY_S,
        seed=int(np.random.SeedSequence(seed).generate_state(1)[0]),
        pictures=False,
        start=start,
    )


def _standing(violations: Sequence[Violation]) -> Iterator[tuple[Seconds, Seconds, Actor]]:
    for number, one in enumerate(violations):
        kind = KINDS[one.kind]
        x1, y1, x2, y2 = kind.box
        right = (number % _BESIDE) * (x2 - x1) * 1.1
        box = _pixels((x1 + right, y1, x2 + right, y2))
        yield one.start, one.end, standing(box, one.start, one.end, kind.label)


def _people(city: City, day: int, row: int) -> Iterator[tuple[Seconds, Seconds, Actor]]:
    chance = np.random.default_rng((city.plan.seed, 6, day, row))
    midnight = city.plan.start + day * DAY_S
    for slot, count in enumerate(people_of(city, day)[row].tolist()):
        start = midnight + slot * SLOT_S
        for x, y in chance.uniform((0.02, 0.42), (0.95, 0.80), (count, 2)).tolist():
            box = _pixels((x, y, x + 0.03, y + 0.12))
            yield start, start + SLOT_S, standing(box, start, start + SLOT_S - 0.001, "person")


def _pixels(box: Box) -> Box:
    width, height = SIZE
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height
