"""Runs a peer on live streams of the same files, in a process of its own, and counts its work.

The streams come as from cameras, over RTSP from another process, at the pace they were filmed.
"""

import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from streetwatch.benchmarks.live_streams import live
from streetwatch.benchmarks.peers import opencv_loop, roboflow_pipeline, ultralytics_loader
from streetwatch.benchmarks.peers.names import Peer
from streetwatch.benchmarks.throughput import Load
from streetwatch.benchmarks.throughput_reading import resident_mib
from streetwatch.models.registry import find
from streetwatch.service.incidents.errors import InputError
from streetwatch.vision.types import Seconds

#: Its model is loaded, its streams are open and it has looked at each by then.
_STARTS_WITHIN_S: Seconds = 60.0

_NEEDS = {Peer.OPENCV: "cv2", Peer.ULTRALYTICS: "ultralytics", Peer.ROBOFLOW: "inference"}

_RUNS: dict[Peer, Callable[["Job"], None]] = {
    Peer.OPENCV: lambda job: opencv_loop.watch(job.urls, job.model, job.interval_s, job.on_look),
    Peer.ULTRALYTICS: lambda job: ultralytics_loader.watch(
        job.urls, job.model, job.interval_s, job.on_look
    ),
    Peer.ROBOFLOW: lambda job: roboflow_pipeline.watch(
        job.urls, job.model, job.interval_s, job.on_look
    ),
}


@dataclass(frozen=True, slots=True)
class Job:
    """What a peer is to do.

    Attributes:
        urls: Of the live streams.
        model: The ONNX file.
        interval_s: Between two looks at one stream.
        on_look: To be called for each picture that was detected in.
    """

    urls: tuple[str, ...]
    model: str
    interval_s: Seconds
    on_look: Callable[[], None]


def measured(peer: Peer, load: Load, packages: Sequence[Path] = ()) -> dict[str, object]:
    """Run a peer on as many streams as the load has cameras; return what it took.

    Args:
        peer: Which.
        load: Its streams, model and interval.
        packages: Folders where it is installed, looked in last: a peer asks for older packages.

    Raises:
        InputError: it is not installed.
    """
    sys.path += [str(folder) for folder in packages if str(folder) not in sys.path]
    if find_spec(_NEEDS[peer]) is None:
        raise InputError(
            f"--vs {peer}: {_NEEDS[peer]} is not installed: pip install --target DIR "
            f"{_NEEDS[peer]}, and --vs-packages DIR"
        )
    paths = [load.stream(number).path for number in range(load.number)]
    model = str(find(load.model).file)
    with live(paths) as urls:
        return _in_a_process(peer, urls, model, load.look_interval_s, load.seconds)


def _in_a_process(
    peer: Peer, urls: tuple[str, ...], model: str, interval_s: Seconds, seconds: Seconds
) -> dict[str, object]:
    """Run it where it can be ended: its threads know no end."""
    spawn = get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(
        target=_counted,
        args=(theirs, peer, urls, model),
        kwargs={"interval_s": interval_s, "seconds": seconds},
        daemon=True,
    )
    process.start()
    theirs.close()
    try:
        line: dict[str, object] = ours.recv()
    except EOFError:
        raise InputError(f"--vs {peer}: it ended before its time; its words are above") from None
    finally:
        process.kill()
        process.join()
        ours.close()
    return line


def _counted(  # noqa: PLR0913 -- of another process: all it is told
    tell: Connection,
    peer: Peer,
    urls: tuple[str, ...],
    model: str,
    *,
    interval_s: Seconds,
    seconds: Seconds,
) -> None:
    os.dup2(2, 1)  # what it prints is no JSON of ours
    looks: list[float] = []
    job = Job(urls, model, interval_s, lambda: looks.append(time.monotonic()))
    threading.Thread(target=_RUNS[peer], args=(job,), daemon=True).start()
    pause = threading.Event()
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while len(looks) < 2 * len(urls) and time.monotonic() < deadline:
        pause.wait(0.1)
    before_s, began = _used_s(), time.monotonic()
    pause.wait(seconds)
    used_s, took_s = _used_s() - before_s, time.monotonic() - began
    counted = sum(one >= began for one in looks)
    camera_s = len(urls) * took_s
    line = {
        "peer": peer.value,
        "cameras": len(urls),
        "seconds": round(took_s, 1),
        "looks_per_camera_s": round(counted / camera_s, 3),
        "core_s_per_camera_min": round(60 * used_s / camera_s, 3),
        "busy": round(used_s / (took_s * len(os.sched_getaffinity(0))), 3),
        "rss_mib": round(resident_mib()),
    }
    tell.send(line)


def _used_s() -> Seconds:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
