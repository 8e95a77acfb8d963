"""Looks at a camera that is about to be attached: what a dry run of its first zones replays.

While somebody draws, the stream runs through the detector like any other. Nothing is judged and
nothing is stored: boxes and labels are held in memory until the page is left.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Final

from streetwatch.service.cameras.address import Account
from streetwatch.service.cameras.camera import CameraDocument
from streetwatch.service.cameras.part import Cameras
from streetwatch.service.cameras.stepping import Turns
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.runtime.attention import Attention
from streetwatch.service.runtime.detector_loop import DetectorLoop
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.watching import Watching
from streetwatch.vision.capture.stream import Capture, CaptureOptions
from streetwatch.vision.gate import Gate
from streetwatch.vision.shift import Shift
from streetwatch.vision.types import Frame, Look, Seconds, Size
from streetwatch.zones.presence import Presence

#: Cameras that are being attached at once: each is a stream to decode and to detect in.
MOST_GATHERED: Final = 4

#: Whoever draws for longer goes on with the looks of so long.
LONGEST_S: Final[Seconds] = 1800.0

_ALL: Final = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@dataclass(slots=True)
class Gathering:
    """One camera's looks so far. Filled by the detector's thread, read by any.

    Attributes:
        enough: Told once it has gathered for as long as it may.
    """

    enough: Callable[[], object]
    presence: Presence = field(default_factory=Presence)
    _looks: list[Look] = field(default_factory=list)

    @property
    def looks(self) -> tuple[Look, ...]:
        """What was seen, in order; without pictures."""
        return tuple(self._looks)

    @property
    def span_s(self) -> Seconds:
        """How long it was looked at."""
        return self._looks[-1].at - self._looks[0].at if self._looks else 0.0

    def look(self, look: Look, frame: Frame | None = None) -> tuple[Incident, ...]:
        """Keep what was seen; no incident comes of it."""
        del frame
        self._looks.append(Look(look.at, look.size, look.detections))
        if self.span_s >= LONGEST_S:
            self.enough()
        return ()

    def show(self, frame: Frame) -> None:
        """Nothing: the page has a picture of its own."""

    def seal(self, at: Seconds) -> None:
        """Nothing: there is no evidence."""

    @property
    def size(self) -> Size | None:
        """Not known: looks are kept as they come."""
        return None

    def go_along(self, shift: Shift) -> None:
        """Nothing: nothing is drawn yet."""


@dataclass(slots=True)
class Gatherings:
    """Looks at cameras that are not kept yet, one at a time for each person.

    Attributes:
        catalogue: Knows which addresses are allowed, and kept passwords.
        loop: Looks at the pictures.
        mailboxes: Where it takes them from.
        options: How streams are read.
    """

    catalogue: Cameras
    loop: DetectorLoop
    mailboxes: Mailboxes
    options: CaptureOptions
    _turns: Turns = field(
        default_factory=lambda: Turns("watching a new camera", most=MOST_GATHERED)
    )
    _free: list[str] = field(
        default_factory=lambda: [f"new/{number}" for number in range(MOST_GATHERED)]
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def within(self, reach: Reach) -> "Gatherings":
        """Return the same for somebody who may know of a part of the cameras; turns are shared."""
        return replace(self, catalogue=self.catalogue.within(reach))

    @contextmanager
    def begun(
        self, document: CameraDocument, *, who: str, account: Account | None = None
    ) -> Iterator[Gathering]:
        """Look at a camera for the length of a block.

        Args:
            document: The camera, as `Catalogue.check` takes it.
            who: Attaches it.
            account: As for `Catalogue.check`.

        Raises:
            BusyError: they attach another camera already, or too many do.
            CameraRefusedError: the document is wrong.
        """
        source = self.catalogue.check(document, account=account).source
        with self._turns.taken(who), self._named() as name, ExitStack() as until:
            capture = Capture(
                name,
                source,
                on_frame=self.mailboxes.put,
                on_state=lambda _: None,
                ring=None,
                options=self.options,
            )
            gathering = Gathering(enough=lambda: capture.stop(timeout_s=0))
            # The whole picture: what will be drawn is not known yet.
            self.loop.watch(name, Watching(gathering, Attention(Gate((_ALL,))), lambda _: None))
            until.callback(self.mailboxes.forget, name)
            until.callback(self.loop.unwatch, name)
            until.callback(capture.stop, timeout_s=0)
            capture.start()
            yield gathering

    @contextmanager
    def _named(self) -> Iterator[str]:
        """Lend a name that no camera can have; few, since metrics remember each."""
        with self._lock:
            name = self._free.pop()
        try:
            yield name
        finally:
            with self._lock:
                self._free.append(name)
