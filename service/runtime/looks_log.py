"""What was seen in the last hours, look by look: what a dry run replays.

A folder per camera, a file per hour and process, each a row of whole gzip members: a process that
is killed loses its last seconds and spoils nothing that was written before. Boxes and labels only,
no pictures.
"""

import gzip
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock

import structlog

from streetwatch.service.rounds import Rounds
from streetwatch.service.runtime.recorded import look_line
from streetwatch.vision.types import Look, Seconds

log = structlog.get_logger(__name__)

#: How often what was seen is written: so much is lost with a process that is killed.
WRITE_EVERY_S: Seconds = 10.0

#: Looks that wait for the disk; while it refuses, more are not kept.
MOST_WAITING = 20_000

_HOUR_S: Seconds = 3600.0
_SUFFIX = ".jsonl.gz"


class LooksLog:
    """Keeps looks on disk, off the path of those who make them.

    Args:
        folder: Where.
        keep_s: For so long; 0 keeps nothing.
        keep_bytes: At most so much, the oldest going first.
    """

    def __init__(self, folder: Path, *, keep_s: Seconds, keep_bytes: int) -> None:
        self._folder = folder
        self._keep_s = keep_s
        self._keep_bytes = keep_bytes
        self._waiting: SimpleQueue[tuple[str, Look]] = SimpleQueue()
        self._writing = Lock()
        self._files: dict[str, Path] = {}
        self._rounds = Rounds("looks-log", self.write, every_s=WRITE_EVERY_S)

    def start(self) -> None:
        """Begin to write."""
        self._rounds.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Write what waits and end."""
        self._rounds.stop(timeout_s=timeout_s)
        self.write()

    def add(self, camera_id: str, look: Look) -> None:
        """Have a look kept; costs the caller nothing but the place in a queue."""
        if self._keep_s > 0 and self._waiting.qsize() < MOST_WAITING:
            self._waiting.put((camera_id, Look(look.at, look.size, look.detections)))

    def write(self) -> None:
        """Write what waits, and delete what was kept long enough."""
        with self._writing:
            looks = self._taken()
            try:
                for camera_id, seen in looks.items():
                    self._append(camera_id, seen)
            except OSError as error:
                self._files.clear()  # what was cut short is not written on
                log.warning("looks_log.refused", reason=error.strerror or str(error))

    def lines(self, camera_id: str, *, since: Seconds) -> Iterator[str]:
        """Yield what was seen on a camera since then, a line a look, oldest first."""
        self.write()
        files = self._of(camera_id)
        begun = [_begun(file) for file in files]
        first = max((row for row, at in enumerate(begun) if at <= since), default=0)
        for file in files[first:]:
            yield from _lines(file)

    def _taken(self) -> dict[str, list[Look]]:
        looks: dict[str, list[Look]] = defaultdict(list)
        try:
            while True:
                camera_id, look = self._waiting.get_nowait()
                looks[camera_id].append(look)
        except Empty:
            return looks

    def _append(self, camera_id: str, looks: list[Look]) -> None:
        file = self._files.get(camera_id)
        if file is None or looks[0].at // _HOUR_S != _begun(file) // _HOUR_S:
            file = self._folder / camera_id / f"{looks[0].at:.3f}{_SUFFIX}"
            file.parent.mkdir(parents=True, exist_ok=True)
            self._files[camera_id] = file
            self._prune(looks[0].at)
        content = "".join(map(look_line, looks)).encode()
        with file.open("ab") as segment:
            segment.write(gzip.compress(content, compresslevel=6, mtime=0))

    def _prune(self, now: Seconds) -> None:
        """Delete segments whose last look is too old, then the oldest of what is too much."""
        files = sorted(self._folder.glob(f"*/*{_SUFFIX}"), key=_begun, reverse=True)
        size = 0
        for file in files:
            size += file.stat().st_size
            if size > self._keep_bytes or _begun(file) + _HOUR_S < now - self._keep_s:
                file.unlink(missing_ok=True)

    def _of(self, camera_id: str) -> list[Path]:
        return sorted((self._folder / camera_id).glob(f"*{_SUFFIX}"), key=_begun)


def _begun(file: Path) -> Seconds:
    """Return when a segment's first look was; it stands in its name."""
    return float(file.name.removesuffix(_SUFFIX))


def _lines(file: Path) -> Iterator[str]:
    """Yield a segment's lines; a torn end, which a killed process leaves, is left out."""
    try:
        with gzip.open(file, "rt", encoding="utf-8") as segment:
            for line in segment:
                if line.endswith("\n"):
                    yield line
    except (OSError, EOFError, zlib.error):  # torn, or deleted meanwhile
        return
