"""Cameras that fail, one of each kind beside those that are well: what is said, what is lost."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from streetwatch.benchmarks.fault_city import FaultCity, Pace, until
from streetwatch.datasets.fake_camera import FakeCameras
from streetwatch.datasets.fake_street import THING
from streetwatch.datasets.fake_trouble import Clips, Trouble
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.runtime.attention import Intervals
from streetwatch.vision.capture.opening import TimeOuts
from streetwatch.vision.capture.reconnect import BackOff
from streetwatch.vision.capture.stream import CaptureOptions
from streetwatch.vision.types import Seconds

#: Cameras that are well, and must not notice.
WITNESSES: Final = ("well-1", "well-2")

#: As the service watches when nobody sets anything.
AS_SHIPPED: Final = Pace(30.0, Intervals(), CaptureOptions(look_interval_s=2.0, longest=320))

#: Everything quicker: for tests.
QUICK: Final = Pace(
    10.0,
    Intervals(idle_s=2.0, close_s=1.0, settle_s=2.0, quiet_s=1.0),
    CaptureOptions(
        look_interval_s=1.0,
        longest=320,
        time_outs=TimeOuts(open_s=1.0, read_s=1.0),
        back_off=BackOff(first_s=0.2, longest_s=0.6),
        blind_limit_s=3.0,
    ),
)

#: A slow machine is no fault.
_PATIENCE_S: Final = 120.0

#: Between two looks of a camera that is well there may be so many paces.
_PACES_APART: Final = 2.5


@dataclass(frozen=True, slots=True)
class FaultOutcome:
    """What a trouble came to.

    Attributes:
        condition: How the camera was called when the trouble had lasted.
        phase: Of its capture then.
        reason: What was said of its connection.
        blind: Pictures that were shown and not judged.
        corrupt: Packets and pictures that were left out as damaged.
        connections: How often it was connected to, first to last.
        recovery_s: From the end of the trouble to the first look; None: there was none.
        cases: What was filed of what stands there: once is right.
        elsewhere: What was filed of what does not.
        kept: Whether the stay began before the trouble, and stands.
    """

    trouble: Trouble
    condition: str
    phase: str
    reason: str
    blind: int
    corrupt: int
    connections: int
    recovery_s: Seconds | None
    cases: int
    elsewhere: int
    kept: bool

    @property
    def is_right(self) -> bool:
        """Whether nothing was lost, and nothing filed that should not be."""
        return self.recovery_s is not None and self.kept and (self.cases, self.elsewhere) == (1, 0)


@dataclass(frozen=True, slots=True)
class FaultRun:
    """One run of all troubles at once.

    Attributes:
        lost_by_others: Looks that cameras that were well went without.
    """

    outcomes: tuple[FaultOutcome, ...]
    lost_by_others: int


def run_faults(
    folder: Path,
    clips: Clips,
    *,
    pace: Pace,
    lasting_s: Seconds,
    seed: int = 0,
) -> FaultRun:
    """Have a camera for each trouble suffer at the same time, then recover.

    Args:
        folder: Empty.
        clips: What the cameras show.
        pace: How the cameras are watched.
        lasting_s: How long they suffer.
        seed: Of what is lost and flipped on the way.

    Raises:
        RuntimeError: the cameras that are well give no pictures: nothing can be measured here.
    """
    cameras = tuple(Trouble)
    with FakeCameras().running() as street:
        names = [*WITNESSES, *(one.value.replace("_", "-") for one in cameras)]
        urls = {
            name: street.add(name, clips, seed=seed + number, elapsed_s=number * 0.07)
            for number, name in enumerate(names)
        }
        with FaultCity(folder, urls, pace).running() as city:
            return _Run(street, city, cameras, pace, lasting_s).made()


class _Run:
    """The course of one run."""

    def __init__(
        self,
        street: FakeCameras,
        city: FaultCity,
        troubles: tuple[Trouble, ...],
        pace: Pace,
        lasting_s: Seconds,
    ) -> None:
        self._street = street
        self._city = city
        self._troubles = troubles
        self._pace = pace
        self._lasting_s = lasting_s

    def made(self) -> FaultRun:
        """Let it happen."""
        city = self._city
        if not _each(city.urls, lambda name: len(city.looks(name)) >= 2, _PATIENCE_S):
            raise RuntimeError("not every camera was looked at: is the machine too busy?")
        began = time.time()
        for one in self._troubles:
            self._street.suffer(_name(one), one)
        threading.Event().wait(self._lasting_s)  # the trouble itself
        said = {one: self._said(one) for one in self._troubles}
        ended = time.time()
        for one in self._troubles:
            self._street.recover(_name(one))
        _each(city.urls, lambda name: self._looked_since(name, ended), _PATIENCE_S)
        _each(city.urls, lambda name: bool(city.cases(name)), _PATIENCE_S)
        outcomes = tuple(self._outcome(one, said[one], began, ended) for one in self._troubles)
        return FaultRun(outcomes, sum(self._lost(name, began, ended) for name in WITNESSES))

    def _said(self, trouble: Trouble) -> tuple[str, str, str]:
        name = _name(trouble)
        state = self._city.camera(name).capture.state
        return self._city.condition(name).value, state.phase.value, state.reason

    def _looked_since(self, name: str, at: Seconds) -> bool:
        return any(look > at for look in self._city.looks(name)[-3:])

    def _outcome(
        self, trouble: Trouble, said: tuple[str, str, str], began: Seconds, ended: Seconds
    ) -> FaultOutcome:
        city, name = self._city, _name(trouble)
        counts, cases = city.camera(name).capture.counts, city.cases(name)
        here = [one for one in cases if is_the_thing(one)]
        after = [look for look in city.looks(name) if look > ended]
        return FaultOutcome(
            trouble=trouble,
            condition=said[0],
            phase=said[1],
            reason=said[2],
            blind=sum(
                round(city.count("streetwatch_looks_blind_total", camera=name, seeing=seeing))
                for seeing in ("dark", "frozen", "blurred", "moved")
            ),
            corrupt=counts.corrupt,
            connections=counts.connections,
            recovery_s=after[0] - ended if after else None,
            cases=len(here),
            elsewhere=len(cases) - len(here),
            kept=any(one.first_seen < began and one.state is State.OPEN for one in here),
        )

    def _lost(self, name: str, began: Seconds, ended: Seconds) -> int:
        return lost_looks(
            [at for at in self._city.looks(name) if began <= at <= ended + self._lasting_s],
            self._pace.intervals.quiet_s,
        )


def lost_looks(looks: Sequence[Seconds], pace_s: Seconds) -> int:
    """Count the looks that are missing where two are too far apart."""
    gaps = (later - earlier for earlier, later in pairwise(looks))
    return sum(round(gap / pace_s) - 1 for gap in gaps if gap > _PACES_APART * pace_s)


def is_the_thing(incident: Incident) -> bool:
    """Tell whether an incident is of what stands in the drawn street, in whatever size it came."""
    x1, y1, x2, y2 = incident.bbox
    middle = ((x1 + x2) / 2, (y1 + y2) / 2)
    scales = (1.0, 1.5)  # as it is, and in the other size
    return any(
        THING[0] * scale <= middle[0] <= THING[2] * scale
        and THING[1] * scale <= middle[1] <= THING[3] * scale
        for scale in scales
    )


def _name(trouble: Trouble) -> str:
    return trouble.value.replace("_", "-")


def _each(names: Iterable[str], is_so: Callable[[str], bool], seconds: Seconds) -> bool:
    wanted = tuple(names)
    done = until(lambda: all(map(is_so, wanted)) or None, seconds=seconds, every_s=0.02)
    return done is not None
