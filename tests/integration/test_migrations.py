"""Databases that earlier versions wrote, brought up to date with what is in them."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from filed import NOON, a_message, an_incident
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.store import codec, engine
from streetwatch.service.store.schema import desk_case, metadata
from streetwatch.service.store.sql_store import SqlStore, open_store

MIGRATIONS = Path(engine.__file__).parent / "migrations"

#: Columns of an incident that the first version had not.
LATER = ("rejected_at", "disputed_at")


@pytest.fixture
def address(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'streetwatch.db'}"


def written_by(revision: str, address: str) -> None:
    """Make a database as an earlier version did, with an incident and a case in it."""
    old = sa.create_engine(address)
    with old.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        incident = codec.incident_row(an_incident())
        if revision == "0001":
            incident = {name: value for name, value in incident.items() if name not in LATER}
        _insert(connection, "incident", incident)
        _insert(connection, "desk_case", _case())
    old.dispose()


def _case() -> dict[str, object]:
    steps = enumerate(["reported", "accepted", "dispatched"], start=4)
    return {
        "number": "SW-20261123-0001",
        "external_id": "a" * 26,
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


def _insert(connection: sa.Connection, table: str, row: dict[str, object]) -> None:
    values = {
        name: json.dumps(value) if isinstance(value, dict | list) else value
        for name, value in row.items()
    }
    columns: list[sa.ColumnClause[object]] = [sa.column(name) for name in values]
    connection.execute(sa.insert(sa.table(table, *columns)).values(values))


def opened(address: str) -> SqlStore:
    store = open_store(address)
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    return store


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_what_an_earlier_version_wrote_is_there(address: str, revision: str) -> None:
    written_by(revision, address)
    store = opened(address)
    assert store.incidents() == (an_incident(),)
    case = Book(store.engine).case("SW-20261123-0001")
    assert (case["state"], case["accepted_at"]) == ("dispatched", "2026-11-23T05:00:00.000+00:00")
    assert (case["ended_at"], case["legal_hold"]) == (None, False)
    store.close()


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_the_desk_can_ask_earlier_cases_by_place(address: str, revision: str) -> None:
    written_by(revision, address)
    store = opened(address)
    with store.engine.connect() as connection:
        row = connection.execute(sa.select(desk_case)).mappings().one()
    assert (row["source"], row["occurred_at"]) == ("video", NOON)
    assert (row["place_key"], row["zone_id"]) == ("kerb/carriageway", "carriageway")
    assert (row["lon"], row["lat"], row["grid_code"]) == (121.47, 31.23, "310101001001001")
    store.close()
