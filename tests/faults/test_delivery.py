"""The case platform is gone for an hour while cases go on; then it has each of them, once."""

from collections import Counter
from pathlib import Path

from filed import NOON, a_message, an_incident, promise
from live_service import free_port
from streetwatch.benchmarks.mortal import KEYED
from streetwatch.benchmarks.receiver import Receiver
from streetwatch.benchmarks.receiver_book import ReceiverBook
from streetwatch.service.api.readiness import CameraHealth, Readiness, TargetHealth
from streetwatch.service.delivery.desk_sink import DeskSink
from streetwatch.service.delivery.relay import Relay
from streetwatch.service.incidents.case import Occasion
from streetwatch.service.incidents.incident import State
from streetwatch.service.store.deliveries import Deliveries
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.upkeep.ledger import PlatformLedger, compared

CASES = 30
LIVE = CameraHealth("kerb", "kerb", "rtsp://10.0.0.5/s", "live", "", 1.0)


class Clock:
    """Time that is turned by hand."""

    now = NOON

    def __call__(self) -> float:
        return self.now


def a_case_begins_and_ends(store: SqlStore, number: int, at: float) -> None:
    one = an_incident(id=f"{number:026d}", violation_at=at, opened_at=at)
    gone = an_incident(
        id=one.id, violation_at=at, opened_at=at, state=State.CLEARED, cleared_at=at + 60
    )
    opened, cleared = a_message(one), a_message(gone, Occasion.CLEARED)
    promise(store, opened, cleared, at=at, targets=(KEYED,))


def readiness(store: SqlStore, now: float) -> Readiness:
    of = Deliveries(store.engine).backlogs(now=now).by_target[KEYED]
    target = TargetHealth(KEYED, of.pending, of.parked, of.oldest_s)
    return Readiness((LIVE,), of.pending, of.parked, of.oldest_s, (target,))


def test_a_platform_that_is_gone_for_an_hour_has_every_case_once_afterwards(
    tmp_path: Path,
) -> None:
    store, clock = open_store(f"sqlite:///{tmp_path / 'outbox.db'}"), Clock()
    nobody = DeskSink(f"http://127.0.0.1:{free_port()}")
    gone = Relay(Outbox(store.engine), KEYED, nobody, clock=clock, chance=lambda: 1.0)
    tried = 0
    for minute in range(60):
        if minute < CASES:
            a_case_begins_and_ends(store, minute, clock.now)
        tried += gone.drain()
        clock.now += 60.0
    nobody.close()
    assert tried < 60 * CASES, "it is asked less and less often"
    assert not readiness(store, clock.now).is_ready, "nothing gets through, and the probe says so"

    book = ReceiverBook(tmp_path / "platform.jsonl")
    with Receiver(book).listening() as url:
        sink = DeskSink(url)
        back = Relay(Outbox(store.engine), KEYED, sink, clock=clock, chance=lambda: 1.0)
        clock.now += 300.0  # the longest wait between two tries
        back.drain()
        sink.close()
    book.close()
    whats = Counter((one.external_id, one.what) for one in book.entries)
    assert set(whats.values()) == {1}
    assert len(whats) == 2 * CASES
    assert readiness(store, clock.now).is_ready
    ledger = PlatformLedger.read(tmp_path / "platform.jsonl")
    assert list(compared(store.engine, ledger, KEYED)) == []
    store.close()
