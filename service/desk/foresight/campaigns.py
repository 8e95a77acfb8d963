"""Campaigns: when something was done about a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.desk.reports.period import Period, days
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.desk.reports.reporter import grid_prefix
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.store.campaign_schema import campaign
from streetwatch.service.store.transactions import reading, writing
from streetwatch.vision.types import Seconds

#: What is looked at before and after a campaign, days.
WINDOW_DAYS: Final = 56

#: More are no campaign any more.
MOST_DAYS: Final = 366


class NoCampaignError(LookupError):
    """There is no campaign of this id."""


@dataclass(frozen=True, slots=True)
class Where:
    """A part of the city: a grid or how its code begins, a camera, or one of its zones."""

    grid: str | None = None
    camera: str | None = None
    zone: str | None = None

    def has_camera(self, name: str, grid: str | None) -> bool:
        """Tell whether a camera that stands in a unit grid is of this part."""
        in_grid = self.grid is None or (grid or "").startswith(self.grid)
        return in_grid and self.camera in {None, name}


EVERY_PLACE: Final = Where()


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign at a place.

    Attributes:
        id: `[a-z0-9-]`, of whoever told of it.
        name: What people read.
        type: What was gone against; None: everything.
        grid: Where: a unit grid's 15 digits, or how they begin with `*`.
        camera: Where: a camera.
        zone: Where: one of the camera's zones.
        first: Its first day, China's calendar.
        last: Its last day.
        told_by: Who told of it.
        told_at: When, seconds since the epoch.
    """

    id: str
    name: str
    first: date
    last: date
    type: str | None = None
    grid: str | None = None
    camera: str | None = None
    zone: str | None = None
    told_by: str = ""
    told_at: Seconds = 0.0

    @property
    def where(self) -> Where:
        """Its place."""
        return Where(grid_prefix(self.grid), self.camera, self.zone)

    @property
    def window(self) -> Period:
        """It, and what is looked at before and after it."""
        around = timedelta(days=WINDOW_DAYS)
        return days(self.first - around, self.last + around)

    @property
    def period(self) -> Period:
        """Its days."""
        return days(self.first, self.last)

    @property
    def stages(self) -> tuple[Period, Period, Period]:
        """What is looked at before it, its days, and what is looked at after it."""
        around, a_day = timedelta(days=WINDOW_DAYS), timedelta(days=1)
        return (
            days(self.first - around, self.first - a_day),
            self.period,
            days(self.last + a_day, self.last + around),
        )

    def wanted(self, reach: Reach = EVERYWHERE) -> Wanted:
        """Return which cases it is about."""
        grid = grid_prefix(self.grid)
        return Wanted(self.window, grid=grid, type=self.type, camera=self.camera, reach=reach)


def refuse_unlike(one: Campaign) -> None:
    """Refuse a campaign that no place or time could have.

    Raises:
        InputError: says what to write.
    """
    if one.last < one.first:
        raise InputError(f"campaign {one.id}: it ends before it begins: swap first and last")
    if (one.last - one.first).days >= MOST_DAYS:
        raise InputError(f"campaign {one.id}: it lasts more than {MOST_DAYS} days: name its end")
    if (one.grid is None) == (one.camera is None):
        raise InputError(f"campaign {one.id}: write where it was: either `grid` or `camera`")
    if one.zone is not None and one.camera is None:
        raise InputError(f"campaign {one.id}: a zone is one of a camera: write `camera` too")
    grid_prefix(one.grid)
    _ = one.window


class Campaigns:
    """Reads and writes campaigns. Usable from any thread."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def all(self) -> list[Campaign]:
        """Return the campaigns, the newest first.

        Raises:
            StorageError: the database refused.
        """
        order = (campaign.c.first_day.desc(), campaign.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(sa.select(campaign).order_by(*order)).mappings().all()
        return [_campaign(row) for row in rows]

    def find(self, name: str) -> Campaign:
        """Return a campaign.

        Raises:
            NoCampaignError: there is none.
            StorageError: the database refused.
        """
        wanted = sa.select(campaign).where(campaign.c.id == name)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).mappings().first()
        if row is None:
            raise NoCampaignError(
                f"there is no campaign {name!r}: GET /foresight/campaigns lists them"
            )
        return _campaign(row)

    def put(self, one: Campaign) -> None:
        """Keep a campaign in the place of one of its id.

        Raises:
            InputError: it could not have been.
            StorageError: the database refused.
        """
        refuse_unlike(one)
        with writing(self._engine) as connection:
            connection.execute(sa.delete(campaign).where(campaign.c.id == one.id))
            connection.execute(sa.insert(campaign).values(_row(one)))

    def drop(self, name: str) -> None:
        """Forget a campaign.

        Raises:
            NoCampaignError: there is none.
            StorageError: the database refused.
        """
        with writing(self._engine) as connection:
            gone = connection.execute(sa.delete(campaign).where(campaign.c.id == name)).rowcount
        if not gone:
            raise NoCampaignError(
                f"there is no campaign {name!r}: GET /foresight/campaigns lists them"
            )


def _row(one: Campaign) -> dict[str, Any]:
    return {
        "id": one.id,
        "name": one.name,
        "type": one.type,
        "grid": one.grid,
        "camera_id": one.camera,
        "zone_id": one.zone,
        "first_day": one.first.isoformat(),
        "last_day": one.last.isoformat(),
        "told_by": one.told_by,
        "told_at": one.told_at,
    }


def _campaign(row: Mapping[Any, Any]) -> Campaign:
    return Campaign(
        id=row["id"],
        name=row["name"],
        first=date.fromisoformat(row["first_day"]),
        last=date.fromisoformat(row["last_day"]),
        type=row["type"],
        grid=row["grid"],
        camera=row["camera_id"],
        zone=row["zone_id"],
        told_by=row["told_by"],
        told_at=row["told_at"],
    )
