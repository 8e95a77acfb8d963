"""One soak: cameras, a service, troubles from a seed, and what came of it."""

import json
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import yaml

from streetwatch.benchmarks.event_clips import filed_event, read_truth
from streetwatch.benchmarks.events import Event
from streetwatch.benchmarks.soak.growth import Sample
from streetwatch.benchmarks.soak.plan import Spell, spells
from streetwatch.benchmarks.soak.process import COMMAND, SoakedService, overloads, soaked
from streetwatch.benchmarks.soak.report import SoakReport
from streetwatch.benchmarks.soak.truth import (
    gaps_outside,
    judged,
    occurrences,
    recoveries,
)
from streetwatch.datasets.fake_camera import FakeCameras, lap_s
from streetwatch.datasets.fake_street import clips_of
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.types import Seconds

SAMPLE_EVERY_S: Final[Seconds] = 5.0

#: The film's places are free for less than half a minute between two laps: what left is gone by
#: then.
CLEAR_S: Final[Seconds] = 8.0

#: By then every camera has been seen.
_READY_WITHIN_S: Final[Seconds] = 30.0

_TICK_S: Final[Seconds] = 0.2


@dataclass(frozen=True, slots=True)
class Soak:
    """What is to be run.

    Attributes:
        film: Folder with one film, its `truth.json` and `cameras.yaml`.
        cameras: How many show it, each at another moment of it.
        seconds: For how long.
        seed: Of the troubles.
        work: Where coded clips are kept for the next run.
        rest_s: For how long at least the street is empty between two showings of the film.
    """

    film: Path
    cameras: int
    seconds: Seconds
    seed: int
    work: Path
    rest_s: Seconds = 0.0

    @property
    def names(self) -> list[str]:
        """The cameras."""
        return [f"cam-{number}" for number in range(self.cameras)]


def run_soak(soak: Soak, folder: Path, *, on_second: Callable[[Seconds], None]) -> SoakReport:
    """Run a soak.

    Args:
        soak: What.
        folder: Empty; for the service's data.
        on_second: Told how far it is.

    Raises:
        SoakFailedError: the service did not start, or ended by itself.
    """
    soak.work.mkdir(parents=True, exist_ok=True)
    (clip,) = read_truth(soak.film)
    clips = clips_of(clip.path, soak.work, rest_s=soak.rest_s)
    plan = spells(soak.names, soak.seconds, seed=soak.seed)
    length_s = lap_s(clips)
    with FakeCameras().running() as street:
        began_at = time.time()
        elapsed = {name: _elapsed_s(row, length_s) for row, name in enumerate(soak.names)}
        urls = {
            name: street.add(name, clips, seed=soak.seed + row, elapsed_s=elapsed[name])
            for row, name in enumerate(soak.names)
        }
        _configure(soak.film, folder, urls)
        with soaked(folder, port=_free_port(), log=soak.work / "service.log") as service:
            course = _Course(soak, plan, street, service, on_second)
            course.went()
            ended_well = service.stop()
    looks = {name: _looked_at(folder, name) for name in soak.names}
    true = [
        one
        for name in soak.names
        for event in clip.events
        for one in occurrences(
            replace(event, camera=name),
            began_at=began_at,
            elapsed_s=elapsed[name],
            length_s=length_s,
            until=course.ended_at,
        )
    ]
    filed = _filed(folder)
    of = {name: [one for one in plan if one.camera == name] for name in soak.names}
    zero = course.began_at
    gaps = [
        gap for name in looks for gap in gaps_outside(name, looks[name], of[name], began_at=zero)
    ]
    recovered = [s for name in looks for s in recoveries(looks[name], of[name], began_at=zero)]
    return SoakReport(
        cameras=soak.cameras,
        seconds=soak.seconds,
        seed=soak.seed,
        troubles=Counter(one.trouble for one in plan),
        samples=tuple(course.samples),
        gaps=tuple(gaps),
        recovered_s=tuple(sorted(recovered)),
        cases=judged(true, filed, looks, until=course.ended_at),
        unready=course.unready,
        overloaded=overloads(service.said(), began_at=course.began_at, until=course.ended_at),
        replaced=sum(line["event"] == "worker.replaced" for line in service.said()),
        tracebacks=service.log.read_text(encoding="utf-8").count("Traceback"),
        findings=_findings(folder),
        ended_well=ended_well,
    )


class _Course:
    """What happens while a soak runs."""

    def __init__(
        self,
        soak: Soak,
        plan: Sequence[Spell],
        street: FakeCameras,
        service: SoakedService,
        on_second: Callable[[Seconds], None],
    ) -> None:
        self._soak = soak
        self._service = service
        self._on_second = on_second
        self._steps = sorted(
            [(one.begin_s, lambda one=one: street.suffer(one.camera, one.trouble)) for one in plan]
            + [(one.end_s, lambda one=one: street.recover(one.camera)) for one in plan],
            key=lambda step: step[0],
        )
        self.samples: list[Sample] = []
        self.unready = 0
        self.began_at = self.ended_at = time.time()

    def went(self) -> None:
        """Let it go on for its time."""
        pause, since = threading.Event(), time.monotonic()
        self.began_at = time.time()
        next_s = 0.0
        while (at := time.monotonic() - since) < self._soak.seconds:
            while self._steps and self._steps[0][0] <= at:
                self._steps.pop(0)[1]()
            if at >= next_s:
                self._sampled(at)
                next_s += SAMPLE_EVERY_S
            self._on_second(at)
            pause.wait(_TICK_S)
        self.ended_at = time.time()

    def _sampled(self, at: Seconds) -> None:
        self.samples.append(self._service.sample(at))
        self.unready += not self._service.is_ready() and at > _READY_WITHIN_S


def _configure(film: Path, folder: Path, urls: Mapping[str, str]) -> None:
    """Write the settings of a service that watches the cameras."""
    (known,) = yaml.safe_load((film / "cameras.yaml").read_text(encoding="utf-8"))["cameras"]
    for zone in known["zones"]:
        zone["rules"] = [rule | {"clear_s": CLEAR_S} for rule in zone["rules"]]
    cameras = [
        {"id": name, "source": {"kind": "rtsp", "url": url}, "zones": known["zones"]}
        for name, url in urls.items()
    ]
    settings = {"cameras": "cameras.yaml", "data_dir": "data", "log_format": "json"}
    (folder / "cameras.yaml").write_text(yaml.safe_dump({"cameras": cameras}), encoding="utf-8")
    (folder / "streetwatch.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")


def _elapsed_s(row: int, length_s: Seconds) -> Seconds:
    """Return where a camera's film is at the start: no two cameras show the same at once."""
    return row * 0.618 % 1.0 * length_s


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _looked_at(folder: Path, camera: str) -> list[Seconds]:
    log = LooksLog(folder / "data" / "looks", keep_s=1e9, keep_bytes=10**12)
    return sorted(float(json.loads(line)["at"]) for line in log.lines(camera, since=0.0))


def _filed(folder: Path) -> list[Event]:
    store = open_store(f"sqlite:///{folder / 'data' / 'streetwatch.db'}")
    try:
        return [filed_event(one) for one in store.incidents() if one.opened_at is not None]
    finally:
        store.close()


def _findings(folder: Path) -> tuple[str, ...]:
    """Return what `streetwatch verify --store` finds."""
    done = subprocess.run(  # noqa: S603 -- ourselves
        [COMMAND, "verify", "--store", "--config", folder / "streetwatch.yaml"],
        capture_output=True,
        check=False,
        text=True,
    )
    return tuple(_words(json.loads(line)) for line in done.stdout.splitlines())


def _words(finding: Mapping[str, Any]) -> str:
    return f"{finding['finding']}: {finding['name']}"
