"""A node has its pictures looked at by another machine, over real HTTP, with the real model."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest
from prometheus_client import CollectorRegistry

from databases import PostgresServer, sqlite_at
from http_parts import serving
from streetwatch.datasets import demo
from streetwatch.models import registry
from streetwatch.models.session import Session
from streetwatch.service.between.answering import Answering
from streetwatch.service.between.asking import Asking
from streetwatch.service.between.badge import Badges
from streetwatch.service.between.detector_site import detector_site
from streetwatch.service.between.shared_session import SharedSession
from streetwatch.service.store.detectors import Detectors
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.detect import Detector
from streetwatch.vision.types import Image
from waiting import PATIENCE_S

CLIP = Path(demo.__file__).with_name("street.mp4")
Rows = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def near() -> Session:
    return Session(registry.find(None), threads=1)


@pytest.fixture(scope="module")
def picture() -> Image:
    with av.open(CLIP) as clip:
        clip.seek(40_000_000)  # a car stands there by now
        frame = next(clip.decode(video=0))
    return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


@dataclass
class Counting:
    """The real model, and how often it was asked; it waits for a sign where there is one."""

    session: Session
    sign: threading.Event | None = None
    begun: threading.Event = field(default_factory=threading.Event)
    batches: list[int] = field(default_factory=list)

    def run(self, batch: Rows) -> Rows:
        self.begun.set()
        if self.sign is not None:
            self.sign.wait(PATIENCE_S)
        self.batches.append(len(batch))
        return self.session.run(batch)


@dataclass
class Pair:
    """A node without, and a machine with a model for others."""

    url: str
    far: Counting
    node: SharedSession
    metrics: CollectorRegistry

    def count(self, by: str) -> float:
        name = "streetwatch_detections_shared_total"
        return self.metrics.get_sample_value(name, {"by": by}) or 0.0


@pytest.fixture
def pair(near: Session, request: pytest.FixtureRequest) -> Iterator[Pair]:
    told: dict[str, Any] = {
        "quality": None,
        "within_s": 20.0,
        "key": "ours",
        "waiting": 4,
        "sign": None,
    }
    told |= getattr(request, "param", {})
    far, metrics = Counting(near, sign=told["sign"]), CollectorRegistry()
    answering = Answering(far.run, most=8, waiting=told["waiting"])
    answering.start()
    asking = Asking(Badges(told["key"]), lambda: 1e9)
    with serving(detector_site(answering, Badges("ours"), lambda: 1e9)) as url:
        node = SharedSession(
            near,
            lambda: (url,),
            asking,
            within_s=told["within_s"],
            quality=told["quality"],
            registry=metrics,
        )
        yield Pair(url, far, node, metrics)
        if told["sign"] is not None:
            told["sign"].set()
    answering.stop(timeout_s=PATIENCE_S)
    asking.close()


def test_what_another_machine_sees_is_what_this_one_sees(
    pair: Pair, near: Session, picture: Image
) -> None:
    here, there = Detector(near).detect(picture), Detector(pair.node).detect(picture)
    assert len(here.xyxy) > 0
    assert np.array_equal(here.xyxy, there.xyxy)
    assert np.array_equal(here.confidence, there.confidence)
    assert (pair.far.batches, pair.count("another")) == ([1], 1.0)


@pytest.mark.parametrize("pair", [{"quality": 95}], indirect=True, ids=["as JPEG"])
def test_as_jpeg_what_is_sure_is_the_same(pair: Pair, near: Session, picture: Image) -> None:
    here = Detector(near).detect(picture, confidence=0.7)
    there = Detector(pair.node).detect(picture, confidence=0.7)
    assert list(here.labels) == list(there.labels) == ["car"]
    assert np.allclose(here.confidence, there.confidence, atol=0.1)
    assert not np.array_equal(here.confidence, there.confidence)
    assert pair.count("another") == 1.0


def test_several_pictures_go_together(pair: Pair, near: Session, picture: Image) -> None:
    here = Detector(near).detect_batch([picture] * 2)
    there = Detector(pair.node).detect_batch([picture] * 2)
    assert all(np.allclose(a.xyxy, b.xyxy) for a, b in zip(here, there, strict=True))
    assert pair.far.batches == [2]


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param({"key": "another city"}, id="it does not know us"),
        pytest.param({"within_s": 0.2, "sign": threading.Event()}, id="it is slow"),
        pytest.param({"waiting": 1, "sign": threading.Event()}, id="too many wait"),
    ],
    indirect=True,
)
def test_whoever_has_no_answer_in_time_looks_here(
    pair: Pair, near: Session, picture: Image
) -> None:
    if pair.far.sign is not None:
        others = [_asked(pair) for _ in range(3)]
        assert pair.far.begun.wait(PATIENCE_S)
    else:
        others = []
    here, there = Detector(near).detect(picture), Detector(pair.node).detect(picture)
    assert np.array_equal(here.xyxy, there.xyxy)
    assert pair.count("here_instead") >= 1.0
    Detector(pair.node).detect(picture)
    assert pair.count("here") >= 1.0, "whoever was slow is left alone for a while"
    if pair.far.sign is not None:
        pair.far.sign.set()
    for one in others:
        one.join(PATIENCE_S)


def _asked(pair: Pair) -> threading.Thread:
    """Have another node ask."""
    blobs = np.zeros((1, 3, 384, 640), np.float32)
    other = SharedSession(
        pair.node.near,
        lambda: (pair.url,),
        pair.node.asking,
        within_s=15.0,
        quality=None,
        registry=CollectorRegistry(),
    )
    thread = threading.Thread(target=other.run, args=(blobs,))
    thread.start()
    return thread


def test_the_database_says_who_answers_and_with_which_model(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    with postgres.database() as database:
        for address in (database, sqlite_at(tmp_path / "one.db")):
            store = open_store(address)
            detectors, gone = Detectors(store.engine, 60.0), Detectors(store.engine, -1.0)
            detectors.beat("gpu-1", address="http://one:8090", model="a")
            detectors.beat("gpu-1", address="http://two:8090", model="a")
            detectors.beat("gpu-2", address="http://other:8090", model="b")
            gone.beat("gpu-3", address="http://gone:8090", model="a")
            assert detectors.alive("a") == ("http://two:8090",)
            detectors.end("gpu-1")
            assert detectors.alive("a") == ()
            store.close()
