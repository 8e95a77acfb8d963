"""What a case platform does wrong, drawn from a seed or lined up by hand."""

import random
import threading
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol


class Fault(StrEnum):
    """What becomes of one request."""

    NONE = "none"
    TIMES_OUT = "times_out"  #: stores, then does not answer for longer than anybody waits
    FAILS_AFTER = "fails_after"  #: stores, then answers 500
    FAILS_BEFORE = "fails_before"  #: answers 500 and stores nothing
    BREAKS_OFF = "breaks_off"  #: stores, then the connection breaks in the middle of the answer
    DROPS = "drops"  #: the connection breaks before anything is stored
    BUSY = "busy"  #: answers 429 with Retry-After
    REPEATS = "repeats"  #: a proxy hands the request over twice; only where keys are understood
    LATE = "late"  #: the answer waits until a later request was answered
    KILLS = "kills"  #: stores; then whoever sent it dies before it has the answer


class Faults(Protocol):
    """Decides what becomes of each request."""

    def draw(self) -> Fault:
        """Return the next request's fate. Called from several threads."""


class ScriptedFaults:
    """Each request meets the next fault; later ones pass untouched."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._faults = deque(faults)

    def expect(self, *faults: Fault) -> None:
        """Line up more."""
        self._faults.extend(faults)

    def draw(self) -> Fault:
        """Return the next request's fate."""
        try:
            return self._faults.popleft()
        except IndexError:
            return Fault.NONE


#: How many of a thousand requests meet what.
PER_MILLE: Mapping[Fault, float] = MappingProxyType(
    {
        Fault.TIMES_OUT: 10,
        Fault.FAILS_AFTER: 30,
        Fault.FAILS_BEFORE: 20,
        Fault.BREAKS_OFF: 30,
        Fault.DROPS: 20,
        Fault.BUSY: 5,
        Fault.REPEATS: 20,
        Fault.LATE: 20,
    }
)

#: Of a thousand requests so many find the platform dead, for a while.
OUTAGES_PER_MILLE = 1.0
LONGEST_OUTAGE = 20  # requests


class SeededFaults:
    """Random faults, the same for the same seed in the same order of requests."""

    def __init__(self, seed: int, *, per_mille: Mapping[Fault, float] = PER_MILLE) -> None:
        self._random = random.Random(seed)  # noqa: S311 -- faults, not secrets
        self._names = (*per_mille, Fault.NONE)
        self._weights = (*per_mille.values(), 1000.0 - sum(per_mille.values()))
        self._outage = 0
        self._lock = threading.Lock()
        self.drawn: Counter[Fault] = Counter()

    def draw(self) -> Fault:
        """Return the next request's fate."""
        with self._lock:
            fault = self._next()
            self.drawn[fault] += 1
        return fault

    def _next(self) -> Fault:
        if not self._outage and self._random.random() < OUTAGES_PER_MILLE / 1000:
            self._outage = self._random.randint(1, LONGEST_OUTAGE)
        if self._outage:
            self._outage -= 1
            return Fault.DROPS
        return self._random.choices(self._names, self._weights)[0]
