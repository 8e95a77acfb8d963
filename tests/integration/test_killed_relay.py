"""kill -9 at every step of claim, send, receive the answer, settle: one case, in order."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from filed import NOON, a_message, an_incident, promise
from streetwatch.benchmarks.mortal import (
    KEYED,
    SEARCHED,
    Fate,
    Step,
    relay_process,
    sink_to,
)
from streetwatch.benchmarks.receiver import Receiver
from streetwatch.benchmarks.receiver_book import ReceiverBook
from streetwatch.benchmarks.receiver_faults import Fault, ScriptedFaults
from streetwatch.service.delivery.relay import LEASE_S, Relay
from streetwatch.service.incidents.case import Occasion
from streetwatch.service.incidents.incident import State
from streetwatch.service.store.deliveries import Deliveries
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.sql_store import open_store
from waiting import PATIENCE_S

OPENED = a_message()
CLEARED = a_message(an_incident(state=State.CLEARED, cleared_at=NOON), Occasion.CLEARED)

WHAT_IS_THERE = {KEYED: ["opened", "changed"], SEARCHED: ["opened"]}


@contextmanager
def a_book(path: Path) -> Iterator[ReceiverBook]:
    book = ReceiverBook(path)
    try:
        yield book
    finally:
        book.close()


@pytest.mark.parametrize("target", [KEYED, SEARCHED])
@pytest.mark.parametrize(
    "death",
    [
        pytest.param(Step.CLAIMED, id="claimed, nothing sent"),
        pytest.param(Fault.KILLS, id="stored, the answer on its way"),
        pytest.param(Step.ANSWERED, id="answered, nothing settled"),
        pytest.param(Step.SETTLED, id="settled"),
    ],
)
def test_a_relay_killed_at_any_step_is_made_good_by_the_next(
    tmp_path: Path, target: str, death: Step | Fault
) -> None:
    database = f"sqlite:///{tmp_path / 'streetwatch.db'}"
    store = open_store(database)
    promise(store, OPENED, CLEARED, targets=(target,), at=0.0)
    with a_book(tmp_path / "platform.jsonl") as book:
        receiver = Receiver(book, ScriptedFaults([death] if isinstance(death, Fault) else []))
        with receiver.listening() as url:
            fate = Fate(death if isinstance(death, Step) else None)
            process = relay_process(database, {target: url}, fate, speed=1.0)
            receiver.kill = process.kill
            process.join(PATIENCE_S)
            assert process.exitcode == -9
            sink = sink_to(target, url)
            later = time.monotonic() + LEASE_S
            Relay(Outbox(store.engine), target, sink, clock=lambda: later).drain()
            sink.close()
        assert [one.what for one in book.entries] == WHAT_IS_THERE[target]
    assert Deliveries(store.engine).backlogs(now=0.0).total.delivered == 2
    store.close()


def test_a_platforms_book_outlives_it(tmp_path: Path) -> None:
    path = tmp_path / "platform.jsonl"
    with a_book(path) as book:
        first, _ = book.open("a", key="key-1")
    with a_book(path) as book:
        assert book.open("a", key="key-1") == (first, False)
        assert book.numbers("a") == (first.number,)
