"""Who answers what the cases say about tomorrow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from streetwatch.service.cameras import Camera
from streetwatch.service.desk.foresight.campaigns import Campaign, Campaigns
from streetwatch.service.desk.foresight.courses import Days, Looked, days_around
from streetwatch.service.desk.foresight.crowds import Crowds
from streetwatch.service.desk.foresight.followed import episodes, since_campaign, since_closing
from streetwatch.service.desk.foresight.fronts import Frontage, Fronts, Scoring, frontages
from streetwatch.service.desk.foresight.outlook import Outlook
from streetwatch.service.desk.foresight.permitted import Stages, around
from streetwatch.service.desk.foresight.rounds import Outing, Rounds, rounds
from streetwatch.service.desk.foresight.stood import finds, verdicts
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.desk.reports.reporter import grid_prefix
from streetwatch.service.foresight.campaign import Effect, Lack, effect
from streetwatch.service.foresight.crowd_level import Levels
from streetwatch.service.foresight.efficiency import Efficiency, Patrol, efficiency, review_times
from streetwatch.service.foresight.frontage import Formula
from streetwatch.service.foresight.patrol_roads import Roads
from streetwatch.service.foresight.relapse import Relapse, relapses
from streetwatch.service.foresight.relapse_chains import Chain, chains
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.vision.types import Seconds

#: Chains that are told, the longest ones.
MOST_CHAINS = 500


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of a campaign.

    Attributes:
        days: What the effect was computed from.
        effect: What it changed, or why that can't be said.
        relapses: Of its places, since its end.
        used: How far stalls used the permitted places that lie there.
    """

    campaign: Campaign
    days: Days
    effect: Effect | Lack
    relapses: tuple[Relapse, ...]
    used: tuple[Stages, ...] = ()


@dataclass(frozen=True, slots=True)
class Foreseer:
    """Answers what the cases say about tomorrow.

    Attributes:
        engine: Of the desk's database.
        clock: Seconds since the epoch.
        looked: How long places were looked at.
        fronts: The shop fronts that cameras see.
        formula: Of the frontage score.
        roads: For patrols.
        cameras: Those that are watched now.
        levels: From how many people on it is a crowd, where somebody has said so.
        reach: The part of the city that whoever asks is limited to.
    """

    engine: sa.Engine
    clock: Callable[[], Seconds]
    looked: Looked = lambda *_: {}
    fronts: Callable[[], Sequence[Fronts]] = tuple
    formula: Formula = field(default_factory=Formula)
    roads: Callable[[], Roads] = Roads
    cameras: Callable[[], Sequence[Camera]] = tuple
    levels: Levels = field(default_factory=Levels)
    reach: Reach = EVERYWHERE

    def within(self, reach: Reach) -> "Foreseer":
        """Return who answers about a part of the city."""
        return replace(self, reach=reach)

    @property
    def outlook(self) -> Outlook:
        """Who answers where most happens, and what nobody sees."""
        return Outlook(self.engine, self.cameras, self.clock).within(self.reach)

    @property
    def people(self) -> Crowds:
        """Who answers how many people there were."""
        return Crowds(self.engine, self.cameras, self.clock, self.levels, self.reach)

    @property
    def book(self) -> Campaigns:
        """The campaigns."""
        return Campaigns(self.engine)

    def campaigns(self) -> list[Campaign]:
        """Return the campaigns of this part of the city, the newest first.

        Raises:
            StorageError: the database refused.
        """
        return [one for one in self.book.all() if self.reach.has(one.camera, grid_prefix(one.grid))]

    def outcome(self, campaign: Campaign) -> Outcome:
        """Return what came of a campaign.

        Raises:
            StorageError: the database refused.
        """
        now = self.clock()
        found = days_around(self.engine, campaign, self.reach, self.looked, now=now)
        spells = since_campaign(self.engine, campaign, self.reach, now=now)
        used = around(campaign, self.people)
        return Outcome(campaign, found, effect(found.course), relapses(spells), used)

    def relapses(self, wanted: Wanted) -> tuple[Relapse, ...]:
        """Return how many closed cases of a period came back.

        Raises:
            StorageError: the database refused.
        """
        return relapses(since_closing(self.engine, self._theirs(wanted), now=self.clock()))

    def chains(self, wanted: Wanted, *, most: int = MOST_CHAINS) -> list[Chain]:
        """Return the places that came back in a period, the longest chain first.

        Raises:
            InputError: these are too many cases.
            StorageError: the database refused.
        """
        return chains(episodes(self.engine, self._theirs(wanted), most))[:most]

    def frontages(self, wanted: Wanted) -> list[Frontage]:
        """Return the scores of shop fronts in a period, the worst first.

        Raises:
            InputError: these are too many cases.
            StorageError: the database refused.
        """
        scoring = Scoring(self.engine, self.looked, self.formula, self.clock())
        return frontages(scoring, self.fronts(), self._theirs(wanted))

    def efficiency(self, wanted: Wanted, patrol: Patrol) -> Efficiency:
        """Hold what cameras found in a period against a round on foot.

        Raises:
            StorageError: the database refused.
        """
        now = self.clock()
        found = finds(self.engine, self._theirs(wanted), now=now)
        reviewed = review_times(verdicts(self.engine, self._theirs(wanted)))
        period_s = max(min(wanted.period.end, now) - wanted.period.start, 0.0)
        return efficiency(found, reviewed, patrol, period_s=period_s)

    def rounds(self, wanted: Wanted, outing: Outing) -> Rounds:
        """Return the patrol routes of a day.

        Raises:
            InputError: these are too many cases, or the roads can't be read.
            NoSolverError: the solver is not installed.
            StorageError: the database refused.
        """
        return rounds(self.engine, self._theirs(wanted), outing, self.roads(), now=self.clock())

    def _theirs(self, wanted: Wanted) -> Wanted:
        return replace(wanted, reach=self.reach)
