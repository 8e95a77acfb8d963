"""Who suffers from what, and when: drawn from a seed. Pure."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from streetwatch.datasets.fake_trouble import Trouble
from streetwatch.vision.types import Seconds

#: All cameras are well for so long: what grows is measured against it.
QUIET_S: Final[Seconds] = 30.0

#: Between the end of one trouble of a camera and the next, on the average.
APART_S: Final[Seconds] = 150.0

#: How long a trouble lasts.
LEAST_S: Final[Seconds] = 5.0
MOST_S: Final[Seconds] = 40.0


@dataclass(frozen=True, slots=True)
class Spell:
    """One camera's trouble, from and until, seconds since the soak began."""

    camera: str
    trouble: Trouble
    begin_s: Seconds
    end_s: Seconds


def spells(cameras: Sequence[str], seconds: Seconds, *, seed: int) -> tuple[Spell, ...]:
    """Draw the troubles of a soak, in order of when they begin; all end before the soak does."""
    chance = random.Random(seed)  # noqa: S311 -- fate, not secrets
    drawn = [one for name in cameras for one in _of(name, seconds - QUIET_S, chance)]
    return tuple(sorted(drawn, key=lambda one: one.begin_s))


def _of(camera: str, seconds: Seconds, chance: random.Random) -> list[Spell]:
    found: list[Spell] = []
    at = QUIET_S
    while True:
        at += chance.expovariate(1 / APART_S)
        lasting_s = chance.uniform(LEAST_S, MOST_S)
        if at + lasting_s >= seconds:
            return found
        found.append(Spell(camera, chance.choice(list(Trouble)), at, at + lasting_s))
        at += lasting_s
