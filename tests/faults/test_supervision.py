"""A worker that dies or is stuck is replaced, and the probe tells the truth meanwhile."""

import ctypes
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from live_service import wait_for
from streetwatch.benchmarks.fault_city import FaultCity
from streetwatch.benchmarks.faults import QUICK
from streetwatch.datasets.fake_camera import FakeCameras
from streetwatch.datasets.fake_trouble import Clips
from streetwatch.service.api.readiness import SILENT_S, CameraHealth, Readiness
from streetwatch.service.runtime.supervision import MOST_LEFT, Supervisor
from streetwatch.vision.capture.opening import TimeOuts
from streetwatch.vision.types import Seconds
from waiting import PATIENCE_S

#: What ends a thread here is what the test throws into it.
KILLED = pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")

#: Whoever is stuck is stuck: nobody has to wait for long until that is sure.
AT_ONCE = replace(QUICK, options=replace(QUICK.options, time_outs=TimeOuts(0.2, 0.2)))

LIVE = CameraHealth("kerb", "kerb", "rtsp://10.0.0.5/s", "live", "", 1.0)


class Watched:
    """A city of one camera and who watches over it."""

    def __init__(self, city: FaultCity) -> None:
        self.city = city
        self.registry = CollectorRegistry()
        self.supervisor = Supervisor(city.fleet, self.registry, grace_s=0.5)

    def replaced(self, worker: str, why: str) -> float:
        labels = {"worker": worker, "why": why}
        name = "streetwatch_workers_replaced_total"
        return self.registry.get_sample_value(name, labels) or 0.0

    def wait_for_looks(self) -> None:
        before = len(self.city.looks("kerb"))
        wait_for("look", lambda: len(self.city.looks("kerb")) > before + 1 or None)

    def first_seen(self) -> Seconds:
        (stay,) = self.city.camera("kerb").watching.watch.presence.stays
        return stay.first_seen


@pytest.fixture
def watched(tmp_path: Path, clips: Clips) -> Iterator[Watched]:
    with FakeCameras().running() as street:
        url = street.add("kerb", clips)
        with FaultCity(tmp_path, {"kerb": url}, QUICK).running() as city:
            one = Watched(city)
            one.wait_for_looks()
            yield one


def end(name: str) -> None:
    """End a thread from outside by what no guard of ours may catch."""
    (thread,) = (one for one in threading.enumerate() if one.name == name)
    identity = ctypes.c_ulong(thread.ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(SystemExit))
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


@KILLED
def test_a_worker_that_has_died_is_replaced_and_what_stood_there_stands(watched: Watched) -> None:
    since, first = watched.first_seen(), watched.city.camera("kerb").capture
    end("capture-kerb")
    assert first.is_dead
    watched.supervisor.round()
    watched.wait_for_looks()
    assert watched.first_seen() == since
    assert watched.replaced("kerb", "dead") == 1


@KILLED
def test_a_detector_that_has_died_goes_on(watched: Watched) -> None:
    since = watched.first_seen()
    end("detector")
    watched.supervisor.round()
    watched.wait_for_looks()
    assert watched.first_seen() == since
    assert watched.replaced("detector", "dead") == 1


def test_workers_that_are_well_are_left_alone(watched: Watched) -> None:
    first = watched.city.camera("kerb").capture
    watched.supervisor.round()
    assert watched.city.camera("kerb").capture is first


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Path]:
    """What the system lets nobody open before somebody writes into it: no time-out ends that."""
    path = tmp_path / "camera"
    os.mkfifo(path)
    yield path
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:  # nobody waits there any more
        return


def test_a_worker_that_is_stuck_in_the_system_is_replaced_so_many_times_and_no_more(
    tmp_path: Path, pipe: Path
) -> None:
    city = FaultCity(tmp_path, {"kerb": str(pipe)}, AT_ONCE)
    city.fleet.loop.start()
    city.fleet.start()
    one = Watched(city)

    def is_replaced(times: int) -> Callable[[], bool | None]:
        def ask() -> bool | None:
            one.supervisor.round()
            return one.replaced("kerb", "stuck") == times or None

        return ask

    wait_for("replacement", is_replaced(MOST_LEFT))
    stuck = city.camera("kerb")
    assert len(stuck.left) == MOST_LEFT
    wait_for("a stuck one", lambda: stuck.capture.overdue_s > 1 or None)
    one.supervisor.round()
    assert one.replaced("kerb", "stuck") == MOST_LEFT, "each leaves a thread behind"
    os.close(os.open(pipe, os.O_WRONLY))  # the system comes to itself: all of them end
    city.fleet.stop()
    for left in (*stuck.left, stuck.capture):
        assert left.stop(PATIENCE_S)
    city.fleet.loop.stop(timeout_s=PATIENCE_S)
    city.store.close()


def test_a_detector_that_is_stuck_is_told_by_the_probe(watched: Watched) -> None:
    free = threading.Event()
    watched.city.fleet.loop.between_looks(free.wait)
    silent = wait_for(
        "silence",
        lambda: (
            watched.city.fleet.loop.silent_s if watched.city.fleet.loop.silent_s > 1.5 else None
        ),
    )
    free.set()
    wait_for("sign", lambda: watched.city.fleet.loop.silent_s < silent or None)


@pytest.mark.parametrize(
    ("silent_s", "is_ready"),
    [
        pytest.param(SILENT_S - 1, True, id="a long detection"),
        pytest.param(SILENT_S + 1, False, id="stuck"),
    ],
)
def test_a_service_whose_detector_is_stuck_is_not_ready(
    silent_s: Seconds, *, is_ready: bool
) -> None:
    readiness = Readiness((LIVE,), 0, 0, 0.0, detector_silent_s=silent_s)
    assert readiness.is_ready is is_ready
