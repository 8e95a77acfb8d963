"""What a service offers over HTTP: its API, and the console's pages on it."""

from dataclasses import replace
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI

from streetwatch.service.api.app import create_api, front_page
from streetwatch.service.api.audit import audit_router
from streetwatch.service.api.callbacks import callbacks_router
from streetwatch.service.api.deliveries import deliveries_router
from streetwatch.service.api.foresight.campaigns import campaigns_router
from streetwatch.service.api.foresight.coverage import coverage_router
from streetwatch.service.api.foresight.crowds import crowds_router
from streetwatch.service.api.foresight.frontage import frontage_router
from streetwatch.service.api.foresight.hotspots import hotspots_router
from streetwatch.service.api.foresight.month import month_router
from streetwatch.service.api.foresight.patrol import patrol_router
from streetwatch.service.api.guard import Gate
from streetwatch.service.api.keys import keys_router
from streetwatch.service.api.live import live_router
from streetwatch.service.app import Service
from streetwatch.service.cameras.part import Cameras
from streetwatch.service.delivery.check import SampleFiles
from streetwatch.service.desk.case_csv import case_csv_router
from streetwatch.service.desk.foresight.crowds import Crowds
from streetwatch.service.desk.observations.picture import Limits
from streetwatch.service.desk.observations.router import observations_router
from streetwatch.service.desk.observations.take import Observations
from streetwatch.service.desk.open311.keys import ApiKeys
from streetwatch.service.desk.open311.router import Open311, open311_router
from streetwatch.service.desk.packs import packs_router
from streetwatch.service.desk.reports.router import reports_router
from streetwatch.service.desk.review.router import review_router
from streetwatch.service.desk.router import desk_router
from streetwatch.service.entry import filer_of, gate_of
from streetwatch.service.keyring import links_of
from streetwatch.service.store.receipts import Receipts

if TYPE_CHECKING:
    from streetwatch.service.console.parts import Parts

#: What the cases say about tomorrow.
_FORESIGHT = (campaigns_router, frontage_router, patrol_router)


def api_of(service: Service) -> FastAPI:
    """Return the HTTP API of a service."""
    return create_api(
        gate=_gate(service),
        desk=_desk(service),
        open311=open311_router(service.desk.book, clock=service.clock, served=_open311(service)),
        beside=(
            *_evidence_routers(service),
            *service.lookout.routers(),
            *_figures_routers(service),
            observations_router(_observations(service)),
            audit_router(service.audit),
            *_delivery_routers(service),
        ),
        evidence=service.evidence,
        readiness=service.readiness,
        registry=service.registry,
    )


def site_of(service: Service) -> FastAPI:
    """Return the HTTP API with the console on it; once a process, since its pages are."""
    api = api_of(service)
    if not service.settings.console.enabled:
        api.include_router(front_page())
        return api
    from streetwatch.service.console.mount import mount_console  # noqa: PLC0415 -- large

    api.include_router(live_router(service.lookout.live))
    mount_console(api, _parts(service))
    return api


def _gate(service: Service) -> Gate:
    return gate_of(
        service.settings,
        service.access,
        service.store,
        cameras=lambda: service.lookout.catalogue.cameras,
        clock=service.clock,
    )


def _desk(service: Service) -> APIRouter:
    desk = desk_router(
        service.desk.book,
        clock=service.clock,
        on_end=service.close,
        ending=service.ending.is_set,
    )
    desk.include_router(service.desk.routes())
    desk.include_router(review_router(service.reviewing))
    return desk


def _open311(service: Service) -> Open311:
    told = service.settings.open311
    return Open311(
        keys=ApiKeys((entry.client, entry.key.get_secret_value()) for entry in told.api_keys),
        holder=filer_of(service.access, service.clock),
        jurisdiction_id=told.jurisdiction_id,
        public_url=told.public_url,
        links=links_of(service.settings),
        contact=told.contact,
    )


def _evidence_routers(service: Service) -> tuple[APIRouter, ...]:
    return (
        packs_router(service.desk.book, service.evidence, service.signing),
        keys_router(service.signing),
    )


def _figures_routers(service: Service) -> tuple[APIRouter, ...]:
    """Return what the cases say: as rows, as figures, and about tomorrow."""
    return (
        case_csv_router(service.desk.book, clock=service.clock),
        reports_router(service.reporter),
        hotspots_router(service.foreseer.outlook),
        coverage_router(service.foreseer.outlook),
        *(router(service.foreseer) for router in _FORESIGHT),
        crowds_router(_crowds(service)),
        month_router(service.months),
    )


def _crowds(service: Service) -> Crowds:
    return Crowds(
        service.store.engine,
        lambda: service.lookout.catalogue.cameras,
        service.clock,
        service.settings.foresight.levels,
    )


def _observations(service: Service) -> Observations:
    most = service.settings.observations
    limits = Limits(int(most.picture_mb * 1e6), int(most.picture_megapixels * 1e6))
    return Observations(
        service.desk.book, service.evidence, service.keeping.sees, limits, service.clock
    )


def _delivery_routers(service: Service) -> tuple[APIRouter, ...]:
    secrets = {
        one.id: one.callback_secret for one in service.targets if one.callback_secret is not None
    }
    store, clock = service.store, service.clock
    return (
        deliveries_router(service.deliveries, clock=clock, wake=service.lanes.wake),
        callbacks_router(secrets, receipts=Receipts(store.engine), store=store, clock=clock),
    )


def _parts(service: Service) -> "Parts":
    from streetwatch.service.console.parts import Parts  # noqa: PLC0415 -- large

    lookout, desk = service.lookout, service.desk
    return Parts(
        settings=service.settings,
        reread=service.reread or (lambda: (service.settings, lambda _: None)),
        profile=desk.triaging.profile,
        around=replace(service.around(), evidence=SampleFiles(), originals=None),
        clock=service.clock,
        access=service.access,
        audit=service.audit,
        store=service.store,
        book=desk.book,
        triaging=desk.triaging,
        evidence=service.evidence,
        originals=service.originals(),
        signing=service.signing,
        reporter=service.reporter,
        foreseer=service.foreseer,
        crowds=_crowds(service),
        months=service.months,
        deliveries=service.deliveries,
        wake=service.lanes.wake,
        readiness=service.readiness,
        cameras=lambda: lookout.catalogue.cameras,
        catalogue=Cameras(lookout.catalogue),
        live=lookout.live,
        probing=lookout.probing,
        dry_runs=lookout.dry_runs,
        gatherings=lookout.gatherings,
        looks=lookout.looks,
        reviewing=service.reviewing,
    )
