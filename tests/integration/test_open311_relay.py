"""One request per case at a city that loses answers: relay, outbox and Open311 together."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from filed import NOON, a_message, an_incident, promise
from open311_city import KEY, City
from streetwatch.service.config.target_schema import Open311Entry
from streetwatch.service.delivery.open311_sink import Open311Sink
from streetwatch.service.delivery.relay import Relay
from streetwatch.service.incidents.case import Occasion
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.receipts import Receipts
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.zones.rules import ViolationType


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def store(tmp_path: Path, stack: ExitStack) -> SqlStore:
    store = open_store(f"sqlite:///{tmp_path / 'service.db'}")
    stack.callback(store.close)
    return store


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_case_whose_answer_was_lost_is_found_and_not_filed_again(
    stack: ExitStack, store: SqlStore, form: str
) -> None:
    city = City(datetime.fromtimestamp(NOON, UTC), lost_answers=1)
    entry = Open311Entry.model_validate(
        {
            "id": "city",
            "kind": "open311",
            "url": stack.enter_context(city.listening()),
            "format": form,
            "api_key": KEY,
            "service_codes": dict.fromkeys(ViolationType, "006"),
        }
    )
    now = [NOON]
    sink = Open311Sink(entry, clock=lambda: now[0])
    stack.callback(sink.close)
    relay = Relay(Outbox(store.engine), "city", sink, clock=lambda: now[0], chance=lambda: 1.0)
    cleared = a_message(an_incident(cleared_at=NOON + 90), Occasion.CLEARED)
    promise(store, a_message(), cleared, targets=("city",))
    relay.drain()
    assert len(city.requests) == 1
    now[0] += 60
    relay.drain()
    relay.drain()
    (request,) = city.requests
    assert len(city.forms) == 1
    number = request["service_request_id"]
    assert Receipts(store.engine).incident_of("city", number) == an_incident().id
