"""A camera whose pictures can't be believed files nothing, whatever a detector sees in them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from live_service import wait_for
from sealed import SEAL, Sees
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
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.vision.gate import Gate
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Frame, Image
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone
from waiting import PATIENCE_S

START = 1_795_363_200.0
ALL: Polygon = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
CHANCE = np.random.default_rng(3)
CAR = (100.0, 80.0, 160.0, 120.0)


class Watch:
    """One camera on a loop that runs."""

    def __init__(self, folder: Path) -> None:
        default = DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR]
        rule = replace(default, dwell_s=20.0)
        zones = (Zone("road", ALL, rules=(rule,)),)
        watched = Watched(Site("cam", "cam", None), zones, "model")
        self.store: SqlStore = open_store(f"sqlite:///{folder / 'db'}")
        evidence = EvidenceFolder(folder / "evidence")
        recorder = Recorder(
            site=watched.site,
            zones=zones,
            copies=Copies(evidence),
            seal=SEAL,
            ring=None,
            window=ClipWindow(),
        )
        self.recorder = recorder
        watch = CameraWatch(watched=watched, store=self.store, recorder=recorder)
        self.watching = Watching(watch, Attention(Gate((ALL,))), lambda _: None)
        self.mailboxes = Mailboxes()
        self.registry = CollectorRegistry()
        self.now = START
        self.loop = DetectorLoop(
            detector=Sees((("car", CAR),), longest_side=320),
            mailboxes=self.mailboxes,
            metrics=RuntimeMetrics(self.registry),
            intervals=Intervals(),
            clock=lambda: self.now,
            on_change=lambda _: None,
        )
        self.loop.watch("cam", self.watching)
        self.loop.start()

    def show(self, second: int, image: Image) -> None:
        """Give the loop a picture, and wait until it is done with it."""
        before = self.done()
        self.now = START + second
        self.mailboxes.put(Frame("cam", second, self.now, Pixels(image)))
        wait_for("look", lambda: self.done() > before or None)

    def done(self) -> float:
        kinds = ("", "_failed", "_unjudged")
        names = (f"streetwatch_looks{kind}_total" for kind in kinds)
        seen = [self.registry.get_sample_value(name, {"camera": "cam"}) for name in names]
        blind = [
            self.registry.get_sample_value(
                "streetwatch_looks_blind_total", {"camera": "cam", "seeing": seeing}
            )
            for seeing in ("frozen", "dark")
        ]
        return sum(value or 0.0 for value in (*seen, *blind))


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    one = Watch(tmp_path)
    yield one
    one.loop.stop(timeout_s=PATIENCE_S)
    one.store.close()


def noise(level: float, spread: float) -> Image:
    return np.asarray(np.clip(CHANCE.normal(level, spread, (180, 320, 3)), 0, 255), np.uint8)


def test_a_street_is_filed(watch: Watch) -> None:
    for second in range(0, 48, 4):
        watch.show(second, noise(120, 30))
    assert [one.opened_at is not None for one in watch.store.incidents()] == [True]


def test_a_covered_lens_files_nothing_and_its_picture_is_shown(watch: Watch) -> None:
    for second in range(0, 60, 4):
        watch.show(second, noise(4, 2))
    assert [one for one in watch.store.incidents() if one.opened_at] == []
    latest = watch.recorder.pictures.latest
    assert latest is not None
    assert latest.at == START + 56


def test_time_in_which_the_picture_was_frozen_is_no_dwell(watch: Watch) -> None:
    frozen = noise(120, 30)
    for second in range(0, 120, 4):
        watch.show(second, frozen)
    (stay,) = watch.watching.watch.presence.stays
    assert stay.dwell_s <= 34.0, "it counted until it was known to be frozen"
