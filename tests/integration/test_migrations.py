"""Databases that earlier versions wrote, brought up to date with what is in them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from filed import NOON, a_message, an_incident, promise
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.report import Report
from streetwatch.service.desk.way import way_columns
from streetwatch.service.incidents.case import Message, Occasion
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.incidents.routing import DESK
from streetwatch.service.store import codec, engine
from streetwatch.service.store.access_schema import access_user
from streetwatch.service.store.audit_schema import audit_entry
from streetwatch.service.store.dialect import dialect_at
from streetwatch.service.store.looked_schema import looked
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.reference_schema import camera_reference
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.sql_store import SqlStore, open_store

MIGRATIONS = Path(engine.__file__).parent / "migrations"

REVISIONS = ["0001", "0002", "0003"]


@pytest.fixture
def address(new_database: Callable[..., str]) -> str:
    return new_database(bare=True)


def written_by(revision: str, address: str) -> None:
    """Make a database as an earlier version did, with an incident and a case in it."""
    url = sa.make_url(address)
    old = dialect_at(url).create_engine(url)
    with old.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        incident = codec.incident_row(an_incident())
        known = {column["name"] for column in sa.inspect(connection).get_columns("incident")}
        incident = {name: value for name, value in incident.items() if name in known}
        _insert(connection, "incident", incident)
        _insert(connection, "outbox", _promised(a_message()))
        _insert(connection, "desk_case", _case())
    old.dispose()


def _promised(message: Message) -> dict[str, Any]:
    return {
        "key": message.key,
        "incident_id": message.case.external_id,
        "occasion": message.occasion.value,
        "payload": codec.message_document(message),
        "state": "pending",
        "attempts": 0,
        "queued_at": NOON,
        "due_at": NOON,
        "lease_until": 0.0,
    }


def _case() -> dict[str, Any]:
    steps = enumerate(["reported", "accepted", "dispatched"], start=4)
    return {
        "number": "SW-20261123-0001",
        "external_id": "a" * 26,
        "source": "video",
        "zone_id": "carriageway",
        "lon": 121.47,
        "lat": 31.23,
        "grid_code": "310101001001001",
        "place_key": "kerb/carriageway",
        "occurred_at": NOON,
        "accepted_at": NOON + 3600,
        "repeat_count": 0,
        "legal_hold": False,
        "idempotency_key": "a-key",
        "state": "dispatched",
        "type": "illegal_parking_motor",
        "camera_id": "kerb",
        "reported_at": NOON,
        "document": case_json(a_message().case),
        "history": [
            {"state": state, "at": f"2026-11-23T0{hour}:00:00.000+00:00", "note": ""}
            for hour, state in steps
        ],
    }


def _insert(connection: sa.Connection, name: str, row: Mapping[str, Any]) -> None:
    """Insert what the table of that version has a column for."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    known = {column: value for column, value in row.items() if column in table.c}
    connection.execute(sa.insert(table).values(known))


def opened(address: str) -> SqlStore:
    store = open_store(address)
    with store.engine.connect() as connection:
        tables = (access_user, audit_entry, camera_reference, looked)
        known = {one.metadata for one in tables}  # one: whoever adds to it
        assert [compare_metadata(MigrationContext.configure(connection), one) for one in known] == [
            []
        ]
    return store


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_an_earlier_version_wrote_is_there(address: str, revision: str) -> None:
    written_by(revision, address)
    store = opened(address)
    assert store.incidents() == (an_incident(),)
    case = Book(store.engine).case("SW-20261123-0001")
    assert (case["state"], case["accepted_at"]) == ("dispatched", "2026-11-23T05:00:00.000+00:00")
    assert (case["ended_at"], case["legal_hold"]) == (None, False)
    claimed = Outbox(store.engine).claim(DESK, now=NOON, lease_s=60)
    assert claimed is not None
    assert claimed.message == a_message()
    store.close()


@pytest.mark.parametrize("revision", REVISIONS)
def test_the_desk_can_ask_earlier_cases_by_place(address: str, revision: str) -> None:
    written_by(revision, address)
    store = opened(address)
    with store.engine.connect() as connection:
        row = connection.execute(sa.select(desk_case)).mappings().one()
    assert (row["source"], row["occurred_at"]) == ("video", NOON)
    assert (row["place_key"], row["zone_id"]) == ("kerb/carriageway", "carriageway")
    assert (row["lon"], row["lat"], row["grid_code"]) == (121.47, 31.23, "310101001001001")
    store.close()


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_a_history_says_stands_beside_it(address: str, revision: str) -> None:
    written_by(revision, address)
    store = opened(address)
    with store.engine.connect() as connection:
        row = connection.execute(sa.select(desk_case)).mappings().one()
    way = way_columns(row)
    assert {name: row[name] for name in way} == way
    assert way["first_dispatched_at"] - way["first_accepted_at"] == 3600.0
    store.close()


@pytest.mark.parametrize("revision", REVISIONS)
def test_numbers_go_on_where_an_earlier_version_left_off(address: str, revision: str) -> None:
    written_by(revision, address)
    store = opened(address)
    told = Report.model_validate_json(json.dumps(case_json(a_message(an_incident(id="b")).case)))
    case, _ = Book(store.engine).report(told, key="another-key", now=NOON)
    assert case["number"] == "SW-20261123-0002"
    store.close()


def bring_to(connection: sa.Connection, revision: str) -> None:
    """Take a database back to an older version, with what it holds."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.downgrade(config, revision)


def test_messages_of_the_time_before_targets_are_the_desks(address: str) -> None:
    before = open_store(address)
    later = a_message(occasion=Occasion.EVIDENCE)
    promise(before, a_message(), later)
    outbox = Outbox(before.engine)
    first = outbox.claim(DESK, now=NOON, lease_s=1.0)
    assert first is not None
    outbox.delivered(first, Receipt(), now=NOON)
    assert outbox.claim(DESK, now=NOON, lease_s=1.0) is not None, "and its relay dies"
    with before.engine.begin() as connection:
        bring_to(connection, "0002")
    before.close()
    after = open_store(address)
    again = Outbox(after.engine).claim(DESK, now=NOON + 1.0, lease_s=1.0)
    assert again is not None
    assert (again.message, again.known, again.is_uncertain) == (later, Receipt(), True)
    after.close()


@pytest.mark.parametrize("revision", ["0005", "0006", "0007", "0008"])
def test_a_case_that_took_in_another_report_comes_through(address: str, revision: str) -> None:
    url = sa.make_url(address)
    engine = dialect_at(url).create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with dialect_at(url).migrating(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    case = {
        "number": "SW-1",
        "external_id": "a",
        "idempotency_key": "a",
        "source": "video",
        "state": "reported",
        "type": "x",
        "occurred_at": NOON,
        "reported_at": NOON,
        "repeat_count": 0,
        "legal_hold": False,
        "document": {},
        "history": [],
        **({"revision": 0} if revision == "0008" else {}),
    }
    merged = {
        "external_id": "b",
        "idempotency_key": "b",
        "number": "SW-1",
        "source": "mobile",
        "merged_at": NOON,
        "document": {},
    }
    with engine.begin() as connection:
        _insert(connection, "desk_case", case)
        _insert(connection, "desk_merged", merged)
    engine.dispose()
    store = opened(address)
    assert Book(store.engine).names("SW-1") == ("a", "b")
    with pytest.raises(sa.exc.IntegrityError), store.transaction() as transaction:
        transaction.put_attachments("nobody", a_message().case.evidence)  # keys are checked again
    store.close()
