"""The tabs of the page: a name, what they are asked by, and who draws them. Add yours here."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from streetwatch.service.console.foresight.asked import Asked
from streetwatch.service.console.foresight.campaigns import draw_campaigns
from streetwatch.service.console.foresight.coverage import draw_coverage
from streetwatch.service.console.foresight.crowds import draw_crowds
from streetwatch.service.console.foresight.efficiency import draw_efficiency
from streetwatch.service.console.foresight.fronts import draw_fronts
from streetwatch.service.console.foresight.hotspots import draw_hot_spots
from streetwatch.service.console.foresight.month import draw_month
from streetwatch.service.console.foresight.patrol import draw_patrol
from streetwatch.service.console.language import mark
from streetwatch.service.console.parts import Parts

#: Draws a tab into the element that is open; what it draws is of the part of the city that `Parts`
#: is limited to.
Render: TypeAlias = Callable[[Parts, Asked], Awaitable[None]]


class Choice(StrEnum):
    """What a tab lets its reader choose."""

    DAYS = "days"
    TYPE = "type"
    CELLS = "cells"


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of the page.

    Attributes:
        name: As it stands in the address.
        words: On the tab.
        draw: Draws it.
        choices: What it is asked by; nothing else is offered.
    """

    name: str
    words: str
    draw: Render
    choices: frozenset[Choice]


_ALL: Final = frozenset(Choice)
_CASES: Final = frozenset({Choice.DAYS, Choice.TYPE})

TABS: Final = (
    Tab("hot-spots", mark("Hot spots"), draw_hot_spots, _ALL),
    Tab("coverage", mark("Coverage"), draw_coverage, frozenset({Choice.DAYS})),
    Tab("crowds", mark("Crowds"), draw_crowds, frozenset({Choice.DAYS})),
    Tab("patrol", mark("Patrols"), draw_patrol, frozenset({Choice.TYPE})),
    Tab("campaigns", mark("Campaigns"), draw_campaigns, _CASES),
    Tab("fronts", mark("Shop fronts"), draw_fronts, _CASES),
    Tab("efficiency", mark("Efficiency"), draw_efficiency, _CASES),
    Tab("month", mark("Month"), draw_month, frozenset()),
)
