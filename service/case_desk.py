"""The case desk, wired from its settings: book, grids, clerk, courier and closing check."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
import structlog
from fastapi import APIRouter

from streetwatch.service.cameras import Camera
from streetwatch.service.config.desk_schema import NoticeSettings, TriageSettings
from streetwatch.service.delivery.courier import Courier, NoticeHook
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.clerk import Clerk
from streetwatch.service.desk.closing.check import ClosingCheck, Watches
from streetwatch.service.desk.closing.decide import Terms as Patience
from streetwatch.service.desk.grid.dispatch import dispatch_on_accept
from streetwatch.service.desk.grid.intake import grid_step
from streetwatch.service.desk.grid.layer import LatestLayer
from streetwatch.service.desk.grid.router import grid_router
from streetwatch.service.desk.lifecycle_router import lifecycle_router
from streetwatch.service.desk.merging import Nearness
from streetwatch.service.desk.moving import Moving
from streetwatch.service.desk.places import places_router, recurrence_step
from streetwatch.service.desk.profile import Profile, Urgency
from streetwatch.service.desk.profile_file import load_profile
from streetwatch.service.desk.review.reviewing import Reviewing, ranked
from streetwatch.service.desk.states import CaseState
from streetwatch.service.desk.terms import Terms
from streetwatch.service.desk.triage import Thresholds
from streetwatch.service.desk.triaging import Triaging
from streetwatch.service.desk.work_calendar import load_calendar
from streetwatch.service.incidents import review
from streetwatch.service.outbound.networks import Networks
from streetwatch.service.settings import Settings
from streetwatch.service.store.notices import Notices
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

_HOUR_S: Seconds = 3600.0


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk and those who work at it."""

    book: Book
    layers: LatestLayer
    triaging: Triaging
    closing: ClosingCheck
    clerk: Clerk
    notices: Notices
    courier: Courier | None
    clock: Callable[[], Seconds]

    def routes(self) -> APIRouter:
        """Return the routes beside the cases' own."""
        router = APIRouter()
        book, engine, clock = self.book, self.book.engine, self.clock
        router.include_router(
            lifecycle_router(book, triaging=self.triaging, notices=self.notices, clock=clock)
        )
        router.include_router(
            grid_router(engine, self.layers, self.triaging.profile.authorities, clock=clock)
        )
        router.include_router(places_router(engine))
        return router

    def start(self) -> None:
        """Begin to work."""
        self.clerk.start()
        self.closing.start()
        if self.courier is not None:
            self.courier.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """End: the clerk first, so that nothing is promised to a courier that has gone."""
        self.closing.stop(timeout_s=timeout_s)
        self.clerk.stop(timeout_s=timeout_s)
        if self.courier is not None:
            self.courier.stop(timeout_s=timeout_s)


def desk_from(
    settings: Settings,
    engine: sa.Engine,
    watches: Watches,
    *,
    clock: Callable[[], Seconds],
    on_end: Callable[[str, CaseState, Seconds], None],
) -> Desk:
    """Wire a desk.

    Args:
        settings: Of the service.
        engine: Of its database.
        watches: Who looks again whether what was handled is gone.
        clock: Seconds since the epoch.
        on_end: Told of a case that the desk itself closed.

    Raises:
        InputError: the profile of codes or the work calendar is wrong.
    """
    profile = load_profile(settings.code_profile)
    terms = Terms(profile, load_calendar(settings.work_calendar), _respond_s(settings.notices))
    triaging = Triaging(profile, _thresholds(settings.triage))
    notices = Notices(engine)
    courier = _courier(settings, notices, clock)
    layers, closing = LatestLayer(), settings.closing
    dispatched = dispatch_on_accept(by_itself=settings.grid.auto_dispatch)
    book = Book(
        engine,
        intake=(
            grid_step(layers, profile.authorities),
            recurrence_step,
            terms.coded,
            triaging.suggested,
        ),
        follow=(dispatched, triaging.reconsidered, terms.moved, ranked),
        near=Nearness(settings.observations.merge_within_m),
    )
    return Desk(
        book=book,
        layers=layers,
        triaging=triaging,
        closing=ClosingCheck(
            engine,
            book,
            watches,
            terms=Patience(closing.patience_s, closing.limit_s),
            auto_close=closing.auto_close,
            clock=clock,
            on_end=on_end,
        ),
        clerk=Clerk(
            engine,
            terms,
            clock=clock,
            promises=courier is not None,
            on_promise=courier.wake if courier else lambda: None,
        ),
        notices=notices,
        courier=courier,
        clock=clock,
    )


def reviewing_from(
    desk: Desk, store: SqlStore, *, on_end: Callable[[str, CaseState, Seconds], None]
) -> Reviewing:
    """Wire what reviewers do: their verdicts reach every incident of a case.

    Args:
        desk: Whose cases they judge.
        store: Where the incidents are.
        on_end: Told of a case that was rejected.
    """

    def take_back(name: str, _: Seconds) -> None:
        for one in desk.book.names(name):
            review.take_back(one, store=store)

    def mute(name: str, until: Seconds | None) -> None:
        for one in desk.book.names(name):
            review.mute(one, until, store=store)

    return Reviewing(Moving(desk.book, desk.clock, on_end), take_back, mute)


def warn_of_disabled(profile: Profile, cameras: Iterable[Camera]) -> None:
    """Log the rules whose cases the desk would refuse, since the city takes none of their type."""
    for camera in cameras:
        for zone in camera.zones:
            for rule in zone.rules:
                known = profile.types.get(rule.type)
                if known is not None and not known.enabled:
                    facts = {"camera": camera.id, "zone": zone.id, "type": rule.type.value}
                    log.warning("desk.type_disabled", profile=profile.name, **facts)


def _respond_s(notices: NoticeSettings) -> dict[Urgency, Seconds]:
    return {
        Urgency.URGENT: notices.urgent_h * _HOUR_S,
        Urgency.ORDINARY: notices.ordinary_h * _HOUR_S,
    }


def _thresholds(triage: TriageSettings) -> Thresholds:
    given = triage.model_dump()
    return Thresholds(**given | {"severe_places": tuple(triage.severe_places)})


def _courier(settings: Settings, notices: Notices, clock: Callable[[], Seconds]) -> Courier | None:
    if settings.notices.url is None:
        return None
    networks = Networks.of(settings.networks.targets)
    hook = NoticeHook(settings.notices, clock=clock, networks=networks)
    return Courier(notices, hook, clock=clock)
