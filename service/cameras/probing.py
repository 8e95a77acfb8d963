"""Probing a camera before it is attached: what it sends, or what is wrong and how to mend it."""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2

from streetwatch.service.cameras.address import Account, AddressError
from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.cameras.probe_words import Words, words_of
from streetwatch.service.cameras.stepping import Turns, stepping
from streetwatch.vision.capture.errors import Fault, SourceError
from streetwatch.vision.capture.probing import (
    Fact,
    Finding,
    FirstPicture,
    StepName,
    StepState,
    probe,
)
from streetwatch.vision.capture.resolver import Resolver
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.privacy import Outline, masked
from streetwatch.vision.types import Size

#: Probes at once: each holds a connection and a thread for up to half a minute.
MOST_PROBES = 4

_KINDS = {
    "rtsp": SourceKind.RTSP,
    "rtsps": SourceKind.RTSP,
    "http": SourceKind.HTTP,
    "https": SourceKind.HTTP,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to probe.

    Attributes:
        url: Its address; `***` is the password that is kept for the camera named.
        account: A password apart from the address.
        camera_id: Of the camera whose kept password is meant.
    """

    url: str = field(repr=False)
    account: Account | None = None
    camera_id: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step has come to, for people.

    Attributes:
        says: What was found.
        mend: What mends it, or makes it better.
        facts: What was measured.
    """

    name: StepName
    state: StepState
    says: Words
    mend: Words | None = None
    facts: dict[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """The first picture.

    Attributes:
        jpeg: At most 640 pixels a side.
        size: Of the stream's pictures.
        at: When it came, seconds since the epoch.
    """

    jpeg: bytes
    size: Size
    at: float


Told: TypeAlias = Step | Seen


class Probing:
    """Probes cameras, one at a time for each person. Keeps nothing.

    Args:
        catalogue: Knows the passwords that are kept.
        resolve: Finds the way to a camera, or says why there is none.
        clock: Seconds since the epoch.
    """

    def __init__(self, catalogue: Catalogue, resolve: Resolver, clock: Callable[[], float]) -> None:
        self.catalogue = catalogue
        self._resolve = resolve
        self._clock = clock
        self._turns = Turns("a probe", most=MOST_PROBES)

    async def probe(self, wanted: Wanted, *, who: str) -> AsyncGenerator[Told, None]:
        """Yield each step as it begins and ends, and the picture. Closing it gives up.

        Raises:
            BusyError: another probe of theirs is under way, or too many are.
        """
        with self._turns.taken(who):
            steps = stepping(lambda stopped: self._told(wanted, stopped))
            async with aclosing(steps):
                async for told in steps:
                    yield told

    def _told(self, wanted: Wanted, stopped: Callable[[], bool]) -> Iterator[Told]:
        yield _step(Finding(StepName.ADDRESS, StepState.RUNNING))
        source = self._source(wanted)
        if source is None:
            yield _step(Finding(StepName.ADDRESS, StepState.FAILED, Fault.ADDRESS))
            return
        for found in probe(source, self._resolve, stopped=stopped, clock=self._clock):
            if isinstance(found, FirstPicture):
                yield _seen(found, self._clock(), self._masks(wanted.camera_id))
            else:
                yield _step(found)

    def _masks(self, camera_id: str) -> tuple[Outline, ...]:
        """Return what nobody may see of a camera that is known already."""
        known = {one.id: one.masks for one in self.catalogue.cameras}
        return known.get(camera_id, ())

    def _source(self, wanted: Wanted) -> Source | None:
        """Return where to connect to; None where the address can't be used."""
        kind = _KINDS.get(wanted.url.partition("://")[0].lower())
        if kind is None:
            return None
        try:
            Source(kind, wanted.url)
            return self.catalogue.source(wanted.camera_id, kind, wanted.url, wanted.account)
        except (SourceError, AddressError, ValueError):
            return None


def _step(finding: Finding) -> Step:
    says, mend = words_of(finding)
    return Step(finding.step, finding.state, says, mend, finding.facts)


def _seen(picture: FirstPicture, at: float, masks: tuple[Outline, ...]) -> Seen:
    _, content = cv2.imencode(".jpg", masked(picture.small, masks), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return Seen(content.tobytes(), picture.size, at)
