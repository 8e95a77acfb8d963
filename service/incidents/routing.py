"""Which target is told what: a pure function of the message and the targets' routes."""

from collections.abc import Collection
from dataclasses import dataclass

from streetwatch.service.incidents.case import Message, Occasion

#: The target that is the desk embedded in the service; all there is where nobody wrote targets.
DESK = "desk"

#: A warning files nothing yet: a case platform is told only if it asks for it.
USUAL = frozenset(Occasion) - {Occasion.WARNED}

#: Who can do something with a warning is told everything: the desk, a loudspeaker, a phone.
EVERYTHING = frozenset(Occasion)


@dataclass(frozen=True, slots=True)
class Route:
    """What one target is told.

    Attributes:
        target: Its id.
        types: Which violation types; None for all.
        grids: Which unit grids, or their beginnings with `*`; None for all, and for cameras whose
            grid nobody wrote down.
        occasions: On which occasions.
    """

    target: str
    types: frozenset[str] | None = None
    grids: tuple[str, ...] | None = None
    occasions: frozenset[Occasion] = USUAL

    def takes(self, message: Message) -> bool:
        """Whether its target is to be told this."""
        case = message.case
        of_type = self.types is None or case.incident.type in self.types
        place = case.place
        grid = None if place is None else place.grid_code
        return of_type and message.occasion in self.occasions and self._covers(grid)

    def _covers(self, grid: str | None) -> bool:
        if self.grids is None:
            return True
        return grid is not None and any(_fits(grid, pattern) for pattern in self.grids)


Routes = tuple[Route, ...]

TO_THE_DESK: Routes = (Route(DESK, occasions=EVERYTHING),)


def targets_of(message: Message, routes: Routes, *, told: Collection[str]) -> tuple[str, ...]:
    """Return the targets that a message is promised to.

    A target that wants to be told when a case opens, and was told nothing of this one (it was
    added later), is not told how the case goes on: it would not know what that is about.

    Args:
        message: To route.
        routes: One for each target.
        told: Targets that were promised something about this incident before.
    """
    return tuple(
        route.target
        for route in routes
        if route.takes(message) and (_begins(message, route) or route.target in told)
    )


def types_told_everywhere(routes: Routes) -> frozenset[str] | None:
    """Return the types of whose every case some target is told when it opens; None for all."""
    everywhere = [one for one in routes if one.grids is None and Occasion.OPENED in one.occasions]
    if any(one.types is None for one in everywhere):
        return None
    return frozenset().union(*(one.types for one in everywhere if one.types is not None))


def _begins(message: Message, route: Route) -> bool:
    """Tell whether a target can hear this without having heard anything before."""
    starts = {Occasion.WARNED, Occasion.OPENED} & route.occasions
    return not starts or message.occasion in starts


def _fits(grid: str, pattern: str) -> bool:
    return grid.startswith(pattern[:-1]) if pattern.endswith("*") else grid == pattern
