"""Disk, database and evidence folder fail while something stands, and are well again."""

import os
import resource
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from databases import postgres_server
from live_service import wait_for
from sealed import SEAL
from streetwatch.benchmarks.fault_city import AREA, SeesTheBright, until
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.incidents.retention import Periods
from streetwatch.service.runtime.attention import Attention, Intervals
from streetwatch.service.runtime.detector_loop import DetectorLoop
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.metrics import RuntimeMetrics
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.runtime.watching import Watching
from streetwatch.service.store.sql_store import open_store
from streetwatch.service.upkeep.verify import Verification
from streetwatch.vision.gate import Gate
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Frame, Image
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone
from waiting import PATIENCE_S

START = 1_795_363_200.0
RULE = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=20.0)
CHANCE = np.random.default_rng(5)


def street() -> Image:
    """A street with a sensor's noise, and a bright car in it."""
    image = np.asarray(CHANCE.integers(40, 140, (360, 640, 3)), np.uint8)
    image[200:240, 300:380] = 235
    return image


class Kerb:
    """One camera on a loop that runs, its store and its evidence."""

    def __init__(self, database: str, evidence: Path) -> None:
        self.store, self.evidence = open_store(database), EvidenceFolder(evidence)
        zones = (Zone("road", AREA, rules=(RULE,)),)
        watched = Watched(Site("kerb", "kerb", None), zones, "bright@1")
        recorder = Recorder(
            site=watched.site,
            zones=zones,
            copies=Copies(self.evidence),
            seal=SEAL,
            ring=None,
            window=ClipWindow(1, 4),
        )
        self.watch = CameraWatch(watched=watched, store=self.store, recorder=recorder)
        self.mailboxes, self.registry, self.now = Mailboxes(), CollectorRegistry(), START
        self.loop = DetectorLoop(
            detector=SeesTheBright(),
            mailboxes=self.mailboxes,
            metrics=RuntimeMetrics(self.registry),
            intervals=Intervals(),
            clock=lambda: self.now,
            on_change=lambda _: None,
        )
        self.loop.watch("kerb", Watching(self.watch, Attention(Gate((AREA,))), lambda _: None))
        self.loop.start()

    def show(self, since: int, end: int) -> None:
        """Show the street every 2 s, each time until the loop is done with it."""
        for second in range(since, end, 2):
            is_done = self.is_done_with(self.done)
            self.put(second)
            assert until(is_done, seconds=PATIENCE_S, every_s=0.002), "no look"

    def is_done_with(self, before: float) -> Callable[[], bool | None]:
        return lambda: self.done > before or None

    def put(self, second: int) -> None:
        self.now = START + second
        self.mailboxes.put(Frame("kerb", second, self.now, Pixels(street())))

    @property
    def done(self) -> float:
        return self.count("looks") + self.count("looks_failed")

    def count(self, what: str) -> float:
        name = f"streetwatch_{what}_total"
        return self.registry.get_sample_value(name, {"camera": "kerb"}) or 0.0

    def filed(self) -> list[str]:
        return [one.id for one in self.store.incidents() if one.opened_at is not None]

    def findings(self) -> list[dict[str, str]]:
        """What `streetwatch verify --store` finds, half-written files among it."""
        check = Verification(self.store.engine, self.evidence, Periods(), told=None, desk=None)
        return [one.line() for one in check.run(now=time.time() + 3600)]

    def close(self) -> None:
        self.loop.stop(timeout_s=PATIENCE_S)
        self.store.close()


@pytest.fixture
def kerb(tmp_path: Path) -> Iterator[Kerb]:
    one = Kerb(f"sqlite:///{tmp_path / 'kerb.db'}", tmp_path / "evidence")
    yield one
    one.close()


def files_once_after(kerb: Kerb, trouble: Callable[[], object], mend: Callable[[], object]) -> None:
    """Let a violation mature while there is trouble: it is filed once, whole, when that is over."""
    kerb.show(0, 14)
    trouble()
    kerb.show(14, 30)
    failed = kerb.count("looks_failed")
    mend()
    kerb.show(30, 46)
    assert failed > 0, "there was trouble"
    assert kerb.count("looks_failed") == failed, "and no more when it was over"
    assert len(kerb.filed()) == 1
    (stay,) = kerb.watch.presence.stays
    assert stay.first_seen == START
    assert kerb.findings() == []


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 4 MB of its own, several times an empty store; root may have one."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", folder], check=False, capture_output=True
    )
    if made.returncode:
        pytest.skip("mounting a file system takes root's rights")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        kerb = Kerb(f"sqlite:///{tmp_path / 'kerb.db'}", disk / "evidence")
        filler = disk / "filler"

        def fill() -> None:
            with filler.open("wb", buffering=0) as file:
                try:
                    while file.write(b"0" * 4096):
                        pass
                except OSError:
                    return

        files_once_after(kerb, fill, filler.unlink)
        kerb.close()


def test_a_disk_on_which_the_database_too_is_full_loses_nothing(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        kerb = Kerb(f"sqlite:///{disk / 'kerb.db'}", tmp_path / "evidence")
        filler = disk / "filler"

        def fill() -> None:
            with filler.open("wb", buffering=0) as file:
                try:
                    while file.write(b"0" * 512):
                        pass
                except OSError:
                    return

        kerb.show(0, 14)
        fill()
        now = 14
        while kerb.count("looks_failed") < 3:  # what SQLite had taken before is used up first
            kerb.show(now, now := now + 4)
            assert now < 600
        filler.unlink()
        kerb.show(now, now + 30)
        assert len(kerb.filed()) == 1
        assert kerb.findings() == []
        kerb.close()


def test_files_that_may_not_grow_lose_nothing(kerb: Kerb) -> None:
    """A quota, as far as a process can set one for itself: writes end with EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    files_once_after(
        kerb,
        lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, hard)),
        lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard)),
    )


def test_a_database_that_somebody_holds_loses_nothing(kerb: Kerb, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "kerb.db", isolation_level=None)
    kerb.show(0, 14)
    other.execute("BEGIN IMMEDIATE")
    kerb.show(14, 16)  # waits for as long as a writer waits, and is refused
    assert kerb.count("looks_failed") == 1
    other.execute("ROLLBACK")
    other.close()
    kerb.show(16, 40)
    assert kerb.count("looks_failed") == 1
    assert len(kerb.filed()) == 1
    assert kerb.findings() == []


def test_an_evidence_folder_that_is_gone_loses_nothing(kerb: Kerb, tmp_path: Path) -> None:
    folder, away = tmp_path / "evidence", tmp_path / "away"

    def take_away() -> None:
        folder.rename(away)
        folder.write_bytes(b"")  # not even root can make a folder here

    def bring_back() -> None:
        folder.unlink()
        away.rename(folder)

    files_once_after(kerb, take_away, bring_back)


def test_an_evidence_folder_that_hangs_is_heard_of_and_loses_nothing(
    kerb: Kerb, tmp_path: Path
) -> None:
    kerb.show(0, 14)
    (candidate,) = kerb.store.incidents()
    pipe = tmp_path / "evidence" / candidate.id / ".threshold.jpg.part.jpg"
    os.mkfifo(pipe)  # opening it hangs, as a disk does that has gone away
    kerb.show(14, 20)
    kerb.put(20)
    wait_for("silence", lambda: kerb.loop.silent_s > 1.0 or None)
    assert kerb.filed() == []
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    wait_for("failure", lambda: has_failed(kerb, reader))
    os.close(reader)
    kerb.show(22, 40)
    assert kerb.filed() == [candidate.id]
    assert kerb.findings() == []


def has_failed(kerb: Kerb, pipe: int) -> float | None:
    """Take what was written so far; a pipe can't be synced, and so the write fails in the end."""
    with suppress(BlockingIOError):
        while os.read(pipe, 1 << 16):
            pass
    return kerb.count("looks_failed") or None


def test_postgresql_that_is_stopped_and_started_loses_nothing(tmp_path: Path) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(postgres_server())
        address = server.address(server._create())  # noqa: SLF001 -- a database of its own
        kerb = Kerb(address, tmp_path / "evidence")
        stack.callback(kerb.close)
        files_once_after(kerb, server.stop, server.start)
