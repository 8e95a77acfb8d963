"""A camera that is bumped, turned, set to another size or moved while it was down: real chain."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from sealed import SEAL
from streetwatch.benchmarks.fault_city import SeesTheBright, until
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.runtime.attention import Attention, Intervals
from streetwatch.service.runtime.detector_loop import DetectorLoop
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.metrics import RuntimeMetrics
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.runtime.watching import Watching
from streetwatch.service.store.references import Kept, References
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.gate import Gate
from streetwatch.vision.health import Health, Reference, Seeing
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Frame, Image, Size
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone
from waiting import PATIENCE_S

START = 1_795_363_200.0
CHANCE = np.random.default_rng(13)

#: Wider than a camera sees, with something bright in it.
SCENE = cv2.resize(CHANCE.integers(40, 150, (40, 80), np.uint8), (640, 320))
SCENE[150:178, 280:330] = 235

#: Around what stands there, with less room to its left than a small shift takes.
AREA: Polygon = ((0.43, 0.3), (0.75, 0.3), (0.75, 0.8), (0.43, 0.8))
MASK: Polygon = ((0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1))
RULE = replace(
    DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=200.0, clear_s=20.0, queue_hold_s=0.0
)


def shown(right: int, size: Size = (320, 180)) -> Image:
    """What a camera shows that looks so many pixels to the right."""
    grey = SCENE[60:240, 140 + right : 460 + right] + CHANCE.normal(0, 3, (180, 320))
    picture = np.asarray(np.clip(grey, 0, 255), np.uint8)
    return cv2.cvtColor(cv2.resize(picture, size), cv2.COLOR_GRAY2BGR).astype(np.uint8)


class Kerb:
    """One camera whose pictures are handed in; can be started again on the same store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = open_store(f"sqlite:///{folder / 'kerb.db'}")
        self.references = References(self.store.engine)
        self.begin()

    def begin(self) -> None:
        zones = (Zone("road", AREA, rules=(RULE,)),)
        watched = Watched(Site("kerb", "kerb", None), zones, "bright@1")
        folder = EvidenceFolder(self.folder / "evidence")
        self.recorder = Recorder(
            site=watched.site,
            zones=zones,
            copies=Copies(folder),
            seal=SEAL,
            ring=None,
            window=ClipWindow(1, 4),
        )
        kept = self.references.find("kerb")
        watch = CameraWatch(
            watched=watched,
            store=self.store,
            recorder=self.recorder,
            size=None if kept is None else kept.size,
        )
        self.watching = Watching(
            watch,
            Attention(Gate((AREA,))),
            lambda _: None,
            (MASK,),
            Health.since(None if kept is None else kept.reference),
            remember=self.remember,
        )
        self.mailboxes, self.registry, self.now = Mailboxes(), CollectorRegistry(), START
        self.loop = DetectorLoop(
            detector=SeesTheBright(),
            mailboxes=self.mailboxes,
            metrics=RuntimeMetrics(self.registry),
            intervals=Intervals(),
            clock=lambda: self.now,
            on_change=lambda _: None,
        )
        self.loop.watch("kerb", self.watching)
        self.loop.start()

    def remember(self, reference: Reference, size: Size) -> None:
        self.references.keep("kerb", Kept("drawn", reference, size))

    def restart(self) -> None:
        self.loop.stop(timeout_s=PATIENCE_S)
        self.begin()

    def show(self, since: int, end: int, right: int = 0, size: Size = (320, 180)) -> None:
        for second in range(since, end, 4):
            is_done = self.is_done_with(self.done)
            self.now = START + second
            self.mailboxes.put(Frame("kerb", second, self.now, Pixels(shown(right, size))))
            assert until(is_done, seconds=PATIENCE_S, every_s=0.002), "no look"

    def is_done_with(self, before: float) -> Callable[[], bool | None]:
        return lambda: self.done > before or None

    @property
    def done(self) -> float:
        return sum(
            sample.value
            for metric in self.registry.collect()
            for sample in metric.samples
            if sample.name in {"streetwatch_looks_total", "streetwatch_looks_blind_total"}
        )

    def seeing(self) -> Seeing:
        return self.watching.health.seeing

    def filed(self) -> list[float]:
        return [one.first_seen for one in self.store.incidents() if one.opened_at is not None]

    def stays(self) -> list[float]:
        return [one.first_seen for one in self.watching.watch.presence.stays]


@pytest.fixture
def kerb(tmp_path: Path) -> Iterator[Kerb]:
    one = Kerb(tmp_path)
    yield one
    one.loop.stop(timeout_s=PATIENCE_S)
    one.store.close()


def test_zones_go_along_with_a_pole_that_was_bumped_and_what_stands_goes_on_standing(
    kerb: Kerb,
) -> None:
    kerb.show(0, 40)
    kerb.show(40, 340, right=22)
    assert kerb.watching.health.shift.dx == pytest.approx(-22 / 320, abs=0.01)
    assert kerb.stays() == [START]
    assert kerb.filed() == [START]
    (left, _), *_ = kerb.watching.attention.gate.areas[0:1][0]
    assert left == pytest.approx(0.43 - 22 / 320, abs=0.01), "watched is where the ground lies now"
    assert len(kerb.watching.masks) == 2, "nobody may see it where it was, nor where it is"


def test_a_camera_that_was_turned_away_files_nothing_and_goes_on_when_it_is_back(
    kerb: Kerb,
) -> None:
    kerb.show(0, 40)
    kerb.show(40, 320, right=110)
    assert kerb.seeing() is Seeing.MOVED
    assert kerb.filed() == []
    kerb.show(320, 480)
    assert kerb.seeing() is Seeing.CLEAR
    assert len(kerb.filed()) <= 1


def test_a_camera_that_was_turned_while_the_service_was_down_is_found_out(kerb: Kerb) -> None:
    kerb.show(0, 40)
    kerb.restart()
    kerb.show(400, 480, right=110)
    assert kerb.seeing() is Seeing.MOVED
    assert kerb.filed() == []


def test_a_camera_that_was_bumped_while_the_service_was_down_takes_its_zones_along(
    kerb: Kerb,
) -> None:
    kerb.show(0, 40)
    kerb.restart()
    kerb.show(60, 160, right=22)
    assert kerb.watching.health.shift.dx == pytest.approx(-22 / 320, abs=0.01)


@pytest.mark.parametrize(
    "restarts", [pytest.param(False, id="while it runs"), pytest.param(True, id="while it is down")]
)
def test_what_stands_goes_on_standing_though_its_camera_is_set_to_another_size(
    kerb: Kerb,
    restarts: bool,  # noqa: FBT001 -- a parameter of the table
) -> None:
    kerb.show(0, 120)
    if restarts:
        kerb.restart()
    kerb.show(120, 240, size=(640, 360))
    assert kerb.stays() == [START]
    assert kerb.filed() == [START]
    latest = kerb.recorder.pictures.latest
    assert latest is not None
    assert latest.size == latest.picture.image().shape[1::-1] == (320, 180)
