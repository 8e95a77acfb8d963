"""Exactly one case on the desk, over real HTTP, whatever the network and the process do."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from filed import NOON, a_message, an_incident, evidence, promise
from gates import open_gate
from http_parts import Answer, BadNetwork, Fault, LoseTheAnswer, serving
from live_service import free_port, wait_for
from plain_http import NO_TLS
from streetwatch.service.api.guard import Guard
from streetwatch.service.delivery.desk_sink import DeskSink
from streetwatch.service.delivery.relay import LEASE_S, Relay
from streetwatch.service.delivery.sink import CaseSink, DeliveryFailedError, Receipt
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.router import desk_router
from streetwatch.service.incidents.case import Message, Occasion
from streetwatch.service.incidents.incident import State
from streetwatch.service.incidents.routing import DESK
from streetwatch.service.store.deliveries import Backlog, Deliveries, Wanted
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.sql_store import SqlStore, open_store
from waiting import PATIENCE_S

OPENED = a_message()
SEALED = a_message(occasion=Occasion.EVIDENCE, files=(evidence(), evidence("clip.mp4")))
CLEARED = a_message(an_incident(state=State.CLEARED, cleared_at=NOON + 90), Occasion.CLEARED)


@dataclass
class World:
    """A service's store and a desk's, a bad network between them, and a clock to turn."""

    store: SqlStore
    network: BadNetwork
    sink: DeskSink
    now: float = NOON
    relays: list[Relay] = field(default_factory=list)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.store.engine)

    @property
    def backlog(self) -> Backlog:
        return Deliveries(self.store.engine).backlogs(now=self.now).total

    def relay(self) -> Relay:
        """A relay as after a start of the process."""
        relay = Relay(self.outbox, DESK, self.sink, clock=lambda: self.now, chance=lambda: 1.0)
        self.relays.append(relay)
        return relay

    def cases(self) -> list[dict[str, Any]]:
        return list(
            httpx.get(self.network.desk + "/desk/cases", timeout=PATIENCE_S, verify=NO_TLS).json()[
                "cases"
            ]
        )


@pytest.fixture
def world(new_database: Callable[..., str]) -> Iterator[World]:
    app = FastAPI()
    desk = open_store(new_database("desk"))
    router = desk_router(Book(desk.engine), clock=lambda: NOON, on_end=lambda *_: None)
    app.include_router(router)
    app.add_middleware(Guard, gate=open_gate(desk.engine))
    store = open_store(new_database("service"))
    with ExitStack() as stack:
        stack.callback(desk.close)
        stack.callback(store.close)
        network = BadNetwork(stack.enter_context(serving(app)))
        sink = DeskSink(stack.enter_context(network.listening()))
        stack.callback(sink.close)
        built = World(store, network, sink)
        yield built
        for relay in built.relays:
            relay.stop(timeout_s=PATIENCE_S)


def test_a_promised_message_becomes_a_case(world: World) -> None:
    promise(world.store, OPENED)
    world.relay().drain()
    (case,) = world.cases()
    assert case["external_id"] == OPENED.case.external_id
    assert case["evidence"][0]["url"] == f"/evidence/{OPENED.case.external_id}/threshold.jpg"
    assert world.backlog == Backlog(delivered=1)


def test_a_message_that_is_sent_again_makes_no_second_case(world: World) -> None:
    for _ in range(3):
        world.sink.deliver(OPENED, known=None)
    assert len(world.cases()) == 1


def test_the_messages_of_a_case_arrive_in_their_order(world: World) -> None:
    promise(world.store, OPENED, SEALED, CLEARED)
    world.relay().drain()
    (case,) = world.cases()
    verbs = [verb for verb, _, _ in world.network.requests]
    assert verbs == ["POST", "PATCH", "PATCH"]
    assert len({key for _, _, key in world.network.requests}) == 3
    assert case["cleared_at"] is not None


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(LoseTheAnswer(), id="the answer is lost"),
        pytest.param(Answer(500), id="500"),
        pytest.param(Answer(503), id="503"),
        pytest.param(Answer(200), id="a proxy says yes"),
        pytest.param(Answer(408), id="408"),
    ],
)
def test_a_failed_delivery_is_tried_again_and_makes_one_case(world: World, fault: Fault) -> None:
    world.network.expect(fault)
    promise(world.store, OPENED)
    relay = world.relay()
    relay.drain()
    assert world.backlog.pending == 1
    relay.drain()
    assert len(world.network.requests) == 1, "not before its time"
    world.now += 1.0
    relay.drain()
    assert len(world.cases()) == 1
    assert world.backlog.delivered == 1
    assert len({key for _, _, key in world.network.requests}) == 1


def test_nobody_listening_is_tried_again_for_as_long_as_it_takes(world: World) -> None:
    promise(world.store, OPENED)
    nobody = DeskSink(f"http://127.0.0.1:{free_port()}")
    relay = Relay(world.outbox, DESK, nobody, clock=lambda: world.now, chance=lambda: 1.0)
    for _ in range(20):
        relay.drain()
        world.now += 300.0
    nobody.close()
    assert world.backlog.pending == 1
    world.relay().drain()
    assert len(world.cases()) == 1


def test_a_desk_that_asks_for_patience_is_left_alone_for_so_long(world: World) -> None:
    world.network.expect(Answer(429, {"Retry-After": "120"}))
    promise(world.store, OPENED)
    relay = world.relay()
    relay.drain()
    world.now += 119.0
    relay.drain()
    assert world.cases() == []
    world.now += 1.0
    relay.drain()
    assert len(world.cases()) == 1


@pytest.mark.parametrize(
    "status", [pytest.param(400, id="refused"), pytest.param(307, id="redirected")]
)
def test_what_sending_again_cannot_mend_is_parked(world: World, status: int) -> None:
    world.network.expect(Answer(status, {"Location": world.network.desk + "/desk/cases"}))
    promise(world.store, OPENED)
    relay = world.relay()
    relay.drain()
    world.now += 10_000.0
    relay.drain()
    assert world.backlog.parked == 1
    assert len(world.network.requests) == 1
    assert world.cases() == []


def test_a_redirect_names_the_new_address_without_its_secrets(world: World) -> None:
    location = "https://user:hunter2@new.city/cases?api_key=hunter2"
    world.network.expect(Answer(308, {"Location": location}))
    promise(world.store, OPENED)
    world.relay().drain()
    (parked,) = Deliveries(world.store.engine).page(Wanted(), limit=9, offset=0).deliveries
    assert parked.reason is not None
    assert "308 Permanent Redirect to https://new.city/cases" in parked.reason
    assert "write the address it has moved to into the target's url" in parked.reason
    assert "hunter2" not in parked.reason


def test_a_platform_that_asks_for_patience_gets_it_from_every_message(world: World) -> None:
    world.network.expect(Answer(503, {"Retry-After": "120"}))
    promise(world.store, OPENED, a_message(an_incident(id="b" * 26)))
    relay = world.relay()
    relay.drain()
    world.now += 119.0
    relay.drain()
    assert len(world.network.requests) == 1, "the other message is not sent either"
    world.now += 1.0
    relay.drain()
    assert len(world.cases()) == 2


@pytest.mark.parametrize("was_sent", [False, True], ids=["before sending", "after sending"])
def test_a_relay_killed_before_it_settled_is_made_good_by_the_next(
    world: World,
    was_sent: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    promise(world.store, OPENED)
    claimed = world.outbox.claim(DESK, now=world.now, lease_s=LEASE_S)
    assert claimed is not None
    if was_sent:
        world.sink.deliver(claimed.message, known=None)
    # kill -9 here; what follows is the next process
    relay = world.relay()
    relay.drain()
    assert world.backlog.pending == 1
    world.now += LEASE_S
    relay.drain()
    assert world.backlog.delivered == 1
    assert len(world.cases()) == 1


def test_two_relays_on_one_outbox_send_each_message_once(world: World) -> None:
    messages = [a_message(an_incident(id=f"{n:026}")) for n in range(20)]
    promise(world.store, *messages)
    for relay in (world.relay(), world.relay()):
        relay.start()
    wait_for("delivery", lambda: world.backlog.delivered == 20 or None)
    assert len(world.network.requests) == 20
    assert len(world.cases()) == 20


def test_a_woken_relay_delivers_at_once_and_stops_promptly(world: World) -> None:
    relay = world.relay()
    relay.start()
    promise(world.store, OPENED)
    relay.wake()
    wait_for("case", lambda: world.cases() or None)
    relay.stop(timeout_s=PATIENCE_S)
    promise(world.store, SEALED)
    relay.wake()
    assert world.backlog.pending == 1, "a stopped relay sends nothing"


class BrokenOnce:
    """A sink with a mistake in it, the first time."""

    def __init__(self, sink: CaseSink) -> None:
        self._sink = sink
        self.calls = 0

    def deliver(self, message: Message, *, known: Receipt | None) -> Receipt:
        self.calls += 1
        if self.calls == 1:
            raise ZeroDivisionError
        return self._sink.deliver(message, known=known)

    def close(self) -> None:
        self._sink.close()


def test_a_relay_survives_a_mistake_in_a_sink(world: World) -> None:
    sink = BrokenOnce(world.sink)
    relay = Relay(world.outbox, DESK, sink, clock=lambda: world.now)
    world.relays.append(relay)
    promise(world.store, OPENED)
    relay.start()
    wait_for("first try", lambda: sink.calls or None)
    world.now += LEASE_S
    relay.wake()
    wait_for("case", lambda: world.cases() or None)
    assert sink.calls == 2


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"Retry-After": "7"}, 7.0, id="seconds"),
        pytest.param(
            {
                "Date": "Mon, 23 Nov 2026 04:00:00 GMT",
                "Retry-After": "Mon, 23 Nov 2026 04:01:00 GMT",
            },
            60.0,
            id="a date",
        ),
        pytest.param(
            {
                "Date": "Mon, 23 Nov 2026 04:00:00 -0000",
                "Retry-After": "Mon, 23 Nov 2026 04:01:00 GMT",
            },
            None,
            id="dates that can't be compared",
        ),
        pytest.param({"Retry-After": "soon"}, None, id="nonsense"),
        pytest.param({}, None, id="left out"),
    ],
)
def test_the_desks_wish_is_read(
    world: World, headers: dict[str, str], expected: float | None
) -> None:
    world.network.expect(Answer(503, headers))
    with pytest.raises(DeliveryFailedError) as failed:
        world.sink.deliver(OPENED, known=None)
    assert failed.value.failure.retry_after_s == expected
