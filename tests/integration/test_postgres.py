"""What is particular to PostgreSQL, on a real server."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from databases import PostgresServer, postgres_server
from filed import an_incident
from streetwatch.service.incidents.errors import InputError, StorageError
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.store.transactions import reading


@pytest.fixture
def store(postgres: PostgresServer) -> Iterator[SqlStore]:
    with postgres.database() as address:
        opened = open_store(address)
        yield opened
        opened.close()


def put(store: SqlStore, name: str) -> None:
    with store.transaction() as transaction:
        transaction.put_incident(an_incident(id=name))


@pytest.mark.parametrize(
    ("address", "advice"),
    [
        pytest.param("postgresql://me:hunter2@127.0.0.1:9/x", "start it, or mend", id="nobody"),
        pytest.param("postgresql://me:hunter2@nowhere.invalid/x", "name is unknown", id="no host"),
        pytest.param("postgresql://me:hunter2@/x?host={socket}/no", "start it", id="no socket"),
        pytest.param("postgresql://postgres:hunter2@/no?host={socket}", "create it", id="no name"),
        pytest.param("postgresql://no:hunter2@/x?host={socket}", "refused this user", id="no user"),
        pytest.param("postgresql://me:hunter2@[::1/x", "this is no address", id="no address"),
        pytest.param("mysql://me:hunter2@db/x", "mysql is not supported", id="another database"),
    ],
)
def test_a_database_that_cannot_be_used_is_named_without_its_password(
    postgres: PostgresServer, address: str, advice: str
) -> None:
    with pytest.raises(InputError, match=advice) as refused:
        open_store(address.format(socket=postgres.folder))
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_database_that_cannot_hold_chinese_is_refused(postgres: PostgresServer) -> None:
    postgres.control.execute(
        "CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'"
    )
    with pytest.raises(InputError, match="create it with ENCODING 'UTF8'"):
        open_store(postgres.address("ascii"))


def test_a_connection_that_broke_is_replaced_before_it_is_used(
    postgres: PostgresServer, store: SqlStore
) -> None:
    put(store, "before")
    postgres.control.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s",
        ["streetwatch"],
    )
    put(store, "after")
    assert len(store.incidents()) == 2


def test_a_server_that_was_away_is_used_again_when_it_is_back() -> None:
    with postgres_server() as own:
        store = open_store(own.address("postgres"))
        put(store, "before")
        own.stop()
        with pytest.raises(StorageError, match="no database server listens there"):
            put(store, "meanwhile")
        own.start()
        put(store, "after")
        assert sorted(one.id for one in store.incidents()) == ["after", "before"]
        store.close()


def test_who_waits_too_long_for_another_writer_is_told(postgres: PostgresServer) -> None:
    with postgres.database() as address:
        patient = open_store(address)
        hasty = open_store(address + "&options=-c%20lock_timeout=20")
        with patient.transaction() as transaction:
            transaction.put_incident(an_incident())
            with pytest.raises(StorageError, match="another process holds the database"):
                put(hasty, "a" * 26)
        patient.close()
        hasty.close()


def test_a_reader_can_write_nothing_and_sees_one_state(store: SqlStore) -> None:
    put(store, "first")
    with reading(store.engine) as connection:
        count = sa.text("SELECT count(*) FROM incident")
        assert connection.execute(count).scalar_one() == 1
        put(store, "second")
        assert connection.execute(count).scalar_one() == 1
    with pytest.raises(StorageError, match="read-only"), reading(store.engine) as connection:
        connection.execute(sa.text("DELETE FROM incident"))
