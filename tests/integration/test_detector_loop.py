"""The loop that serves all cameras: what it asks of the detector and of the captures."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.runtime.attention import Attention, Intervals
from streetwatch.service.runtime.detector_loop import DetectorLoop
from streetwatch.service.runtime.judging import REST_S
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.metrics import RuntimeMetrics
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.runtime.watching import Watching
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.vision.gate import Gate
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Detections, Frame, Image, Look
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone
from waiting import PATIENCE_S

START = 1_795_363_200.0
AREA = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
RULE = DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR]
STREET: Image = np.repeat(
    np.random.default_rng(3).integers(90, 150, (90, 160, 1), np.uint8), 3, axis=2
)


def with_car(number: int) -> Image:
    image = STREET.copy()
    image[40:60, 10 * number % 100 : 10 * number % 100 + 40] = 220
    return image


class Sees:
    """Sees nothing, when it is let, and counts how many pictures it is shown at once."""

    longest_side = 160

    def __init__(self) -> None:
        self.shown: list[int] = []
        self.may_answer = threading.Event()
        self.may_answer.set()

    def detect(
        self, image: Image, *, confidence: float | None = None, longest: int | None = None
    ) -> Detections:
        return self.detect_batch([image], confidence=confidence, longest=longest)[0]

    def detect_batch(
        self,
        images: Sequence[Image],
        *,
        confidence: float | None = None,
        longest: int | None = None,
    ) -> list[Detections]:
        del confidence, longest
        self.shown.append(len(images))
        assert self.may_answer.wait(PATIENCE_S)
        return [Detections.empty() for _ in images]


class City:
    """A loop with cameras whose pictures are handed in by the test."""

    def __init__(self, store: SqlStore, *, batch: int = 1) -> None:
        self.store = store
        self.sees, self.mailboxes = Sees(), Mailboxes()
        self.registry = CollectorRegistry()
        self.now = START
        self.paces: dict[str, list[float]] = {}
        self.looks: list[Look] = []
        self.hot: set[str] = set()
        self.loop = DetectorLoop(
            detector=self.sees,
            mailboxes=self.mailboxes,
            metrics=RuntimeMetrics(self.registry),
            intervals=Intervals(),
            clock=lambda: self.now,
            on_change=lambda _: None,
            batch=batch,
            is_hot=lambda name, _: name in self.hot,
        )

    def add(self, name: str, *, on_duty: Callable[[float], bool] = lambda _: True) -> None:
        zone = Zone("road", AREA, rules=(RULE,))
        watched = Watched(Site(name, name, None), (zone,), "model@1")
        watch = CameraWatch(
            watched=watched, store=self.store, recorder=None, on_look=self.looks.append
        )
        pace = self.paces.setdefault(name, []).append
        self.loop.watch(name, Watching(watch, Attention(Gate((AREA,))), pace, is_on_duty=on_duty))

    def show(self, name: str, image: Image, *, after_s: float) -> None:
        self.now = START + after_s
        self.mailboxes.put(Frame(name, 0, self.now, Pixels(image)))

    def has_looked(self, camera: str, times: int) -> bool:
        return self.count("streetwatch_looks_total", camera=camera) == times

    def count(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


def until(is_so: Callable[[], bool], *, seconds: float = PATIENCE_S) -> None:
    """Wait for the loop's thread; ask often, for there are many looks to wait for."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not is_so():
        assert time.monotonic() < deadline, "the loop's thread did nothing"
        pause.wait(0.002)


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Callable[..., City]]:
    made: list[City] = []

    def make(**how: int) -> City:
        store = open_store(f"sqlite:///{tmp_path / f'{len(made)}.db'}")
        made.append(City(store, **how))
        return made[-1]

    yield make
    for one in made:
        one.loop.stop(timeout_s=PATIENCE_S)
        one.store.close()


def test_pictures_that_wait_together_go_through_the_model_together(
    city: Callable[..., City],
) -> None:
    street = city(batch=4)
    street.sees.may_answer.clear()
    for name in "abcdef":
        street.add(name)
        street.show(name, with_car(0), after_s=0)
    street.loop.start()
    until(lambda: not len(street.mailboxes))
    street.sees.may_answer.set()
    until(lambda: sum(street.sees.shown) == 6)
    assert street.sees.shown == [1, 4, 1], "the first waited for nobody"


def test_while_the_model_looks_other_cameras_are_judged_and_its_own_waits(
    city: Callable[..., City],
) -> None:
    street = city()
    street.add("quiet")
    street.add("busy")
    street.show("quiet", STREET, after_s=0)
    street.loop.start()
    until(lambda: street.has_looked("quiet", 1))

    street.sees.may_answer.clear()
    street.show("busy", with_car(0), after_s=1)
    until(lambda: street.sees.shown == [1, 1])
    street.show("busy", with_car(1), after_s=3)
    street.show("busy", with_car(2), after_s=5)
    street.show("quiet", STREET, after_s=8)
    until(lambda: street.has_looked("quiet", 2))
    assert street.has_looked("busy", 0), "its pictures are judged in their order"

    street.sees.may_answer.set()
    until(lambda: street.has_looked("busy", 2))
    assert street.mailboxes.dropped("busy") == 1, "of those that waited the newest was looked at"


def test_zones_are_redrawn_when_the_model_has_answered(city: Callable[..., City]) -> None:
    street = city()
    street.add("a")
    street.sees.may_answer.clear()
    street.loop.start()
    street.show("a", with_car(0), after_s=0)
    until(lambda: street.sees.shown == [1])
    redrawn = street.loop.between_looks(lambda: None)
    assert not redrawn.done()
    street.sees.may_answer.set()
    redrawn.result(5)
    assert street.has_looked("a", 1)


def test_a_camera_off_duty_is_decoded_seldom_and_never_detected_in(
    city: Callable[..., City],
) -> None:
    street = city()
    street.add("school", on_duty=lambda at: at >= START + 100)
    street.loop.start()
    street.show("school", with_car(1), after_s=0)
    until(lambda: bool(street.paces["school"]))
    assert street.paces["school"] == [REST_S]
    assert street.sees.shown == []
    street.show("school", with_car(2), after_s=101)
    until(lambda: len(street.paces["school"]) > 1)
    assert street.sees.shown == [1]
    assert street.paces["school"][1] < REST_S


def test_a_street_is_looked_at_more_often_in_its_hot_hours(
    city: Callable[..., City],
) -> None:
    street = city()
    street.hot.add("market")
    for name in ("market", "lane"):
        street.add(name)
    street.loop.start()
    for name in ("market", "lane"):
        street.show(name, STREET, after_s=0.0)
        until(partial(street.has_looked, name, 1))
        trembling = STREET.copy()
        trembling[0, 0] ^= 1
        street.show(name, trembling, after_s=20.0)
        until(partial(street.has_looked, name, 2))
    intervals = Intervals()
    assert street.paces["market"][-1] == intervals.close_s
    assert street.paces["lane"][-1] == intervals.quiet_s
    idle = partial(street.count, "streetwatch_detections_total", why="idle")
    assert (idle(camera="market"), idle(camera="lane")) == (1.0, 0.0), "after 20 s"


def test_a_look_says_whether_the_detector_looked(city: Callable[..., City]) -> None:
    street = city()
    street.add("quiet")
    street.loop.start()
    for times in (1, 2):
        street.show("quiet", STREET, after_s=10.0 * times)
        until(partial(street.has_looked, "quiet", times))
    assert [look.is_detected for look in street.looks] == [True, False]


def test_permitted_places_are_looked_at_along_with_the_others() -> None:
    store = open_store("sqlite://")
    market = ((0.1, 0.1), (0.2, 0.1), (0.2, 0.2))
    watched = Watched(Site("kerb", "kerb", None), (), "model@1")
    watch = CameraWatch(watched=watched, store=store, recorder=None)
    watching = Watching(watch, Attention(Gate((AREA,))), lambda _: None, beside=(market,))
    assert watching.looked_at == (AREA, market)
    watching.attention = Attention(Gate(()))
    assert not watching.looked_at
    store.close()


def test_an_idle_camera_is_detected_in_every_30_s_and_the_gap_is_a_metric(
    city: Callable[..., City],
) -> None:
    street = city()
    street.add("quiet")
    street.loop.start()
    for number in range(33):
        trembling = STREET.copy()
        trembling[0, number] ^= 1  # a picture that is the same to the last bit is a frozen one
        street.show("quiet", trembling, after_s=4.0 * number)
        until(partial(street.has_looked, "quiet", number + 1))
    coverage = "streetwatch_zone_coverage_seconds"
    assert street.count(f"{coverage}_count", promise="idle") >= 3
    within = street.count(f"{coverage}_bucket", promise="idle", le="30.0")
    assert within == street.count(f"{coverage}_count", promise="idle")


def test_a_detector_that_lags_says_so_and_takes_it_back(
    city: Callable[..., City], capsys: pytest.CaptureFixture[str]
) -> None:
    street = city()
    street.add("busy")
    shown = 0

    def look(lag_s: float) -> None:
        nonlocal shown
        shown += 1
        taken_at = START + shown
        street.now = taken_at + lag_s
        street.mailboxes.put(Frame("busy", shown, taken_at, Pixels(with_car(shown))))
        until(partial(street.has_looked, "busy", shown))

    street.loop.start()
    for _ in range(20):
        look(5.0)
    assert street.loop.overload.is_on
    assert street.count("streetwatch_detector_overloaded") == 1
    for _ in range(140):
        look(0.0)
    assert not street.loop.overload.is_on
    told = capsys.readouterr().out
    assert told.index("detector.overloaded") < told.index("detector.keeps_up")
