"""What this node knows of cameras that another one watches: it asks that one."""

import heapq
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import structlog
from pydantic import TypeAdapter, ValidationError

from streetwatch.service.between.asking import Asking, NoAnswerError
from streetwatch.service.cameras.errors import WatchedElsewhereError
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.runtime.live import LiveCamera, LivePicture
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.service.store.nodes import Nodes
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

T = TypeVar("T")

#: Where each node tells of its own cameras; `node_router` answers.
LIVE: Final = "/node/live"
LOOKS: Final = "/node/looks"

#: When a picture was taken, and how large the stream's own are.
AT: Final = "X-Streetwatch-At"
SIZE: Final = "X-Streetwatch-Size"

#: What was asked is good for so long, however many people look.
_FRESH_S: Final[Seconds] = 1.0

#: A node that is slower shows nothing; people wait for the page.
_WITHIN_S: Final[Seconds] = 2.0

#: Looks of a day are some megabytes.
_LOOKS_WITHIN_S: Final[Seconds] = 10.0

_AT_ONCE: Final = 8

CAMERAS: Final = TypeAdapter(tuple[LiveCamera, ...])


class _Fresh(Generic[T]):
    """A value that is made anew when it is old, by one thread while others wait for it."""

    def __init__(self, make: Callable[[], T], clock: Callable[[], Seconds]) -> None:
        self._make = make
        self._clock = clock
        self._made: tuple[Seconds, T] | None = None
        self._making = threading.Lock()

    def value(self) -> T:
        """Return it."""
        with self._making:
            if self._made is None or self._clock() - self._made[0] > _FRESH_S:
                made = self._make()
                self._made = self._clock(), made
            return self._made[1]


@dataclass(slots=True)
class Neighbours:
    """Asks the other nodes. Usable from any thread.

    Attributes:
        nodes: All of them.
        myself: The id of this one.
        asking: Asks.
    """

    nodes: Nodes
    myself: str
    asking: Asking
    clock: Callable[[], Seconds] = time.monotonic
    _owners: _Fresh[Mapping[str, str]] = field(init=False)
    _cameras: _Fresh[Mapping[str, LiveCamera]] = field(init=False)

    def __post_init__(self) -> None:
        self._owners = _Fresh(self._owners_now, self.clock)
        self._cameras = _Fresh(self._cameras_now, self.clock)

    def cameras(self) -> Mapping[str, LiveCamera]:
        """Return what the others watch, by id; what a node that says nothing has is left out."""
        return self._cameras.value()

    def picture(self, camera_id: str) -> LivePicture | None:
        """Return a camera's latest picture; None before the first.

        Raises:
            WatchedElsewhereError: no node that answers has it.
        """
        owner = self._owners.value().get(camera_id)
        if owner is None:
            raise WatchedElsewhereError(camera_id)
        try:
            answer = self.asking.get(owner, f"{LIVE}/{camera_id}.jpg", within_s=_WITHIN_S)
            width, height = answer.headers[SIZE].split("x")
            return LivePicture(answer.content, float(answer.headers[AT]), (int(width), int(height)))
        except NoAnswerError as error:
            if error.status == 404:
                return None
            raise WatchedElsewhereError(camera_id) from error
        except (KeyError, ValueError) as error:
            raise WatchedElsewhereError(camera_id) from error

    def lines(self, camera_id: str, *, since: Seconds) -> list[Iterable[str]]:
        """Return what each of the others has seen on a camera since then, as `LooksLog.lines`."""
        path = f"{LOOKS}/{camera_id}?since={since:.3f}"
        found = self._each(lambda one: self.asking.get(one, path, within_s=_LOOKS_WITHIN_S).text)
        return [text.splitlines(keepends=True) for text in found]

    def _cameras_now(self) -> Mapping[str, LiveCamera]:
        found = self._each(
            lambda one: _read(self.asking.get(one, LIVE, within_s=_WITHIN_S).content)
        )
        return {camera.id: camera for cameras in found for camera in cameras}

    def _each(self, asked: Callable[[str], T]) -> list[T]:
        """Ask all who live at once; leave out who does not answer."""

        def answer(address: str) -> T | None:
            try:
                return asked(address)
            except (NoAnswerError, ValidationError) as error:
                log.warning("neighbour.not_answering", node=address, reason=type(error).__name__)
                return None

        others = self._others()
        if not others:
            return []
        with ThreadPoolExecutor(min(len(others), _AT_ONCE)) as pool:
            return [one for one in pool.map(answer, others) if one is not None]

    def _others(self) -> list[str]:
        try:
            whole = self.nodes.whole()
        except StorageError:
            return []
        return [one.address for one in whole.nodes if whole.lives(one) and one.id != self.myself]

    def _owners_now(self) -> Mapping[str, str]:
        try:
            whole = self.nodes.whole()
        except StorageError:
            return {}
        address = {one.id: one.address for one in whole.nodes if whole.lives(one)}
        address.pop(self.myself, None)
        return {one.camera_id: address[one.node] for one in whole.cameras if one.node in address}


def _read(content: bytes) -> tuple[LiveCamera, ...]:
    return CAMERAS.validate_json(content)


@dataclass(frozen=True, slots=True)
class SharedLooks:
    """What all nodes saw, as one log: a camera that moved was looked at by several.

    Attributes:
        own: This node's.
        neighbours: Have the others.
    """

    own: LooksLog
    neighbours: Neighbours

    def lines(self, camera_id: str, *, since: Seconds) -> Iterator[str]:
        """Yield what was seen on a camera since then, a line a look, oldest first."""
        logs = [self.own.lines(camera_id, since=since)]
        logs += [iter(one) for one in self.neighbours.lines(camera_id, since=since)]
        yield from heapq.merge(*logs, key=_at)


def _at(line: str) -> float:
    return float(json.loads(line)["at"])
