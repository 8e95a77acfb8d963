"""Nodes in one process whose rounds are made by hand, on a real database."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from sealed import SEAL, Sees
from streetwatch.service.cameras import Camera
from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.cameras.ledger import Ledger
from streetwatch.service.cameras.vault import Vault
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.routing import TO_THE_DESK
from streetwatch.service.runtime.attention import Intervals
from streetwatch.service.runtime.detector_loop import DetectorLoop
from streetwatch.service.runtime.fleet import Fleet
from streetwatch.service.runtime.following import Following
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.metrics import RuntimeMetrics
from streetwatch.service.runtime.watched_camera import Wiring
from streetwatch.service.store.cluster_schema import node
from streetwatch.service.store.leases import Leases
from streetwatch.service.store.nodes import Myself, Nodes
from streetwatch.service.store.references import References
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.capture.stream import CaptureOptions
from streetwatch.vision.types import Detections, Look, Seconds
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone

CLOCK = 1_000.0
LEASE_S = 60.0  # of a machine that is slow: what is silent is said to be
ROAD = Zone(
    "road",
    ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)),
    rules=(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR],),
)
FILE = tuple(
    Camera(name, name, Source(SourceKind.RTSP, "rtsp://127.0.0.1:9/x"), None, (ROAD,))
    for name in ("c1", "c2", "c3", "c4")
)


@dataclass
class Corner:
    """A database and nodes on it."""

    folder: Path
    store: SqlStore
    cameras: tuple[Camera, ...] = FILE
    clock: Callable[[], Seconds] = lambda: CLOCK

    def node(self, name: str, *, most: int = 200, address: str = "http://node") -> Following:
        """Enter a node whose threads do not run: its rounds are made by hand."""
        mailboxes = Mailboxes()
        loop = DetectorLoop(
            detector=Sees(()),
            mailboxes=mailboxes,
            metrics=RuntimeMetrics(CollectorRegistry()),
            intervals=Intervals(),
            clock=self.clock,
            on_change=lambda _: None,
        )
        wiring = Wiring(
            store=self.store,
            copies=Copies(EvidenceFolder(self.folder / "evidence")),
            seal=SEAL,
            routes=TO_THE_DESK,
            window=ClipWindow(1.0, 1.0),
            keep_bytes=10**6,
            options=CaptureOptions(),
            looks=LooksLog(self.folder / "looks", keep_s=0, keep_bytes=1),
            references=References(self.store.engine),
            clock=self.clock,
        )
        nodes = Nodes(self.store.engine, lease_s=LEASE_S)
        myself = Myself(name, address, "1", 1.0, most=most)
        nodes.enter(myself)
        vault = Vault.at(self.folder / "camera.key")
        catalogue = Catalogue(Ledger(self.store.engine), vault, self.cameras, clock=self.clock)
        leases = Leases(self.store.engine, name)
        fleet, registry = Fleet(wiring, loop, mailboxes), CollectorRegistry()
        return Following(myself, nodes, leases, fleet, catalogue, registry)

    def later(self, *silent: str, seconds: Seconds = 2.0) -> None:
        """As if so much time had passed: those that are silent were not heard of in it."""
        with self.store.engine.begin() as connection:
            times = {name: node.c[name] - seconds for name in ("since", "planned_at")}
            connection.execute(sa.update(node).values(times))
            gone = {"until": node.c.until - seconds}
            connection.execute(sa.update(node).where(node.c.id.in_(silent)).values(gone))

    def settled(self, *nodes: Following) -> None:
        """Let nodes go round until nothing changes."""
        for _ in range(4):
            self.later()
            for one in nodes:
                one.follow()


def spread(*nodes: Following) -> list[int]:
    return [len(one.fleet.watched) for one in nodes]


def look(one: Following, camera_id: str, at: Seconds) -> None:
    seen = Look(at, (640, 360), Detections.empty())
    one.fleet.watched[camera_id].watch.look(seen)
