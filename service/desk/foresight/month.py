"""A month for the bureau's chief: what was, what came back, and where to send people."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from streetwatch.service.desk.foresight.ahead import Ahead, ahead
from streetwatch.service.desk.foresight.counting import by_day, by_hour
from streetwatch.service.desk.foresight.foreseer import Foreseer, Outcome
from streetwatch.service.desk.foresight.fronts import Frontage
from streetwatch.service.desk.foresight.rounds import Outing, Rounds
from streetwatch.service.desk.reports.monthly import Month
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.desk.reports.period import month as month_named
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.desk.reports.reporter import Reporter, grid_prefix
from streetwatch.service.foresight.efficiency import Efficiency, Patrol
from streetwatch.service.foresight.patrol_plan import NoSolverError, Shift
from streetwatch.service.foresight.relapse import Relapse
from streetwatch.service.foresight.relapse_chains import Chain
from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Seconds

T = TypeVar("T")

#: What the cameras are held against: every place every four hours, four hours of work a round.
ROUND = Patrol(every_s=4 * 3600.0, staff_h=4.0)

#: Whom routes are planned for: the patrols' tab offers others.
OUTING = Outing(Shift())

#: Lines of a table.
MOST = 10


@dataclass(frozen=True, slots=True, eq=False)
class MonthPage:
    """Everything that the month's page shows. None: too many cases for one answer.

    Attributes:
        month: The desk's figures.
        made_at: What was still open was judged as of then.
        days: Violations that came in on each day.
        hours: Violations in each hour of the day.
        relapses: Of the month's closed cases.
        chains: The places that came back most often.
        campaigns: Those of which a day lies in the month or the eight weeks before it.
        efficiency: Against `ROUND`.
        frontages: Of all shop fronts, the worst first.
        ahead: Where to send people, and what nobody sees.
        patrol: The routes of `OUTING`, learnt up to the month's end; None too where there is no
            solver.
    """

    month: Month
    made_at: Seconds
    days: Sequence[int]
    hours: Sequence[int]
    relapses: tuple[Relapse, ...]
    chains: Sequence[Chain] | None
    campaigns: Sequence[Outcome]
    efficiency: Efficiency
    frontages: Sequence[Frontage] | None
    ahead: Ahead
    patrol: Rounds | None


def month_page(
    reporter: Reporter, foreseer: Foreseer, name: str, *, grid: str | None = None
) -> MonthPage:
    """Make the month's page.

    Raises:
        InputError: there is no such month or grid.
        StorageError: the database refused.
    """
    period = month_named(name)
    wanted = Wanted(period, grid=grid_prefix(grid), reach=foreseer.reach)
    # What waits for the database waits together.
    with ThreadPoolExecutor(7) as beside:
        coming = beside.submit(ahead, foreseer, period, wanted.grid)
        chains = beside.submit(_where_few_enough, lambda: foreseer.chains(wanted, most=MOST))
        frontages = beside.submit(_where_few_enough, lambda: foreseer.frontages(wanted))
        campaigns = beside.submit(_campaigns, foreseer, period)
        patrol = beside.submit(_routes, foreseer, wanted)
        relapses = beside.submit(foreseer.relapses, wanted)
        efficiency = beside.submit(foreseer.efficiency, wanted, ROUND)
        cases = reporter.cases(wanted)
        return MonthPage(
            month=reporter.month_of(cases, period, grid),
            made_at=foreseer.clock(),
            days=by_day(cases, period),
            hours=by_hour(cases),
            relapses=relapses.result(),
            chains=chains.result(),
            campaigns=campaigns.result(),
            efficiency=efficiency.result(),
            frontages=frontages.result(),
            ahead=coming.result(),
            patrol=patrol.result(),
        )


def _campaigns(foreseer: Foreseer, period: Period) -> list[Outcome]:
    """Return what came of the campaigns whose weeks after reach into the month."""
    touching = (
        one
        for one in foreseer.campaigns()
        if one.window.end > period.start and one.period.start < period.end
    )
    return [foreseer.outcome(one) for one in touching][:MOST]


def _routes(foreseer: Foreseer, wanted: Wanted) -> Rounds | None:
    """Return who would go where, as of the month's end."""
    as_of = min(foreseer.clock(), wanted.period.end)
    try:
        return replace(foreseer, clock=lambda: as_of).rounds(wanted, OUTING)
    except (InputError, NoSolverError):
        return None


def _where_few_enough(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except InputError:
        return None
