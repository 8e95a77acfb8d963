"""What is opened of a service from its settings, running or not: for commands, and for `app`."""

import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from streetwatch.service.access.access import Access, Provided, access_on
from streetwatch.service.access.role import Role
from streetwatch.service.access.rules import Limits
from streetwatch.service.access.sign_on.told import provider_of
from streetwatch.service.cameras import Camera
from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.cameras.ledger import Ledger
from streetwatch.service.delivery.build import surroundings_of
from streetwatch.service.delivery.metrics import DeliveryMetrics
from streetwatch.service.delivery.targets import Lanes, Target, named, route_of, targets_of
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.grid.grids import Grids
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.evidence.bucket import Address, Bucket
from streetwatch.service.evidence.bucketed import BucketedEvidence, Closing
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.evidence.originals import Opening, Originals
from streetwatch.service.evidence.pack import Signing
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.routing import types_told_everywhere
from streetwatch.service.keyring import (
    cipher_of,
    links_of,
    own_token_of,
    signer_of,
    signing_of,
    vault_of,
)
from streetwatch.service.outbound.networks import Networks
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.service.settings import Settings
from streetwatch.service.store.audit import Audit, Deed
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.receipts import Receipts
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.upkeep.retention import Retention
from streetwatch.service.upkeep.verify import Verification
from streetwatch.vision.types import Seconds


def stored(settings: Settings) -> SqlStore:
    """Return the store of a service, running or not.

    Raises:
        InputError: the service of these settings has never run, or its database can't be used.
    """
    file = settings.data_dir / "streetwatch.db"
    if settings.database is None and not file.is_file():
        raise InputError(f"{file}: no such file: give --config of a service that has run")
    return open_store(settings.database_url)


@dataclass(frozen=True, slots=True)
class Records:
    """The desk of a service, as commands read it.

    Attributes:
        book: Its cases.
        evidence: Their files.
        reporter: Its figures.
        signing: What its packs are signed with.
        originals: The sealed originals of these files.
    """

    book: Book
    evidence: EvidenceStore
    reporter: Reporter
    signing: Callable[[], Signing]
    originals: Originals


@contextmanager
def desk_of(settings: Settings) -> Iterator[Records]:
    """Open the desk of a service, running or not, for the length of a `with` block.

    Raises:
        InputError: the service of these settings has never run, or its database can't be used.
    """
    store = stored(settings)
    try:
        yield Records(
            Book(store.engine),
            evidence_of(settings),
            Reporter(store.engine, time.time),
            lambda: signing_of(signer_of(settings), store),
            originals_of(evidence_of(settings), store),
        )
    finally:
        store.close()


def access_of(settings: Settings, store: SqlStore) -> Access:
    """Return who may do what in a service, running or not."""
    limits = Limits(settings.access.idle_h * 3600, settings.access.whole_h * 3600)
    needed = frozenset(map(Role, settings.access.second_factor))
    cipher = cipher_of(settings)
    return access_on(store.engine, limits, cipher, needed, _provided(settings))


def _provided(settings: Settings) -> Provided | None:
    """Return the identity provider that the settings name."""
    access, networks = settings.access, Networks.of(settings.networks.sign_on)
    if access.oidc is None:
        return None
    only = (access.emergency_admin or "") if access.local_sign_in == "emergency" else ""
    return Provided(access.oidc, provider_of(access.oidc, networks), only)


def audit_of(store: SqlStore) -> Audit:
    """Return the audit log of a service, running or not."""
    return Audit(store.engine)


def evidence_of(settings: Settings) -> EvidenceStore:
    """Return the evidence of a service, running or not.

    Raises:
        InputError: its folder can't be used, or its store is of a kind that is not installed.
    """
    here, told = EvidenceFolder(settings.data_dir / "evidence"), settings.evidence
    if told.url is None or told.access_key is None or told.secret_key is None:
        return here
    address = Address.of(told.url)
    networks = Networks.of(settings.networks.targets)
    bucket = Bucket(
        address,
        told.access_key.get_secret_value(),
        told.secret_key.get_secret_value(),
        Outbound.of(networks, [address.endpoint or ""]),
    )
    cache = EvidenceFolder(settings.data_dir / "evidence-cache", 0o700)
    key = urlsafe_b64decode(vault_of(settings).derived("evidence originals"))
    return BucketedEvidence(here, bucket.checked(), cache, Closing(key))


def originals_of(
    evidence: EvidenceStore, store: SqlStore, *, clock: Callable[[], Seconds] = time.time
) -> Originals:
    """Return what opens the sealed originals, and notes it in the audit log before."""
    audit = audit_of(store)

    def note(opening: Opening, now: Seconds) -> None:
        deed = Deed(
            "evidence.original_opened",
            opening.who,
            on=opening.incident_id,
            address=opening.address,
            facts={"file": opening.name, "why": opening.why},
        )
        audit.note(deed, now=now)

    return Originals(evidence, clock, note)


def catalogue_of(
    settings: Settings,
    file: tuple[Camera, ...],
    store: SqlStore,
    *,
    clock: Callable[[], Seconds] = time.time,
) -> Catalogue:
    """Return all cameras of a service, running or not: the file's and the console's.

    Raises:
        InputError: the key of the passwords can't be used.
    """
    return Catalogue(Ledger(store.engine), vault_of(settings), file, clock=clock)


def outbound_of_cameras(settings: Settings, cameras: Catalogue) -> Outbound:
    """Return where cameras may be: what the file has may be on this machine, as the demo is."""
    return Outbound.of(
        Networks.of(settings.networks.cameras), (one.source.url for one in cameras.written)
    )


def looks_of(settings: Settings) -> LooksLog:
    """Return what was seen in the last hours of a service, running or not."""
    most = settings.looks_log
    return LooksLog(
        settings.data_dir / "looks",
        keep_s=most.hours * 3600.0,
        keep_bytes=most.megabytes * 1_000_000,
    )


def retention_of(
    settings: Settings, cameras: Catalogue, store: SqlStore, evidence: EvidenceStore
) -> Retention:
    """Return the retention job of a service, running or not."""

    def watched() -> frozenset[str]:
        return frozenset(camera.id for camera in cameras.cameras)

    periods = settings.retention.periods
    return Retention(store.engine, evidence, periods, watched, signer_of(settings))


def verification_of(settings: Settings, store: SqlStore) -> Verification:
    """Return the check of a service's store, evidence and deliveries."""
    entries = named(settings.targets)
    ours = (one.id for one in entries if one.url is None)
    return Verification(
        store.engine,
        evidence_of(settings),
        settings.retention.periods,
        told=types_told_everywhere(tuple(route_of(one) for one in entries)),
        desk=None if settings.desk_url else next(ours, None),
    )


def lanes_of(settings: Settings, store: SqlStore, *, clock: Callable[[], Seconds]) -> Lanes:
    """Return the lanes to the targets that the settings name, not started."""
    evidence = evidence_of(settings)
    around = surroundings_of(
        settings,
        evidence=evidence,
        clock=clock,
        own_token=own_token_of(settings),
        originals=originals_of(evidence, store, clock=clock),
        links=links_of(settings),
    )
    return lanes(
        targets_of(settings.targets, around), store, clock=clock, registry=CollectorRegistry()
    )


def lanes(
    targets: tuple[Target, ...],
    store: SqlStore,
    *,
    clock: Callable[[], Seconds],
    registry: CollectorRegistry,
) -> Lanes:
    """Return the lanes to targets, not started."""
    return Lanes(
        targets,
        store=store,
        outbox=Outbox(store.engine),
        receipts=Receipts(store.engine),
        clock=clock,
        metrics=DeliveryMetrics(registry),
    )


@contextmanager
def grids_of(settings: Settings) -> Iterator[Grids]:
    """Open the grid layer of a service, running or not, or not yet."""
    store = open_store(settings.database_url)
    try:
        yield Grids(store.engine)
    finally:
        store.close()
