"""The benchmark's streams as cameras send them: live, over RTSP, from other processes."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from streetwatch.benchmarks.throughput_streams import CameraStream, length_s
from streetwatch.datasets.live import start_live
from streetwatch.vision.types import Seconds

#: A film begins so long before its camera comes: nobody sees the end of the last one.
_AHEAD_S: Final[Seconds] = 1.0


@contextmanager
def live(paths: Sequence[Path]) -> Iterator[tuple[str, ...]]:
    """Serve each file in a process of its own; yield the addresses."""
    with ExitStack() as ends:
        yield tuple(_started(path, ends) for path in paths)


@contextmanager
def live_in_turn(streams: Sequence[CameraStream], *, spread_s: Seconds) -> Iterator[list[str]]:
    """Serve the streams of cameras that come one after the other; yield the addresses.

    Where something happens, each camera's film begins as it comes. The empty ones share a process.

    Args:
        streams: Of each camera.
        spread_s: Over which they come.
    """
    with ExitStack() as ends:
        empty = {one.path: _started(one.path, ends) for one in streams if not one.events}
        began = time.time()
        starts = [began + spread_s * number / len(streams) for number in range(len(streams))]
        yield [
            _started(one.path, ends, since=start - _AHEAD_S - length_s(one.path))
            if one.events
            else empty[one.path]
            for one, start in zip(streams, starts, strict=True)
        ]


def _started(path: Path, ends: ExitStack, *, since: Seconds | None = None) -> str:
    camera = start_live(path, since=since)
    ends.callback(camera.kill)
    return camera.url
