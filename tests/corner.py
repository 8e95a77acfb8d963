"""Two cameras that look at one corner, from the south and from the north."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from sealed import SEAL
from streetwatch.models.labels import CLASS_ID
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents import hearing
from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.store import codec
from streetwatch.service.store.schema import outbox
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Detections, Frame, Look
from streetwatch.zones.calibration import Quad, calibrated
from streetwatch.zones.ground import MapPoint
from streetwatch.zones.place import Place
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone

START = 1_795_363_200.0

HERE = MapPoint(121.47, 31.23)

SIDE_M = 20.0

PIXELS = 400

DWELL_S = 10.0

CLEAR_S = 5.0

#: The same ground, seen from straight above: by one camera with north up, by the other upside down.
SOUTH: Quad = ((0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0))

NORTH: Quad = ((1.0, 0.0), (0.0, 0.0), (0.0, 1.0), (1.0, 1.0))

VIEWS = {"south": SOUTH, "north": NORTH}

GROUND = tuple(
    HERE.moved(one) for one in ((0.0, 0.0), (SIDE_M, 0.0), (SIDE_M, SIDE_M), (0.0, SIDE_M))
)

#: Of the zone: nobody wrote down in which the cameras stand.
GRID = "310101001001001"

CAR = (10.0, 8.0)  # metres east and north of the corner


def zone(soft_start_s: float) -> Zone:
    default = DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR]
    rule = replace(default, dwell_s=DWELL_S, clear_s=CLEAR_S, soft_start_s=soft_start_s)
    outline = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    return Zone("kerb", outline, rules=(rule,), place=Place(121.0, 31.0, grid_code=GRID))


def box(camera: str, at: tuple[float, float]) -> tuple[float, float, float, float]:
    """What stands at a point of the ground and is 2 m wide, in a camera's picture."""
    east, north = at[0] / SIDE_M, at[1] / SIDE_M
    x, y = (east, 1 - north) if camera == "south" else (1 - east, north)
    return (x * PIXELS - 20, y * PIXELS - 40, x * PIXELS + 20, y * PIXELS)


class Corner:
    """A corner of a street between two cameras."""

    def __init__(self, folder: Path, address: str, soft_start_s: float = 0.0) -> None:
        self.soft_start_s = soft_start_s
        self.folder = EvidenceFolder(folder / "evidence")
        self.store: SqlStore = open_store(address)
        self.sites = tuple(Site(name, f"{name} 路", Place(121.0, 31.0)) for name in VIEWS)
        self.recorders: dict[str, Recorder] = {}
        self.watches = {site.camera_id: self.started(site) for site in self.sites}

    def started(self, site: Site) -> CameraWatch:
        calibration = calibrated(VIEWS[site.camera_id], GROUND)
        zones = (zone(self.soft_start_s),)
        others = tuple(Watched(one, zones, "model@1") for one in self.sites)
        watched = Watched(site, zones, "model@1", calibration=calibration, others=others)
        recorder = Recorder(
            site=site,
            zones=watched.zones,
            copies=Copies(self.folder),
            seal=SEAL,
            ring=None,
            window=ClipWindow(before_s=2.0, after_s=3.0),
        )
        self.recorders[site.camera_id] = recorder
        return CameraWatch(watched=watched, store=self.store, recorder=recorder)

    def restart(self) -> None:
        self.watches = {site.camera_id: self.started(site) for site in self.sites}

    def looks(self, start: int, end: int, **seen: list[tuple[float, float]]) -> None:
        """Let the cameras that are named see things, second by second, in the order named."""
        for second in range(start, end):
            for camera, things in seen.items():
                image = np.full((PIXELS, PIXELS, 3), second % 250, np.uint8)
                frame = Frame(camera, second, START + second, Pixels(image))
                boxes = [box(camera, one) for one in things]
                found = Detections(
                    np.array(boxes, np.float32).reshape(-1, 4),
                    np.full(len(boxes), 0.7, np.float32),
                    np.full(len(boxes), CLASS_ID["car"], np.int64),
                )
                self.watches[camera].look(Look(frame.at, frame.size, found), frame)

    def told(self) -> list[tuple[str, str]]:
        """Occasion and camera of every message, in order."""
        return [(row.occasion, row.payload["incident"]["camera_id"]) for row in self.messages()]

    def last_told(self) -> dict[str, Any]:
        """What the platform is told last."""
        row = self.messages()[-1]
        said: dict[str, Any] = case_json(
            codec.message_of(key=row.key, occasion=row.occasion, document=row.payload).case
        )
        return said

    def messages(self) -> list[Any]:
        with self.store.engine.connect() as connection:
            return list(connection.execute(sa.select(outbox).order_by(outbox.c.position)))

    def of(self, camera: str) -> Incident:
        (one,) = self.store.incidents(camera_id=camera)
        return one

    def end(self, second: int, *, rejected: bool = False) -> None:
        """The case platform closes or rejects the case that was opened first."""
        case_id = self.messages()[0].payload["incident"]["id"]
        hearing.close(case_id, rejected=rejected, store=self.store, at=START + second)
