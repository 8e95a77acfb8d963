"""Outbox and relay against whatever may happen, in any order.

A state machine looks for a way to lose a message, to deliver one twice, or two in the wrong order.
"""

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from filed import NOON, a_message, an_incident, promise
from streetwatch.service.delivery.relay import LEASE_S, Relay
from streetwatch.service.delivery.retry import LONGEST_S, Failure
from streetwatch.service.delivery.sink import DeliveryFailedError, Receipt
from streetwatch.service.incidents.case import Message, Occasion
from streetwatch.service.store import sqlite
from streetwatch.service.store.deliveries import DeliveredAlreadyError, Deliveries, Wanted
from streetwatch.service.store.outbox import Claimed, MessageState, Outbox
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.service.store.tables import metadata

INCIDENTS = [f"{n:026}" for n in range(2)]
TARGETS = ("keyed", "searched")
OCCASIONS = (Occasion.OPENED, Occasion.EVIDENCE, Occasion.CLEARED)

#: How a platform takes a message: does it store, and what does it say then?
Taking = tuple[bool, Failure | None]
TAKES = st.sampled_from(
    [
        (True, None),
        (True, Failure("no answer")),
        (True, Failure("500", 500)),
        (False, Failure("no answer")),
        (False, Failure("refused connection", may_have_arrived=False)),
        (False, Failure("429", 429, retry_after_s=5.0, may_have_arrived=False)),
        (False, Failure("422", 422, may_have_arrived=False)),
    ]
)


class Platform:
    """A platform with keys: a message that it has stored before is stored no second time."""

    def __init__(self) -> None:
        self.stored: list[tuple[str, Occasion]] = []
        self.keys: set[str] = set()
        self.takes: list[Taking] = []

    def deliver(self, message: Message, *, known: Receipt | None) -> Receipt:
        stores, failure = self.takes.pop(0) if self.takes else (True, None)
        if stores and self.is_new(message):
            self.keys.add(message.key)
            self.stored.append((message.case.external_id, message.occasion))
        if failure is not None:
            raise DeliveryFailedError(failure)
        return known or Receipt(message.case.external_id)

    def is_new(self, message: Message) -> bool:
        return message.key not in self.keys

    def close(self) -> None:
        """Nothing is open."""


class SearchablePlatform(Platform):
    """A platform without keys that can be searched; it has no updates."""

    def is_new(self, message: Message) -> bool:
        return message.occasion is Occasion.OPENED

    def find(self, external_id: str) -> Receipt | None:
        return Receipt(external_id) if (external_id, Occasion.OPENED) in self.stored else None


@dataclass
class Flight:
    """A message that a slow relay has taken and not settled."""

    claimed: Claimed
    has_arrived: bool
    is_over: bool = False


class Delivery(RuleBasedStateMachine):
    """What may happen to messages between a promise and a platform."""

    flights = Bundle("flights")

    @initialize()
    def begin(self) -> None:
        engine = sqlite.create_engine(sa.make_url("sqlite://"))
        metadata.create_all(engine)  # no migrations: there are many beginnings
        self.store = SqlStore(engine)
        self.outbox = Outbox(self.store.engine)
        self.deliveries = Deliveries(self.store.engine)
        self.platforms = {"keyed": Platform(), "searched": SearchablePlatform()}
        self.promised: dict[str, list[Occasion]] = defaultdict(list)
        self.now = NOON

    def relay(self, target: str) -> Relay:
        sink = self.platforms[target]
        return Relay(self.outbox, target, sink, clock=lambda: self.now, chance=lambda: 0.5)

    def claim(self, target: str) -> Claimed | None:
        return self.outbox.claim(target, now=self.now, lease_s=LEASE_S)

    @rule(incident=st.sampled_from(INCIDENTS), messages=st.integers(1, len(OCCASIONS)))
    def go_on(self, incident: str, messages: int) -> None:
        told = self.promised[incident]
        for occasion in OCCASIONS[len(told) :][:messages]:
            told.append(occasion)
            one = a_message(an_incident(id=incident), occasion)
            promise(self.store, one, one, at=self.now, targets=TARGETS)

    @rule(
        seconds=st.sampled_from([0.0, LEASE_S]),
        keyed=st.lists(TAKES, min_size=1, max_size=4),
        searched=st.lists(TAKES, min_size=1, max_size=4),
    )
    def deliver_what_is_due(
        self, seconds: float, keyed: list[Taking], searched: list[Taking]
    ) -> None:
        """The platforms take the first messages as drawn, and the others as they should."""
        self.now += seconds
        for lane, takes in (("keyed", keyed), ("searched", searched)):
            self.platforms[lane].takes = list(takes)
            self.relay(lane).drain()

    @rule(target=flights, lane=st.sampled_from(TARGETS))
    def overtake(self, lane: str) -> MultipleResults[Flight]:
        """A slow relay is taken for dead, and one as slow takes over."""
        slow = self.claim_and_search(lane)
        self.now += LEASE_S
        as_slow = self.claim_and_search(lane)
        return multiple(*(one for one in (slow, as_slow) if isinstance(one, Flight)))

    @rule(target=flights, lane=st.sampled_from(TARGETS))
    def claim_and_search(self, lane: str) -> Flight | MultipleResults[Flight]:
        """A slow relay takes a message; it may die at any time from now on."""
        claimed = self.claim(lane)
        if claimed is None:
            return multiple()
        platform = self.platforms[lane]
        asks = claimed.is_uncertain and claimed.known is None
        found = (
            platform.find(claimed.message.case.external_id)
            if asks and isinstance(platform, SearchablePlatform)
            else None
        )
        return Flight(claimed, has_arrived=found is not None)

    @rule(flight=flights)
    def send_in_time(self, flight: Flight) -> None:
        """The slow relay sends, if it still may."""
        claimed = flight.claimed
        if flight.has_arrived or flight.is_over or self.now >= claimed.lease_until:
            return
        platform = self.platforms[claimed.target]
        platform.takes = []
        platform.deliver(claimed.message, known=claimed.known)
        flight.has_arrived = True

    @rule(flight=flights, says=st.sampled_from(["retry", "park", "delivered"]))
    def a_word_however_late(self, flight: Flight, says: str) -> None:
        """The slow relay says what it has heard, also when it was long taken for dead."""
        claimed, flight.is_over = flight.claimed, True
        match says:
            case "retry":
                self.outbox.retry(claimed, due_at=self.now, reason="late", may_have_arrived=True)
            case "park":
                self.outbox.park(claimed, reason="late", may_have_arrived=True)
            case _ if flight.has_arrived:
                receipt = Receipt(claimed.message.case.external_id)
                self.outbox.delivered(claimed, receipt, now=self.now)
            case _:
                pass

    @rule(seconds=st.sampled_from([1.0, LEASE_S, LONGEST_S]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(lane=st.sampled_from(TARGETS), parked=st.booleans())
    def drain(self, lane: str, parked: bool) -> None:  # noqa: FBT001 -- drawn
        self.deliveries.drain(lane, parked=parked, now=self.now)

    @rule(place=st.integers(0, 11))
    def resend(self, place: int) -> None:
        page = self.deliveries.page(Wanted(), limit=1, offset=place).deliveries
        for one in page:
            try:
                self.deliveries.resend(one.target, one.key, now=self.now)
            except DeliveredAlreadyError:
                assert one.state is MessageState.DELIVERED

    @invariant()
    def nothing_is_there_twice(self) -> None:
        for platform in self.platforms.values():
            assert len(platform.stored) == len(set(platform.stored))

    @invariant()
    def everything_is_in_order(self) -> None:
        for target, platform in self.platforms.items():
            for incident in INCIDENTS:
                there = [occasion for of, occasion in platform.stored if of == incident]
                expected = self.promised[incident] if target == "keyed" else OCCASIONS[:1]
                assert there == list(expected)[: len(there)]

    @invariant()
    def what_is_called_delivered_is_there(self) -> None:
        delivered = Wanted(MessageState.DELIVERED, "keyed")
        for one in self.deliveries.page(delivered, limit=500, offset=0).deliveries:
            assert (one.incident_id, one.occasion) in self.platforms["keyed"].stored

    def teardown(self) -> None:
        """In the end the platforms are well, a person has all sent again, and nothing is lost."""
        if not hasattr(self, "store"):
            return
        self.now += LEASE_S + 3600.0
        self.deliveries.drain(None, parked=True, now=self.now)
        for target, platform in self.platforms.items():
            platform.takes = []
            self.relay(target).drain()
        total = self.deliveries.backlogs(now=self.now).total
        promised = sum(len(told) for told in self.promised.values())
        self.store.close()
        assert (total.pending, total.parked, total.delivered) == (0, 0, 2 * promised)
        assert len(self.platforms["keyed"].stored) == promised
        begun = sum(bool(told) for told in self.promised.values())
        assert len(self.platforms["searched"].stored) == begun


TestDelivery = Delivery.TestCase
TestDelivery.settings = settings(
    max_examples=100,
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow],
)
