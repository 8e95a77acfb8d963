"""The cameras and all who look at them, wired from the settings: the desk's other half."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from fastapi import APIRouter
from prometheus_client import CollectorRegistry

from streetwatch.service.api.cameras import cameras_router, trials_router
from streetwatch.service.api.metrics import NodesCollector
from streetwatch.service.api.readiness import CameraHealth
from streetwatch.service.between.asking import Asking
from streetwatch.service.between.neighbours import Neighbours, SharedLooks
from streetwatch.service.between.node_router import node_router
from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.cameras.part import Cameras
from streetwatch.service.cameras.probing import Probing
from streetwatch.service.delivery.targets import Lanes
from streetwatch.service.dry_run import DryRuns
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.keys import Signer
from streetwatch.service.evidence.manifest import EvidenceSeal
from streetwatch.service.gathering import Gatherings
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.keyring import badges_of
from streetwatch.service.openings import looks_of, outbound_of_cameras
from streetwatch.service.outbound.streams import OutboundStreams
from streetwatch.service.runtime.attention import Intervals
from streetwatch.service.runtime.crowd_watch import CrowdWatch
from streetwatch.service.runtime.detector_loop import DetectorLoop
from streetwatch.service.runtime.fleet import Fleet
from streetwatch.service.runtime.following import Following
from streetwatch.service.runtime.hot_hours import HotHours
from streetwatch.service.runtime.live import LiveView
from streetwatch.service.runtime.looked_hours import LookedHours
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.metrics import CaptureCollector, RuntimeMetrics
from streetwatch.service.runtime.supervision import Supervisor
from streetwatch.service.runtime.watched_camera import WatchedCamera, Wiring
from streetwatch.service.runtime.zone_counts import ZoneCounts
from streetwatch.service.settings import Settings
from streetwatch.service.sharing import node_of
from streetwatch.service.sights import health_of
from streetwatch.service.store.leases import Leases
from streetwatch.service.store.nodes import Nodes
from streetwatch.service.store.references import References
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.vision.capture.stream import CaptureOptions
from streetwatch.vision.detect import Detector
from streetwatch.vision.types import Seconds

SOFTWARE: Final = f"streetwatch {version('streetwatch')}"


@dataclass(frozen=True, slots=True)
class Lookout:
    """The cameras, and those who look at them.

    Attributes:
        catalogue: All cameras, and the way to change them.
        loop: Looks at their pictures.
        fleet: Those that run.
        looks: What was seen lately.
        looked: How long was looked at each zone.
        counts: How many people and stalls were seen in each.
        hot: When each camera finds most.
        live: What each shows now.
        probing: Tries an address.
        supervisor: Replaces workers that died or are stuck.
        dry_runs: Tries zones on what was seen.
        streams: Where cameras may be.
        gatherings: Looks at cameras that are being attached.
        to_nodes: What other nodes are answered.
        following: Shares the cameras with other nodes; None where this process watches all.
    """

    catalogue: Catalogue
    loop: DetectorLoop
    fleet: Fleet
    looks: LooksLog
    looked: LookedHours
    counts: ZoneCounts
    hot: HotHours
    live: LiveView
    probing: Probing
    supervisor: Supervisor
    dry_runs: DryRuns
    streams: OutboundStreams
    gatherings: Gatherings
    to_nodes: APIRouter
    following: Following | None = None

    def follow(self) -> None:
        """Watch the cameras that the catalogue has now."""
        if self.following is None:
            self.fleet.apply(self.catalogue.cameras)
        else:
            self.following.wake()

    def watched(self) -> Mapping[str, WatchedCamera]:
        """Return the cameras that run, by id."""
        return self.fleet.watched

    def healths(self, now: Seconds) -> tuple[CameraHealth, ...]:
        """Return how each camera is, in the catalogue's order."""
        watched = self.watched()
        return tuple(
            health_of(watched[one.camera.id], one, now)
            for one in self.catalogue.listed
            if one.camera.id in watched
        )

    def routers(self) -> tuple[APIRouter, ...]:
        """Return the routes of the cameras."""
        return (
            cameras_router(self.catalogue),
            trials_router(self.probing, self.dry_runs),
            self.to_nodes,
        )

    def start(self) -> None:
        """Begin to watch."""
        self.looks.start()
        self.looked.start()
        self.counts.start()
        self.hot.start()
        self.loop.start()
        self.fleet.start()
        self.supervisor.start()
        if self.following is not None:
            self.following.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """End, from the streams on."""
        self.supervisor.stop(timeout_s=timeout_s)
        if self.following is not None:
            self.following.drain(timeout_s=timeout_s)
        self.fleet.stop()
        self.loop.stop(timeout_s=timeout_s)
        if self.following is not None:
            self.following.end(timeout_s=timeout_s)
        self.looks.stop(timeout_s=timeout_s)
        self.looked.stop(timeout_s=timeout_s)
        self.counts.stop(timeout_s=timeout_s)
        self.hot.stop(timeout_s=timeout_s)
        self.streams.close()


def lookout_from(  # noqa: PLR0913 -- everything that cameras are wired to
    settings: Settings,
    catalogue: Catalogue,
    detector: Detector,
    *,
    store: SqlStore,
    asking: Asking | None,
    copies: Copies,
    signer: Signer,
    lanes: Lanes,
    registry: CollectorRegistry,
    promised: Callable[[], None] | None = None,
) -> Lookout:
    """Wire the cameras; none is watched yet.

    Args:
        settings: Of the service.
        catalogue: Its cameras.
        detector: The model.
        store: Where incidents go.
        asking: Asks the other nodes; None where one process is alone.
        copies: Writes their pictures.
        signer: Signs their evidence.
        lanes: To the targets; woken when an incident changes.
        registry: Of the metrics.
        promised: Wakes whoever brings notices of crowds; None: nobody does.
    """
    clock, mailboxes, looks = catalogue.clock, Mailboxes(), looks_of(settings)
    looked = LookedHours(store.engine, lambda: catalogue.cameras)
    hot = HotHours(store.engine, lambda: catalogue.cameras, clock)
    crowds = CrowdWatch(
        store.engine,
        lambda: catalogue.cameras,
        settings.foresight.levels,
        promised=promised,
        registry=registry,
    )
    counts = ZoneCounts(store.engine, detector.card.thresholds, clock=clock, then=crowds.follow)
    streams = OutboundStreams(outbound_of_cameras(settings, catalogue))

    def changed(_: tuple[Incident, ...]) -> None:
        copies.wake()
        lanes.wake()

    loop = DetectorLoop(
        detector=detector.watching(),
        mailboxes=mailboxes,
        metrics=RuntimeMetrics(registry),
        intervals=Intervals(
            idle_s=settings.idle_interval_s,
            close_s=settings.look_interval_s,
            quiet_s=settings.quiet_interval_s,
        ),
        clock=clock,
        on_change=changed,
        batch=settings.detector_batch,
        is_hot=hot,
    )
    options = CaptureOptions(
        look_interval_s=settings.look_interval_s,
        longest=detector.longest_side,
        resolve=streams,
    )
    wiring = Wiring(
        store=store,
        copies=copies,
        seal=EvidenceSeal(signer, SOFTWARE, detector.card.version, detector.card.sha256),
        routes=lanes.routes,
        window=ClipWindow(settings.evidence.pre_s, settings.evidence.post_s),
        keep_bytes=int(settings.evidence.camera_mb * 1e6),
        options=options,
        looks=looks,
        references=References(store.engine),
        clock=clock,
        looked=looked.add,
        seen=counts.add,
    )
    fleet = Fleet(wiring, loop, mailboxes)
    myself = node_of(settings, version("streetwatch"))
    following, neighbours = None, None
    if myself is not None and asking is not None:
        nodes = Nodes(store.engine, lease_s=settings.node.lease_s)
        neighbours = Neighbours(nodes, myself.id, asking)
        leases = Leases(store.engine, myself.id)
        following = Following(myself, nodes, leases, fleet, catalogue, registry)
        registry.register(
            NodesCollector(nodes.whole, lambda: [one.id for one in catalogue.cameras])
        )
    registry.register(
        CaptureCollector(
            lambda: [(name, one.capture.counts) for name, one in fleet.watched.items()]
        )
    )
    own = LiveView(catalogue, fleet, clock, masks=settings.console.mask_live)
    kept = looks if neighbours is None else SharedLooks(looks, neighbours)
    return Lookout(
        catalogue=catalogue,
        loop=loop,
        fleet=fleet,
        looks=looks,
        looked=looked,
        counts=counts,
        hot=hot,
        live=own.beside(neighbours),
        probing=Probing(catalogue, streams, clock),
        supervisor=Supervisor(fleet, registry),
        dry_runs=DryRuns(catalogue, kept, store, clock),
        streams=streams,
        gatherings=Gatherings(Cameras(catalogue), loop, mailboxes, options),
        to_nodes=node_router(own, looks, badges_of(settings), clock),
        following=following,
    )
