"""A process that watches, files and delivers under load, to be killed at any moment.

The street is scripted: what stands where, and when, is a function of the time alone, so that
whoever goes on after a death sees what a camera would.
"""

import logging
import multiprocessing
import os
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from struct import Struct
from typing import Final

import numpy as np
import structlog

from streetwatch.benchmarks.mortal import KEYED, fast_clock, sink_to
from streetwatch.benchmarks.mortal_street import CAMERAS, CLEAR_S, things
from streetwatch.models.labels import CLASS_ID
from streetwatch.service.delivery.relay import Relay
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.keys import Signer
from streetwatch.service.evidence.making import make_due
from streetwatch.service.evidence.manifest import EvidenceSeal
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.incidents.routing import Route, Routes
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.store.awaited import AwaitedCopies
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Detections, Frame, Image, Look, Seconds, Size
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone

#: Times run so much faster.
SPEED: Final = 8.0

ROUTES: Final[Routes] = (Route(KEYED),)

_SIZE: Final[Size] = (320, 180)
_WHOLE: Final[Polygon] = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))

#: The others die somewhere on the way to their first look.
_DIES_AT_WORK: Final = 0.8
_BEGINS_WITHIN_S: Final[Seconds] = 30.0

#: The last one goes on for so long.
_ENDS_AFTER_S: Final[Seconds] = 40.0

DWELL_S: Final[Seconds] = 8.0
_MOMENT: Final = Struct("<d")

_RULE: Final = replace(
    DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR],
    dwell_s=DWELL_S,
    clear_s=CLEAR_S,
    queue_hold_s=0.0,
)


@dataclass(frozen=True, slots=True)
class Script:
    """One run.

    Attributes:
        folder: Of database and evidence.
        url: Of the platform.
        zero: When it begins, on the fast clock.
        until: When it is over.
    """

    folder: Path
    url: str
    zero: Seconds
    until: Seconds

    @property
    def database(self) -> str:
        """The address of the database."""
        return f"sqlite:///{self.folder / 'streetwatch.db'}"

    @property
    def looks_file(self) -> Path:
        """Where each process writes when it has looked."""
        return self.folder / "looks"

    def looks(self) -> tuple[Seconds, ...]:
        """Return when it was looked, by whatever process."""
        return tuple(at for (at,) in _MOMENT.iter_unpack(self.looks_file.read_bytes()))


@dataclass(frozen=True, slots=True)
class Watcher:
    """A process that watches.

    Attributes:
        begun: Set when it has looked for the first time.
        enough: Set by whoever wants it to end.
    """

    process: BaseProcess
    begun: Event
    enough: Event


def watching_process(script: Script) -> Watcher:
    """Start a process that watches. It is forked from one that has imported everything already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__])
    begun, enough = context.Event(), context.Event()
    process = context.Process(target=_watch_all, args=(script, begun, enough), daemon=True)
    process.start()
    return Watcher(process, begun, enough)


def _watch_all(script: Script, begun: Event, enough: Event) -> None:
    """Watch until it is enough and everything is delivered."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    clock, store = fast_clock(SPEED), open_store(script.database)
    relay = Relay(Outbox(store.engine), KEYED, sink_to(KEYED, script.url), clock=clock)
    relay.start()
    copies = Copies.masking(EvidenceFolder(script.folder / "evidence"), _Passer())
    cameras = {name: _Camera(name, script, store, copies) for name in CAMERAS}
    awaited, pause = AwaitedCopies(store.engine), threading.Event()
    looks = os.open(script.looks_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    copies.start(partial(make_due, copies, awaited, on_made=relay.wake))
    while (now := clock()) < script.until and not enough.is_set():
        for one in cameras.values():
            one.look(now)
        os.write(looks, _MOMENT.pack(now))
        begun.set()
        copies.wake()
        relay.wake()
        pause.wait(0.5 / SPEED)
    for one in cameras.values():
        one.look(now + 30.0)
    while awaited.some():
        pause.wait(0.05)
    for one in cameras.values():
        one.watch.finish(now + 30.0)
    copies.stop(timeout_s=30)
    relay.stop(timeout_s=30)
    while relay.drain():
        pass
    os.close(looks)
    store.close()


class _Passer:
    """A detector that sees somebody go by in every picture."""

    longest_side = 640

    def detect(
        self, image: Image, *, confidence: float | None = None, longest: int | None = None
    ) -> Detections:
        del image, confidence, longest
        box = np.array([(10.0, 20.0, 30.0, 70.0)], np.float32)
        return Detections(box, np.ones(1, np.float32), np.array([CLASS_ID["person"]], np.int64))


class _Camera:
    """One camera of the script: looks as it would see it now."""

    def __init__(self, name: str, script: Script, store: SqlStore, copies: Copies) -> None:
        zones = (Zone("road", _WHOLE, rules=(_RULE,)),)
        watched = Watched(Site(name, name, None), zones, "script@1", ROUTES)
        self._name = name
        self._things = [one for one in things(script.zero, script.until) if one.camera == name]
        self._noise = np.random.default_rng(random.SystemRandom().getrandbits(32))
        recorder = Recorder(
            site=watched.site,
            zones=zones,
            copies=copies,
            seal=EvidenceSeal(
                Signer.at(script.folder / "signing.pem"), "bench faults", "script@1", "0" * 64
            ),
            ring=None,
            window=ClipWindow(2.0, 2.0),
        )
        self.watch = CameraWatch(watched=watched, store=store, recorder=recorder)

    def look(self, at: Seconds) -> None:
        """Look once; what the database refuses, the next look has."""
        here = [one.box for one in self._things if one.since <= at < one.until]
        image = self._noise.integers(60, 160, (_SIZE[1], _SIZE[0], 3), np.uint8)
        count = len(here)
        seen = Detections(
            np.array(here, np.float32).reshape(-1, 4),
            np.full(count, 0.9, np.float32),
            np.full(count, CLASS_ID["car"], np.int64),
        )
        frame = Frame(self._name, 0, at, Pixels(image))
        try:
            self.watch.look(Look(at, _SIZE, seen), frame)
        except StorageError:
            return


def killed_at_random(
    script: Script,
    *,
    times: int,
    seed: int,
    on_death: Callable[[int], None] = lambda _: None,
) -> Script:
    """Kill a process that watches so many times, then let one come to the end.

    Args:
        script: What it sees.
        times: How often.
        seed: Of the moments.
        on_death: Told how many died before.

    Returns:
        The script as it ended.

    Raises:
        RuntimeError: the last one ended badly.
    """
    chance, pause = random.Random(seed), threading.Event()  # noqa: S311 -- fate, not secrets
    clock = fast_clock(SPEED)
    for number in range(times):
        one = watching_process(script)
        if chance.random() < _DIES_AT_WORK:
            one.begun.wait(_BEGINS_WITHIN_S)
        pause.wait(chance.uniform(0.0, 0.8))  # the moment of death
        one.process.kill()
        one.process.join()
        on_death(number)
    last = watching_process(script)
    last.begun.wait(_BEGINS_WITHIN_S)
    pause.wait(_ENDS_AFTER_S / SPEED)
    last.enough.set()
    last.process.join()
    if last.process.exitcode:
        raise RuntimeError(f"the last process ended with {last.process.exitcode}")
    return replace(script, until=clock())
