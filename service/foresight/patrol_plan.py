"""Who goes where, when: routes that meet as many violations as a shift allows. Pure.

Team orienteering with time windows: each place in each hour is worth what stands there on average,
a visit takes its time, teams have a shift. Solved by PyVRP (N. A. Wouda, L. Lan, W. Kool, INFORMS
Journal on Computing 36, 2024), with a seed and a number of steps: the same question has the same
answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from streetwatch.service.foresight.patrol import Chance
from streetwatch.service.foresight.patrol_roads import Roads, Ways, ways
from streetwatch.vision.types import Seconds
from streetwatch.zones.ground import MapPoint

if TYPE_CHECKING:
    from pyvrp import Depot, Location, Model, ScheduledActivity

#: Visits that are chosen from: those that are worth most.
MOST_CANDIDATES: Final = 120

#: Hours in which a place is worth one visit: what stands there is met once.
AGAIN_H: Final = 3

#: Chances that hold the best hour of so many places and parts of the day, at the least.
MOST_CHANCES: Final = MOST_CANDIDATES * AGAIN_H

#: What keeps a long search from holding up whoever asks, seconds.
TIME_LIMIT_S: Final = 20.0

#: A violation met is worth as many seconds of way: more than any shift is long.
_WORTH: Final = 1_000_000

_HOUR_S: Final = 3600


class NoSolverError(Exception):
    """The solver is not installed."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What is there to go with.

    Attributes:
        start_hour: China's clock.
        hours: How long a team is out, at most to midnight.
        teams: How many go.
        visit_s: How long one looks at a place.
        speed_m_s: On foot 1.2, on an electric bicycle 4.
        steps: Of the search.
        seed: Of its chance.
    """

    start_hour: int = 8
    hours: int = 8
    teams: int = 2
    visit_s: Seconds = 300.0
    speed_m_s: float = 1.2
    steps: int = 200
    seed: int = 1

    def __post_init__(self) -> None:
        if not (0 <= self.start_hour < 24 and 0 < self.hours <= 24 - self.start_hour):
            raise ValueError("a shift begins at 0 to 23 o'clock and ends by midnight")
        if self.teams < 1 or self.visit_s <= 0 or self.speed_m_s <= 0 or self.steps < 1:
            raise ValueError("teams, visit, speed and steps must be above 0")

    @property
    def window(self) -> tuple[int, int]:
        """Its first and last second of the day."""
        return self.start_hour * _HOUR_S, (self.start_hour + self.hours) * _HOUR_S


@dataclass(frozen=True, slots=True)
class Visit:
    """A team at a place.

    Attributes:
        arrive_s: Seconds of the day, China's clock.
        leave_s: The same.
        expected: Violations that are likely to stand there then.
    """

    place: str
    at: MapPoint
    arrive_s: Seconds
    leave_s: Seconds
    expected: float


@dataclass(frozen=True, slots=True)
class Route:
    """A team's way.

    Attributes:
        team: From 1.
    """

    team: int
    visits: tuple[Visit, ...]


def planned(
    chances: Sequence[Chance], shift: Shift, *, base: MapPoint, roads: Roads | None = None
) -> tuple[Route, ...]:
    """Return the routes of a shift; a team that is not needed stays in.

    Args:
        chances: What visits are worth, the best first.
        shift: What there is to go with.
        base: Where all set out and come back to.
        roads: Left out: straight lines with a detour.

    Raises:
        NoSolverError: the extra `patrol` is not installed.
    """
    hours = range(shift.start_hour, shift.start_hour + shift.hours)
    worth_it = [one for one in chances if one.hour in hours and one.expected > 0]
    wanted = _best_of_each(worth_it, shift)
    if not wanted:
        return ()
    found = ways([base, *(one.at for one in wanted)], roads or Roads(), speed_m_s=shift.speed_m_s)
    return tuple(_solved(wanted, shift, found))


def _best_of_each(chances: Sequence[Chance], shift: Shift) -> list[Chance]:
    """Return the best hour of each place and part of the shift, of those that are worth most.

    Of a place's hours in a part only one is gone to: were all of them candidates, the busiest
    places would leave no room for others.
    """
    best: dict[tuple[str, int], Chance] = {}
    for one in chances:
        best.setdefault((one.place, (one.hour - shift.start_hour) // AGAIN_H), one)
    return list(best.values())[:MOST_CANDIDATES]


def _solved(wanted: Sequence[Chance], shift: Shift, found: Ways) -> list[Route]:
    try:
        import pyvrp  # noqa: PLC0415 -- the extra `patrol`
        from pyvrp import stop  # noqa: PLC0415
    except ImportError as error:
        raise NoSolverError(
            "routes need a solver: install it with pip install 'streetwatch[patrol]'"
        ) from error

    model = pyvrp.Model()
    places = [model.add_location(index, 0) for index in range(len(wanted) + 1)]
    _add_teams(model, model.add_depot(places[0]), shift)
    for place, chance in zip(places[1:], wanted, strict=True):
        _add_visit(model, place, chance, shift)
    lasts: Any = np.rint(found.seconds).astype(np.int64)  # its stubs know no shapes
    data = model.data().replace(distance_matrices=[np.zeros_like(lasts)], duration_matrices=[lasts])
    until = stop.MultipleCriteria([stop.MaxIterations(shift.steps), stop.MaxRuntime(TIME_LIMIT_S)])
    best = pyvrp.solve(data, until, seed=shift.seed, collect_stats=False, display=False).best
    lines = [_visits(wanted, route.schedule()) for route in best.routes()]
    return [Route(team, visits) for team, visits in enumerate(sorted(lines, key=_when), start=1)]


def _add_teams(model: "Model", depot: "Depot", shift: Shift) -> None:
    start, end = shift.window
    model.add_vehicle_type(
        shift.teams,
        start_depot=depot,
        end_depot=depot,
        tw_early=start,
        tw_late=end,
        unit_distance_cost=0,
        unit_duration_cost=1,
    )


def _add_visit(model: "Model", place: "Location", chance: Chance, shift: Shift) -> None:
    opens = chance.hour * _HOUR_S
    model.add_client(
        place,
        service_duration=round(shift.visit_s),
        tw_early=opens,
        tw_late=opens + _HOUR_S - 1,
        prize=max(round(chance.expected * _WORTH), 1),
        required=False,
    )


def _visits(wanted: Sequence[Chance], schedule: Iterable["ScheduledActivity"]) -> tuple[Visit, ...]:
    return tuple(
        _visit(wanted[one.idx], one.start_time, one.end_time) for one in schedule if one.is_client()
    )


def _visit(chance: Chance, start: int, end: int) -> Visit:
    return Visit(chance.place, chance.at, float(start), float(end), chance.expected)


def _when(visits: tuple[Visit, ...]) -> tuple[Seconds, str]:
    return (visits[0].arrive_s, visits[0].place) if visits else (0.0, "")


def fixed_round(
    places: Sequence[tuple[str, MapPoint]],
    shift: Shift,
    *,
    base: MapPoint,
    roads: Roads | None = None,
) -> tuple[Route, ...]:
    """Return what the routes are held against: always the same round, from place to nearest place.

    Each team has its own share of the places and goes round it as often as the shift allows.
    """
    tour = _nearest_first(places, base, roads or Roads(), shift.speed_m_s)
    share = -(-len(tour) // shift.teams)
    parts = [tour[at : at + share] for at in range(0, len(tour), share)] if tour else []
    walks = (_walked(part, shift, base, roads or Roads()) for part in parts)
    return tuple(Route(team, visits) for team, visits in enumerate(walks, start=1))


def _nearest_first(
    places: Sequence[tuple[str, MapPoint]], base: MapPoint, roads: Roads, speed_m_s: float
) -> list[tuple[str, MapPoint]]:
    gaps = ways([base, *(at for _, at in places)], roads, speed_m_s=speed_m_s).seconds.copy()
    here, tour = 0, []
    gaps[:, 0] = np.inf
    for _ in places:
        here = int(gaps[here].argmin())
        gaps[:, here] = np.inf
        tour.append(places[here - 1])
    return tour


def _walked(
    tour: Sequence[tuple[str, MapPoint]], shift: Shift, base: MapPoint, roads: Roads
) -> tuple[Visit, ...]:
    now, end = shift.window
    tour = tour[: int((end - now) / shift.visit_s) + 1]  # nobody comes to more in a shift
    gaps = ways([base, *(at for _, at in tour)], roads, speed_m_s=shift.speed_m_s).seconds
    at, here, turn, visits = float(now), 0, 0, list[Visit]()
    while True:
        there = turn % len(tour) + 1
        arrive = at + gaps[here, there]
        leave = arrive + shift.visit_s
        if leave + gaps[there, 0] > end:
            return tuple(visits)
        name, point = tour[there - 1]
        visits.append(Visit(name, point, float(arrive), float(leave), 0.0))
        at, here, turn = leave, there, turn + 1
