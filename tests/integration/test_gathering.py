"""A camera that is being attached is looked at, and nothing of it stays."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from live_service import wait_for
from streetwatch.datasets.live import LiveProcess
from streetwatch.service.cameras.camera import CameraDocument
from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.cameras.errors import CameraRefusedError
from streetwatch.service.cameras.ledger import Ledger
from streetwatch.service.cameras.part import Cameras
from streetwatch.service.cameras.stepping import BusyError
from streetwatch.service.cameras.vault import Vault
from streetwatch.service.gathering import MOST_GATHERED, Gathering, Gatherings
from streetwatch.service.runtime.attention import Intervals
from streetwatch.service.runtime.detector_loop import DetectorLoop
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.metrics import RuntimeMetrics
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.capture.stream import CaptureOptions
from streetwatch.vision.detect import Detector
from waiting import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
STREET = ROOT / "datasets" / "demo" / "street.mp4"


@dataclass
class City:
    """A real camera, a real detector, and the gathering of looks."""

    camera: LiveProcess
    gatherings: Gatherings

    def document(self, url: str = "") -> CameraDocument:
        return {"id": "new", "source": {"kind": "rtsp", "url": url or self.camera.url}, "zones": []}


@pytest.fixture
def city(tmp_path: Path, live_camera: Callable[..., LiveProcess]) -> Iterator[City]:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    catalogue = Catalogue(Ledger(store.engine), Vault.at(tmp_path / "key"), (), clock=time.time)
    mailboxes, detector = Mailboxes(), Detector.load(threads=1)
    loop = DetectorLoop(
        detector=detector,
        mailboxes=mailboxes,
        metrics=RuntimeMetrics(CollectorRegistry()),
        intervals=Intervals(),
        clock=time.time,
        on_change=lambda _: None,
    )
    loop.start()
    options = CaptureOptions(look_interval_s=2.0, longest=detector.longest_side)
    yield City(live_camera(STREET), Gatherings(Cameras(catalogue), loop, mailboxes, options))
    loop.stop(timeout_s=PATIENCE_S)
    store.close()


def labels(gathering: Gathering) -> set[str]:
    return {label for look in gathering.looks for label in look.detections.labels}


def captures() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("capture-new/")]


def test_what_stands_on_the_street_is_seen_before_the_camera_is_kept(city: City) -> None:
    with city.gatherings.begun(city.document(), who="lin") as gathering:
        wait_for("car", lambda: "car" in labels(gathering) or None)
        wait_for("second look", lambda: gathering.span_s > 0 or None)
        assert all(look.view is None for look in gathering.looks), "no pictures are held"
    assert not city.gatherings.catalogue.cameras


def test_nobody_is_connected_to_the_camera_after_the_page_is_left(city: City) -> None:
    with city.gatherings.begun(city.document(), who="lin") as gathering:
        wait_for("look", lambda: gathering.looks or None)
        assert len(captures()) == 1
    wait_for("end of the stream", lambda: not captures() or None)


def test_one_camera_at_a_time_is_attached_by_each_and_few_by_all(city: City) -> None:
    with ExitStack() as under_way:
        for number in range(MOST_GATHERED):
            begun = city.gatherings.begun(city.document(), who=f"user {number}")
            under_way.enter_context(begun)
        for who in ("user 0", "one more"):
            with pytest.raises(BusyError), city.gatherings.begun(city.document(), who=who):
                pass
    with city.gatherings.begun(city.document(), who="user 0"):
        pass


def test_an_address_that_could_not_be_kept_is_not_looked_at(city: City) -> None:
    refused = city.gatherings.begun(city.document("gopher://10.0.0.5/x"), who="lin")
    with pytest.raises(CameraRefusedError), refused:
        pass
    assert not captures()
