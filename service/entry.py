"""Who is let into a service, wired from its settings."""

from collections.abc import Callable, Iterable

from streetwatch.service.access.access import Access
from streetwatch.service.access.role import Right
from streetwatch.service.api.callers import Callers
from streetwatch.service.api.guard import Gate
from streetwatch.service.api.whereabouts import Whereabouts
from streetwatch.service.cameras import Camera
from streetwatch.service.config.access_schema import ApiAccess
from streetwatch.service.desk.book import Book
from streetwatch.service.keyring import links_of, own_token_of
from streetwatch.service.openings import audit_of
from streetwatch.service.settings import Settings
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.vision.types import Seconds


def gate_of(
    settings: Settings,
    access: Access,
    store: SqlStore,
    *,
    cameras: Callable[[], Iterable[Camera]],
    clock: Callable[[], Seconds],
) -> Gate:
    """Return who is let in, and to what.

    Args:
        settings: Of the service.
        access: Its users, sessions and tokens.
        store: Its database.
        cameras: Those that there are now.
        clock: Seconds since the epoch.
    """
    audit = audit_of(store)
    is_open = settings.access.api is ApiAccess.OPEN
    callers = Callers(access, clock, is_open=is_open, own_token=own_token_of(settings))
    return Gate(
        callers=callers,
        lies=Whereabouts(Book(store.engine), store, cameras).lies,
        note=lambda deed: audit.note(deed, now=clock()),
        metrics_open=settings.access.metrics_open,
        open311_open=settings.open311.public,
        links=links_of(settings),
    )


def filer_of(access: Access, clock: Callable[[], Seconds]) -> Callable[[str], str | None]:
    """Return who says whose token an `api_key` of Open311 is, if it may file anywhere."""

    def holder(secret: str) -> str | None:
        account = access.tokens.who(secret, now=clock())
        if account is None or not account.may(Right.FILE) or not account.reach.is_whole:
            return None
        return account.name.removeprefix("token:")

    return holder
