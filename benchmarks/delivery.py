"""Delivery measured: cases through store, outbox and relay processes to a platform that misbehaves.

None may be lost, none filed twice, and each case's messages must come in their order, though the
platform answers as badly as it can and the relays die by kill -9 all the time.
"""

import random
import signal
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from multiprocessing.process import BaseProcess
from pathlib import Path

from streetwatch.benchmarks.mortal import KEYED, SEARCHED, Fate, fast_clock, relay_process
from streetwatch.benchmarks.receiver import Receiver
from streetwatch.benchmarks.receiver_book import Entry, ReceiverBook
from streetwatch.benchmarks.receiver_faults import PER_MILLE, Fault, SeededFaults
from streetwatch.service.incidents.case import Case, Occasion, Site, message
from streetwatch.service.incidents.incident import Incident, State, Versions
from streetwatch.service.incidents.routing import Route, Routes, targets_of
from streetwatch.service.store.deliveries import Deliveries, Wanted
from streetwatch.service.store.outbox import MessageState
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.vision.types import Seconds

#: Times run so much faster: a lease of 60 s is 3 s of the run.
SPEED = 20.0

#: What the platform does wrong where it may also kill, and what dies by itself.
KILLING: Mapping[Fault, float] = {**PER_MILLE, Fault.KILLS: 5.0}
DEATHS_PER_MILLE = 0.5

RELAYS = 2
_BATCH = 10

#: Between two batches, so that relays get at a database that has one writer at a time.
_BREATH_S = 0.02
_LOOK_S = 0.2
_PENDING = Wanted(MessageState.PENDING)

ROUTES: Routes = (
    Route(KEYED, occasions=frozenset({Occasion.OPENED, Occasion.CLEARED})),
    Route(SEARCHED, occasions=frozenset({Occasion.OPENED})),
)


@dataclass(frozen=True, slots=True)
class DeliveryVerdict:
    """How many things went wrong with what was promised: none may."""

    lost: int
    twice: int
    out_of_order: int


@dataclass(frozen=True, slots=True)
class DeliveryOutcome:
    """What the platform has in the end, against what was promised."""

    cases: int
    seed: int
    kill: bool
    messages: int
    requests: int
    kills: int
    faults: Mapping[str, int]
    verdict: DeliveryVerdict
    undelivered: int
    seconds: Seconds

    @property
    def is_right(self) -> bool:
        """Whether each case is there exactly once, in order."""
        return self.verdict == DeliveryVerdict(0, 0, 0) and not self.undelivered

    def line(self) -> dict[str, object]:
        """Return the outcome for JSON."""
        return {
            "cases": self.cases,
            "seed": self.seed,
            "kill": self.kill,
            "messages": self.messages,
            "requests": self.requests,
            "kills": self.kills,
            "faults": dict(self.faults),
            **asdict(self.verdict),
            "undelivered": self.undelivered,
            "seconds": round(self.seconds, 1),
        }


@dataclass(slots=True)
class Relays:
    """The relay processes: a dead one is replaced.

    Args:
        start: Starts one, for its generation.
    """

    start: Callable[[int], BaseProcess]
    alive: list[BaseProcess] = field(default_factory=list)
    deaths: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _started: int = 0

    def replace_the_dead(self) -> None:
        """Start one for each that died, and the first ones."""
        with self._lock:
            standing = [one for one in self.alive if one.is_alive()]
            for one in self.alive:
                if one.exitcode not in (None, -signal.SIGKILL):
                    raise RuntimeError(f"a relay ended by itself: exit status {one.exitcode}")
            self.deaths += len(self.alive) - len(standing)
            while len(standing) < RELAYS:
                standing.append(self.start(self._started))
                self._started += 1
            self.alive = standing

    def kill_one(self, chance: random.Random) -> None:
        """Kill -9 whichever."""
        with self._lock:
            if self.alive:
                chance.choice(self.alive).kill()

    def end(self) -> None:
        """Kill them all: there is nothing left to deliver."""
        with self._lock:
            for one in self.alive:
                one.kill()
                one.join()


def measure_delivery(
    folder: Path,
    *,
    cases: int,
    seed: int,
    kill: bool,
    on_pending: Callable[[int], None] = lambda _: None,
) -> DeliveryOutcome:
    """Run cases through the chain and compare what the platform has with what was promised.

    Args:
        folder: Empty; for the database and the platform's book.
        cases: How many.
        seed: Of the faults and the deaths.
        kill: Whether relays die.
        on_pending: Told how many messages are pending still.
    """
    since = time.monotonic()
    database = f"sqlite:///{folder / 'streetwatch.db'}"
    store = open_store(database)
    chance = random.Random(seed)  # noqa: S311 -- fate, not secrets
    deaths = DEATHS_PER_MILLE if kill else 0.0
    platforms = {
        name: _Platform(folder, name, seed + place, kill=kill)
        for place, name in enumerate((KEYED, SEARCHED))
    }
    with ExitStack() as stack:
        urls = {name: one.listening(stack) for name, one in platforms.items()}
        relays = Relays(
            lambda number: relay_process(
                database, urls, Fate(None, deaths, seed * 1000 + number), speed=SPEED
            )
        )
        for one in platforms.values():
            one.receiver.kill = lambda: relays.kill_one(chance)
        ids = _deliver_all(store, relays, cases, on_pending)
    left = Deliveries(store.engine).backlogs(now=0.0).total
    store.close()
    verdict = judged(ids, *(platforms[name].book.entries for name in (KEYED, SEARCHED)))
    faults = sum((one.faults.drawn for one in platforms.values()), Counter[Fault]())
    return DeliveryOutcome(
        cases=cases,
        seed=seed,
        kill=kill,
        messages=left.delivered + left.pending + left.parked,
        requests=sum(len(one.receiver.requests) for one in platforms.values()),
        kills=relays.deaths,
        faults={fault.value: faults[fault] for fault in sorted(faults)},
        verdict=verdict,
        undelivered=left.pending + left.parked,
        seconds=time.monotonic() - since,
    )


class _Platform:
    """One target's receiver with its book and its faults."""

    def __init__(self, folder: Path, name: str, seed: int, *, kill: bool) -> None:
        self.book = ReceiverBook(folder / f"{name}.jsonl")
        self.faults = SeededFaults(seed, per_mille=KILLING if kill else PER_MILLE)
        self.receiver = Receiver(self.book, self.faults)

    def listening(self, stack: ExitStack) -> str:
        stack.callback(self.book.close)
        return stack.enter_context(self.receiver.listening())


def judged(
    ids: Sequence[str], keyed: Sequence[Entry], searched: Sequence[Entry]
) -> DeliveryVerdict:
    """Judge what the platforms have of the cases.

    The keyed one must have each case opened, then changed, once; the searched one opened once.
    """
    of_case: dict[str, list[str]] = defaultdict(list)
    for entry in keyed:
        of_case[entry.external_id].append(entry.what)
    found = Counter(entry.external_id for entry in searched)
    lost = twice = out_of_order = 0
    for one in ids:
        there = Counter(of_case[one])
        counts = (there["opened"], there["changed"], found[one])
        lost += counts.count(0)
        twice += sum(count - 1 for count in counts if count)
        out_of_order += of_case[one][:1] == ["changed"]
    return DeliveryVerdict(lost, twice, out_of_order)


def _deliver_all(
    store: SqlStore, relays: Relays, cases: int, on_pending: Callable[[int], None]
) -> list[str]:
    """Promise the cases while relays deliver, and wait until nothing is pending."""
    deliveries, pause = Deliveries(store.engine), threading.Event()
    ids: list[str] = []
    with _ended(relays):
        for batch in _batches(cases):
            relays.replace_the_dead()
            ids += _promise(store, batch)
            pause.wait(_BREATH_S)
        while True:
            relays.replace_the_dead()
            pending = deliveries.page(_PENDING, limit=1, offset=0).total
            on_pending(pending)
            if not pending:
                return ids
            pause.wait(_LOOK_S)


@contextmanager
def _ended(relays: Relays) -> Iterator[None]:
    try:
        yield
    finally:
        relays.end()


def _batches(cases: int) -> Iterator[range]:
    return (range(start, min(start + _BATCH, cases)) for start in range(0, cases, _BATCH))


def _promise(store: SqlStore, numbers: range) -> list[str]:
    """Let incidents open and clear, each with its messages in one transaction."""
    at = fast_clock(SPEED)()
    incidents = [_incident(number, at) for number in numbers]
    with store.transaction() as transaction:
        for opened in incidents:
            cleared = replace(opened, state=State.CLEARED, cleared_at=at)
            transaction.put_incident(cleared)
            for occasion, one in ((Occasion.OPENED, opened), (Occasion.CLEARED, cleared)):
                told = message(occasion, Case(one, Site("kerb", "kerb", None), ()))
                known = transaction.told(one.id)
                targets = targets_of(told, ROUTES, told=known)
                transaction.enqueue(told, targets=targets, at=at)
    return [one.id for one in incidents]


def _incident(number: int, at: Seconds) -> Incident:
    return Incident(
        id=f"case{number:022d}",
        camera_id="kerb",
        zone_id="carriageway",
        type="illegal_parking_motor",
        state=State.OPEN,
        first_seen=at,
        last_seen=at,
        observed_s=60.0,
        unobserved_s=0.0,
        anchor=(0.0, 0.0, 10.0, 10.0),
        bbox=(0.0, 0.0, 10.0, 10.0),
        confidence=0.9,
        versions=Versions("model", "zone", "rule"),
        violation_at=at,
    )
