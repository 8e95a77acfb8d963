"""Targets in lanes of their own: searched before a second post, asked how their cases stand."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from filed import NOON, a_message, an_incident, promise
from live_service import free_port, wait_for
from streetwatch.benchmarks.receiver import Receiver
from streetwatch.benchmarks.receiver_book import ReceiverBook
from streetwatch.benchmarks.receiver_faults import Fault, ScriptedFaults
from streetwatch.benchmarks.searched_sink import SearchedSink
from streetwatch.service.delivery.desk_sink import DeskSink
from streetwatch.service.delivery.metrics import DeliveryMetrics
from streetwatch.service.delivery.poller import BATCH, Poller
from streetwatch.service.delivery.relay import LEASE_S, SETTLING_S, Relay
from streetwatch.service.delivery.sink import Pollable, Receipt
from streetwatch.service.delivery.targets import Lanes, Target
from streetwatch.service.incidents.case import Message, Occasion
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.incidents.routing import Route
from streetwatch.service.store.deliveries import Backlog, Deliveries
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.receipts import Receipts
from streetwatch.service.store.sql_store import SqlStore, open_store

OPENED = a_message()
OURS = OPENED.case.external_id
OTHER = a_message(an_incident(id="b" * 26))
EVERY_S = 300.0
PATIENCE_S = 1.0  # real seconds that a sink waits for an answer


@dataclass
class Platform:
    """A service's store, a platform that misbehaves as told, and a clock to turn."""

    store: SqlStore
    book: ReceiverBook
    faults: ScriptedFaults
    receiver: Receiver
    url: str
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    now: float = NOON
    sinks: list[SearchedSink | DeskSink] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.metrics = DeliveryMetrics(self.registry)

    def searched(self) -> SearchedSink:
        sink = SearchedSink(self.url, timeout_s=PATIENCE_S)
        self.sinks.append(sink)
        return sink

    def keyed(self) -> DeskSink:
        sink = DeskSink(self.url, timeout_s=PATIENCE_S)
        self.sinks.append(sink)
        return sink

    def relay(self) -> Relay:
        return Relay(
            Outbox(self.store.engine),
            "city",
            self.searched(),
            clock=lambda: self.now,
            chance=lambda: 1.0,
            metrics=self.metrics,
        )

    def poller(self, sink: Pollable) -> Poller:
        return Poller(
            "city",
            sink,
            receipts=Receipts(self.store.engine),
            store=self.store,
            every_s=EVERY_S,
            clock=lambda: self.now,
            metrics=self.metrics,
        )

    def hand_over(self, *messages: Message) -> None:
        promise(self.store, *messages, targets=("city",))
        self.relay().drain()

    @property
    def backlog(self) -> Backlog:
        return Deliveries(self.store.engine).backlogs(now=self.now).total

    @property
    def incident(self) -> Incident:
        (one,) = (one for one in self.store.incidents() if one.id == OURS)
        return one

    def count(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, {"target": "city"} | labels) or 0.0

    def asked(self) -> int:
        return sum(verb == "GET" for verb, _ in self.receiver.requests)


@pytest.fixture
def city(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[Platform]:
    with ExitStack() as stack:
        store = open_store(new_database())
        stack.callback(store.close)
        book = ReceiverBook(tmp_path / "platform.jsonl")
        stack.callback(book.close)
        faults = ScriptedFaults()
        receiver = Receiver(book, faults)
        url = stack.enter_context(receiver.listening())
        built = Platform(store, book, faults, receiver, url)
        yield built
        for sink in built.sinks:
            sink.close()


@pytest.mark.parametrize("fault", [Fault.TIMES_OUT, Fault.FAILS_AFTER, Fault.BREAKS_OFF])
def test_a_platform_without_keys_is_asked_before_a_post_is_repeated(
    city: Platform, fault: Fault
) -> None:
    city.faults.expect(fault)
    city.hand_over(OPENED)
    city.now += SETTLING_S
    city.relay().drain()
    assert len(city.book.entries) == 1
    assert city.backlog.delivered == 1
    assert [verb for verb, _ in city.receiver.requests] == ["POST", "GET"]
    assert city.count("streetwatch_delivery_attempts_total", outcome="found") == 1
    number = city.book.entries[0].number
    assert Receipts(city.store.engine).incident_of("city", number) == OURS


@pytest.mark.parametrize(
    ("fault", "verbs"),
    [
        pytest.param(Fault.DROPS, ["POST", "GET", "POST"], id="nobody knows: ask, then post"),
        pytest.param(Fault.FAILS_BEFORE, ["POST", "GET", "POST"], id="500: ask, then post"),
        pytest.param(Fault.BUSY, ["POST", "POST"], id="429: certainly not taken"),
    ],
)
def test_what_a_platform_has_not_is_posted_again(
    city: Platform, fault: Fault, verbs: list[str]
) -> None:
    city.faults.expect(fault)
    city.hand_over(OPENED)
    city.now += SETTLING_S
    city.relay().drain()
    assert [verb for verb, _ in city.receiver.requests] == verbs
    assert len(city.book.entries) == 1


def test_a_search_that_fails_posts_nothing(city: Platform) -> None:
    city.faults.expect(Fault.FAILS_AFTER, Fault.FAILS_BEFORE)
    city.hand_over(OPENED)
    for _ in range(2):
        city.now += SETTLING_S
        city.relay().drain()
    assert [verb for verb, _ in city.receiver.requests] == ["POST", "GET", "GET"]
    assert len(city.book.entries) == 1


def test_a_relay_that_slept_longer_than_its_lease_sends_nothing(city: Platform) -> None:
    promise(city.store, OPENED, targets=("city",))
    times = iter([NOON, NOON, NOON + LEASE_S, NOON + LEASE_S])
    relay = Relay(Outbox(city.store.engine), "city", city.searched(), clock=lambda: next(times))
    with capture_logs() as logs, pytest.raises(StopIteration):
        relay.drain()
    assert logs[0]["event"] == "delivery.overtaken"
    assert city.receiver.requests == []


def test_failures_are_counted_by_their_class(city: Platform) -> None:
    city.faults.expect(Fault.FAILS_BEFORE)
    city.hand_over(OPENED)
    assert city.count("streetwatch_delivery_attempts_total", outcome="failed") == 1
    assert city.count("streetwatch_delivery_failures_total", reason="platform") == 1


def test_a_dead_target_holds_up_no_other(city: Platform, tmp_path: Path) -> None:
    city.faults.expect(*[Fault.TIMES_OUT] * 5)
    with ExitStack() as stack:
        book = ReceiverBook(tmp_path / "alive.jsonl")
        stack.callback(book.close)
        url = stack.enter_context(Receiver(book).listening())
        lanes = Lanes(
            [
                Target(Route("dead"), DeskSink(f"http://127.0.0.1:{free_port()}")),
                Target(Route("slow"), DeskSink(city.url, timeout_s=PATIENCE_S)),
                Target(Route("alive"), DeskSink(url)),
            ],
            store=city.store,
            outbox=Outbox(city.store.engine),
            receipts=Receipts(city.store.engine),
            clock=lambda: city.now,
            metrics=city.metrics,
        )
        stack.callback(lanes.stop, timeout_s=60)
        lanes.start()
        messages = (a_message(an_incident(id=f"{n:026}")) for n in range(5))
        promise(city.store, *messages, targets=("dead", "slow", "alive"))
        lanes.wake()
        wait_for("five cases", lambda: len(book.entries) == 5 or None)
    backlogs = Deliveries(city.store.engine).backlogs(now=NOON).by_target
    assert backlogs["alive"].delivered == 5
    assert backlogs["dead"].delivered == 0


@pytest.mark.parametrize(
    ("state", "expected", "rejected"),
    [
        pytest.param("closed", State.CLOSED, False, id="closed"),
        pytest.param("rejected", State.CLOSED, True, id="rejected"),
        pytest.param("open", State.OPEN, False, id="still open"),
    ],
)
def test_what_a_platform_answers_moves_the_incident(
    city: Platform,
    state: str,
    expected: State,
    rejected: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    city.hand_over(OPENED)
    city.book.put_state(city.book.entries[0].number, state)
    poller = city.poller(city.searched())
    assert poller.ask() == 0, "not before its time"
    city.now += EVERY_S
    assert poller.ask() == 1
    assert city.incident.state is expected
    assert (city.incident.rejected_at is not None) == rejected


def test_another_desk_says_how_a_case_stands(city: Platform) -> None:
    promise(city.store, OPENED, targets=("city",))
    desk = city.keyed()
    Relay(Outbox(city.store.engine), "city", desk, clock=lambda: city.now).drain()
    city.book.put_state(city.book.entries[0].number, "force_closed")
    city.now += EVERY_S
    assert city.poller(desk).ask() == 1
    assert city.incident.state is State.CLOSED


def test_a_case_that_is_done_with_is_asked_about_no_more(city: Platform) -> None:
    city.hand_over(OPENED)
    city.book.put_state(city.book.entries[0].number, "closed")
    poller = city.poller(city.searched())
    for _ in range(3):
        city.now += EVERY_S
        poller.ask()
    assert city.asked() == 1


def test_an_old_answer_does_not_close_what_is_open_again(city: Platform) -> None:
    city.hand_over(OPENED)
    number = city.book.entries[0].number
    city.book.put_state(number, "closed")
    poller = city.poller(city.searched())
    city.now += EVERY_S
    poller.ask()
    disputed = an_incident(disputed_at=city.now)
    city.hand_over(a_message(disputed, Occasion.DISPUTED))
    for state, expected in (("closed", State.OPEN), ("open", State.OPEN), ("closed", State.CLOSED)):
        city.book.put_state(number, state)
        city.now += EVERY_S
        poller.ask()
        assert city.incident.state is expected


def test_a_target_in_trouble_is_asked_once_a_round_and_others_come_first_next(
    city: Platform,
) -> None:
    city.hand_over(OPENED, OTHER)
    city.now += EVERY_S
    poller = city.poller(city.searched())
    city.faults.expect(Fault.FAILS_BEFORE)
    assert poller.ask() == 0
    assert city.asked() == 1, "the second case would fare no better"
    assert city.count("streetwatch_delivery_polls_total", outcome="platform") == 1


def test_one_round_asks_so_many_cases_at_most(city: Platform) -> None:
    city.hand_over(*(a_message(an_incident(id=f"{n:026}")) for n in range(BATCH + 5)))
    city.now += EVERY_S
    poller = city.poller(city.searched())
    assert [poller.ask() for _ in range(3)] == [BATCH, 5, 0]


def test_a_case_without_a_number_is_not_asked_about(city: Platform) -> None:
    promise(city.store, OPENED, targets=("city",))
    outbox = Outbox(city.store.engine)
    claimed = outbox.claim("city", now=NOON, lease_s=60)
    assert claimed is not None
    outbox.delivered(claimed, Receipt(), now=NOON)
    city.now += EVERY_S
    assert city.poller(city.searched()).ask() == 0
    assert city.asked() == 0
