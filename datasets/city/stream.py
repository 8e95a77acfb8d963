"""What a camera of a simulated city shows, look by look: detections, hour after hour."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from streetwatch.datasets.city.ground import KINDS, MARKET
from streetwatch.datasets.city.life import City, Violation
from streetwatch.datasets.city.people import SLOT_S, seen_of
from streetwatch.datasets.city.plan import DAY_S, HOUR_S
from streetwatch.datasets.simulate import SIZE, Actor, Disturbances, looks, standing
from streetwatch.vision.types import Box, Look, Seconds

#: Between two looks: a pause of 15 s would be an outage (`zones.presence.OUTAGE_S`).
LOOK_EVERY_S: Final[Seconds] = 10.0

_SEEING: Final = Disturbances(missed=0.1, jitter=0.02)

#: Where the upper left corners of people lie, by zone: their feet are in it.
_PEOPLE: Final = {
    "pavement": ((0.02, 0.42), (0.28, 0.80)),
    "carriageway": ((0.34, 0.42), (0.95, 0.80)),
    MARKET: ((0.02, 0.02), (0.95, 0.24)),
}


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
        box = _pixels(kind.beside(number))
        yield one.start, one.end, standing(box, one.start, one.end, kind.label)


def _people(city: City, day: int, row: int) -> Iterator[tuple[Seconds, Seconds, Actor]]:
    chance = np.random.default_rng((city.plan.seed, 6, day, row))
    midnight = city.plan.start + day * DAY_S
    camera = city.ground.posts[row].id
    for seen in (one for one in seen_of(city, day) if one.camera == camera):
        for slot, (people, stalls) in enumerate(zip(seen.people, seen.stalls, strict=True)):
            start = midnight + slot * SLOT_S
            for x, y in chance.uniform(*_PEOPLE[seen.zone], (people, 2)).tolist():
                yield _for_a_slot(start, (x, y, x + 0.03, y + 0.12), "person")
            for number in range(stalls):
                left = 0.04 + 0.09 * number
                yield _for_a_slot(start, (left, 0.12, left + 0.07, 0.30), "vendor_stall")


def _for_a_slot(start: Seconds, box: Box, label: str) -> tuple[Seconds, Seconds, Actor]:
    end = start + SLOT_S
    return start, end, standing(_pixels(box), start, end - 0.001, label)


def _pixels(box: Box) -> Box:
    width, height = SIZE
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height
