"""The months' pages that were made: written by whoever made one, read by all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.store.campaign_schema import campaign
from streetwatch.service.store.month_schema import month_page
from streetwatch.service.store.schema import desk_case, desk_grid, incident
from streetwatch.service.store.transactions import locked, reading, writing
from streetwatch.vision.types import Seconds

#: Pages that are kept, the newest ones.
MOST_KEPT: Final = 24


@dataclass(frozen=True, slots=True)
class Made:
    """A month's page.

    Attributes:
        made_at: What was still open was judged as of then.
        made_of: Names the state of all that it tells of.
        zh: Chinese, HTML below the title.
        en: English.
    """

    made_at: Seconds
    made_of: str
    zh: str
    en: str


def made_page(engine: sa.Engine, key: str) -> Made | None:
    """Return a page; None where it was never made, or long ago.

    Raises:
        StorageError: the database refused.
    """
    names = tuple(month_page.c[name] for name in Made.__dataclass_fields__)
    with reading(engine) as connection:
        row = connection.execute(sa.select(*names).where(month_page.c.key == key)).first()
    return None if row is None else Made(*row)


def keep_page(engine: sa.Engine, key: str, made: Made) -> None:
    """Keep a page in the place of the one before; forget those that are the oldest of too many.

    Raises:
        StorageError: the database refused; nothing has changed.
    """
    page = month_page.c
    newest = sa.select(page.key).order_by(page.made_at.desc(), page.key).limit(MOST_KEPT)
    with writing(engine) as connection:
        locked(connection, "month_page")
        connection.execute(sa.delete(month_page).where(page.key == key))
        connection.execute(sa.insert(month_page).values(key=key, **_row(made)))
        connection.execute(sa.delete(month_page).where(page.key.not_in(newest)))


def _row(made: Made) -> Mapping[str, Any]:
    return {name: getattr(made, name) for name in Made.__dataclass_fields__}


def state_of_cases(engine: sa.Engine) -> str:
    """Name the state of what months are made of: another one where anything has changed.

    Raises:
        StorageError: the database refused.
    """
    latest = (
        sa.func.max(desk_case.c.revision),
        sa.func.max(desk_grid.c.revision),
        sa.func.max(incident.c.violation_at),
        sa.func.max(incident.c.rejected_at),
        sa.func.max(campaign.c.told_at),
        sa.func.count(campaign.c.id),
    )
    with reading(engine) as connection:
        return repr([connection.execute(sa.select(one)).scalar() for one in latest])
