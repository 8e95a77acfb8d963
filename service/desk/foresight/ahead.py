"""Where to send people after a month, what nobody saw in it, and who crowded where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from streetwatch.service.cameras import Camera
from streetwatch.service.desk.foresight.campaigns import Where
from streetwatch.service.desk.foresight.crowds import Place
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.foresight.outlook import Coverage, HotSpots
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.foresight.cells import CellKind
from streetwatch.service.foresight.coverage import Covered
from streetwatch.service.foresight.hotspots import Heat
from streetwatch.service.foresight.occupancy import Occupancy
from streetwatch.service.store.crowds import Crowd

#: Cameras that are suggested.
SITES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """What the month's page says beside the desk's figures.

    Attributes:
        spots: By unit grid, with what changed against as many days before.
        coverage: Blind spots, and where the next cameras belong.
        crowds: That were warned of, the latest first.
        used: Each permitted place, and how far stalls used it; None: nobody looked.
    """

    spots: HotSpots
    coverage: Coverage
    crowds: tuple[Crowd, ...]
    used: Sequence[tuple[Place, Occupancy | None]]

    @property
    def is_looked(self) -> bool:
        """Whether anything is known of how long was looked."""
        return bool(self.spots.findings.heats)

    @property
    def hot(self) -> list[Heat]:
        """The hot spots, the surest first."""
        return [one for one in self.spots.findings.heats if one.is_hot]

    @property
    def changed(self) -> list[Heat]:
        """What differs from the days before by more than noise."""
        return [
            one
            for one in self.spots.findings.heats
            if one.change is not None and one.change.is_more_than_noise
        ]

    @property
    def blind(self) -> list[Covered]:
        """The grids that people tell of and nobody sees."""
        return [one for one in self.coverage.grids if one.blind is not None]


def ahead(foreseer: Foreseer, period: Period, grid: str | None) -> Ahead:
    """Return where to send people after a period.

    Args:
        foreseer: Of the part of the city that whoever asks is limited to.
        period: Which.
        grid: A unit grid's code, or how it begins; None: all.

    Raises:
        StorageError: the database refused.
    """
    where, all_cameras = Where(grid), foreseer.cameras

    def cameras() -> Sequence[Camera]:
        return [one for one in all_cameras() if where.has_camera(one.id, one.grid)]

    theirs = foreseer if grid is None else replace(foreseer, cameras=cameras)
    people = theirs.people
    places = people.permitted()
    used = people.use(places, period)
    mine = {one.camera_id for one in people.places()}
    spots = theirs.outlook.hot_spots(period, kind=CellKind.GRID)
    covered = theirs.outlook.coverage(period, most=SITES)
    grids = [one for one in covered.grids if one.grid.startswith(grid or "")]
    return Ahead(
        replace(spots, tallies=MappingProxyType({})),  # megabytes, of which the page says nothing
        replace(covered, grids=grids),
        tuple(one for one in people.warned(period) if one.camera_id in mine),
        [(one, used.get(one.name)) for one in places],
    )
