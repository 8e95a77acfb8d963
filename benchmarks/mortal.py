"""A relay process that dies by kill -9 at a step of its work: chosen, or drawn from a seed."""

import logging
import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from multiprocessing.process import BaseProcess

import structlog

from streetwatch.benchmarks.searched_sink import SearchedSink
from streetwatch.service.delivery.desk_sink import DeskSink
from streetwatch.service.delivery.relay import Relay
from streetwatch.service.delivery.sink import CaseSink
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.store.outbox import Claimed, Outbox
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.types import Seconds

#: The two targets: one with idempotency keys, one without.
KEYED, SEARCHED = "keyed", "searched"

#: How long a relay waits for an answer, real seconds; with `speed` well under its lease.
TIMEOUT_S: Seconds = 0.25


class Step(StrEnum):
    """Where a relay can die. Between `CLAIMED` and `ANSWERED` the platform can kill it."""

    CLAIMED = "claimed"  #: the lease is written, nothing is sent
    ANSWERED = "answered"  #: the answer is here, nothing is settled
    SETTLED = "settled"  #: all is done


@dataclass(frozen=True, slots=True)
class Fate:
    """When a process dies.

    Attributes:
        step: It dies the first time it comes here; None for never.
        per_mille: It dies at any step with this chance.
        seed: Of the chance.
    """

    step: Step | None = None
    per_mille: float = 0.0
    seed: int = 0


@dataclass(slots=True)
class Mortality:
    """Asks the fate at each step."""

    fate: Fate
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.fate.seed)  # noqa: S311 -- fate, not secrets

    def at(self, step: Step) -> None:
        """Die here, or go on."""
        if step is self.fate.step or self._random.random() < self.fate.per_mille / 1000:
            os.kill(os.getpid(), signal.SIGKILL)


class MortalOutbox(Outbox):
    """The outbox, with a death between its steps."""

    mortality: Mortality

    def claim(self, target: str, *, now: Seconds, lease_s: Seconds) -> Claimed | None:
        """Take the next message."""
        claimed = super().claim(target, now=now, lease_s=lease_s)
        if claimed is not None:
            self.mortality.at(Step.CLAIMED)
        return claimed

    def delivered(self, claimed: Claimed, receipt: Receipt, *, now: Seconds) -> None:
        """Settle what was delivered."""
        self.mortality.at(Step.ANSWERED)
        super().delivered(claimed, receipt, now=now)
        self.mortality.at(Step.SETTLED)

    def retry(
        self, claimed: Claimed, *, due_at: Seconds, reason: str, may_have_arrived: bool
    ) -> None:
        """Settle what failed."""
        self.mortality.at(Step.ANSWERED)
        super().retry(claimed, due_at=due_at, reason=reason, may_have_arrived=may_have_arrived)
        self.mortality.at(Step.SETTLED)


def sink_to(target: str, url: str) -> CaseSink:
    """Return how a target is reached."""
    kind = DeskSink if target == KEYED else SearchedSink
    return kind(url, timeout_s=TIMEOUT_S)


def fast_clock(speed: float) -> Callable[[], Seconds]:
    """Return a clock that all processes of this machine share, and that runs fast."""
    return lambda: time.monotonic() * speed


def relay_process(
    database: str, urls: Mapping[str, str], fate: Fate, *, speed: float
) -> BaseProcess:
    """Start a process that delivers. It is forked from one that has imported everything already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", __name__])
    process = context.Process(target=_deliver_all, args=(database, urls, fate, speed), daemon=True)
    process.start()
    return process


def _deliver_all(database: str, urls: Mapping[str, str], fate: Fate, speed: float) -> None:
    """Deliver to targets, a thread each, for ever."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    outbox = MortalOutbox(open_store(database).engine)
    outbox.mortality = Mortality(fate)
    clock = fast_clock(speed)
    for target, url in urls.items():
        Relay(outbox, target, sink_to(target, url), clock=clock).start()
    threading.Event().wait()
