"""What is planted in a simulated city, and the truth about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from streetwatch.datasets.city.ground import KINDS, Block, Ground
from streetwatch.datasets.city.plan import HOUR_S, Plan, Plant

#: Every so many grids one is planted, two at least.
_EVERY: Final = 12

#: How much more happens where it is planted.
HOT_FACTOR: Final = 4.0
CHANGE_FACTOR: Final = 2.5

#: What a campaign leaves while it lasts.
_CALM: Final = 0.1


@dataclass(frozen=True, slots=True)
class Effect:
    """Something makes more or less happen in a grid.

    Attributes:
        plant: What it is planted as; None: it is there to be told from what is planted.
        grid: Its code.
        kind: Number of the kind of violation.
        hours: Of the day, first and the one after the last.
        span: Days from the first, first and the one after the last.
        factor: By how much.
    """

    plant: Plant | None
    grid: str
    kind: int
    hours: tuple[int, int]
    span: tuple[int, int]
    factor: float

    def line(self, plan: Plan) -> dict[str, Any]:
        """Return it for the truth."""
        first, last = self.span
        return {
            "grid": self.grid,
            "type": KINDS[self.kind].type,
            "hours": list(self.hours),
            "from": plan.start + first * 24 * HOUR_S,
            "to": plan.start + last * 24 * HOUR_S,
            "factor": self.factor,
        }


@dataclass(frozen=True, slots=True)
class Campaign:
    """People cleaned a grid up for a while.

    Attributes:
        grid: Its code.
        kind: Number of the kind of violation.
        span: Days from the first, first and the one after the last.
        back_after: Days from its end until it is as it was before; None: it stays calm.
    """

    grid: str
    kind: int
    span: tuple[int, int]
    back_after: int | None

    def effects(self, days: int) -> Iterator[Effect]:
        """Yield what it does."""
        first, last = self.span
        until = days if self.back_after is None else min(last + self.back_after, days)
        yield Effect(None, self.grid, self.kind, (0, 24), (0, days), HOT_FACTOR)
        yield Effect(None, self.grid, self.kind, (0, 24), (first, until), _CALM)

    def line(self, plan: Plan) -> dict[str, Any]:
        """Return it for the truth."""
        first, last = self.span
        return {
            "grid": self.grid,
            "type": KINDS[self.kind].type,
            "from": plan.start + first * 24 * HOUR_S,
            "to": plan.start + last * 24 * HOUR_S,
            "relapses": self.back_after is not None,
            "back_after_days": self.back_after,
        }


@dataclass(frozen=True, slots=True)
class Planted:
    """All that is planted.

    Attributes:
        effects: Hot spots and changes.
        campaigns: Those that relapse and those that do not.
        crowds: Cameras whose street fills on market days.
    """

    effects: tuple[Effect, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    crowds: tuple[str, ...] = ()

    def all_effects(self, days: int) -> tuple[Effect, ...]:
        """Return everything that makes more or less happen."""
        return (*self.effects, *(each for one in self.campaigns for each in one.effects(days)))

    def truth(self, plan: Plan, ground: Ground) -> dict[str, Any]:
        """Return the truth, for JSON."""
        return {
            "hot_spots": [one.line(plan) for one in self.effects if one.plant is Plant.HOT_SPOT],
            "changes": [one.line(plan) for one in self.effects if one.plant is Plant.CHANGE],
            "campaigns": [one.line(plan) for one in self.campaigns],
            "crowds": list(self.crowds),
            "blind_spots": [block.code for block in ground.blind],
        }


def planted_in(plan: Plan, ground: Ground) -> Planted:
    """Choose what is planted where: no grid has two plants."""
    chance = np.random.default_rng((plan.seed, 2))
    blind = {block.code for block in ground.blind}
    seen = [block for block in ground.blocks if block.code not in blind]
    order = [seen[place] for place in chance.permutation(len(seen))]
    each = max(len(seen) // _EVERY, 2)
    lots = [order[number * each : (number + 1) * each] for number in range(3)]
    effects: list[Effect] = []
    if Plant.HOT_SPOT in plan.plants:
        effects += (_hot(block, plan, chance) for block in lots[0])
    if Plant.CHANGE in plan.plants:
        effects += (_changed(block, plan, chance) for block in lots[1])
    campaigns = _campaigns(lots[2], plan, chance) if Plant.RELAPSE in plan.plants else ()
    cameras = [post.id for post in ground.posts]
    crowded = chance.permutation(len(cameras))[: max(len(cameras) // 20, 1)]
    crowds = tuple(cameras[place] for place in sorted(crowded))
    return Planted(tuple(effects), tuple(campaigns), crowds if Plant.CROWD in plan.plants else ())


def _hot(block: Block, plan: Plan, chance: np.random.Generator) -> Effect:
    kind, first = int(chance.integers(len(KINDS))), int(chance.integers(7, 17))
    hours = (first, first + 6)
    return Effect(Plant.HOT_SPOT, block.code, kind, hours, (0, plan.days), HOT_FACTOR)


def _changed(block: Block, plan: Plan, chance: np.random.Generator) -> Effect:
    kind = int(chance.integers(len(KINDS)))
    span = (plan.days // 2, plan.days)
    return Effect(Plant.CHANGE, block.code, kind, (0, 24), span, CHANGE_FACTOR)


def _campaigns(
    blocks: Sequence[Block], plan: Plan, chance: np.random.Generator
) -> Iterator[Campaign]:
    """Yield campaigns in the second quarter of the time; every other one relapses."""
    span = (plan.days // 4, plan.days // 2)
    for number, block in enumerate(blocks):
        back = int(chance.integers(2, 8)) if number % 2 == 0 else None
        yield Campaign(block.code, int(chance.integers(len(KINDS))), span, back)
