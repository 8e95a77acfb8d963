"""The store on real database files."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from structlog.testing import capture_logs

from databases import PostgresServer
from filed import NOON, a_message, an_incident, evidence, promise
from streetwatch.service.incidents.errors import InputError, StorageError
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.incidents.ports import Store
from streetwatch.service.incidents.routing import DESK
from streetwatch.service.store.access_schema import access_user
from streetwatch.service.store.audit_schema import audit_checkpoint
from streetwatch.service.store.deliveries import Deliveries
from streetwatch.service.store.engine import open_engine
from streetwatch.service.store.looked_schema import looked
from streetwatch.service.store.reference_schema import camera_reference
from streetwatch.service.store.schema import presence
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.zones.presence import Presence, Remembered
from streetwatch.zones.stay import Stay

BOX = (100.0, 100.0, 200.0, 180.0)
STAY = Stay("z", "t", BOX, BOX, 0.7, 9, NOON - 10.1, NOON, 9.9, 0.2)
PRESENCE = Presence.of(Remembered(NOON, (STAY,)))


@pytest.fixture
def address(new_database: Callable[..., str]) -> str:
    return new_database()


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Where a database of SQLite is to be."""
    return f"sqlite:///{tmp_path / 'data' / 'streetwatch.db'}"


@pytest.fixture(params=["file", "memory", "postgres"])
def store(request: pytest.FixtureRequest, file: str) -> Iterator[SqlStore]:
    with ExitStack() as stack:
        addresses = {"file": file, "memory": "sqlite://"}
        if request.param not in addresses:
            server: PostgresServer = request.getfixturevalue(request.param)
            addresses["postgres"] = stack.enter_context(server.database())
        opened = open_store(addresses[request.param])
        stack.callback(opened.close)
        yield opened


def put(store: Store, *incidents: Incident) -> None:
    with store.transaction() as transaction:
        for one in incidents:
            transaction.put_incident(one)


def test_the_migrations_build_what_the_code_expects(address: str) -> None:
    opened = open_engine(address)
    with opened.connect() as connection:
        tables = (access_user, audit_checkpoint, camera_reference, looked)
        known = {one.metadata for one in tables}  # one: whoever adds to it
        assert [compare_metadata(MigrationContext.configure(connection), one) for one in known] == [
            []
        ]
    opened.dispose()


def test_everything_is_there_after_a_restart(address: str) -> None:
    before = open_store(address)
    promise(before, a_message())
    with before.transaction() as transaction:
        transaction.put_attachments("a" * 26, [evidence("first_seen.jpg"), evidence()])
        transaction.put_presence("kerb", PRESENCE)
    before.close()
    after = open_store(address)
    with after.transaction() as transaction:
        kept = transaction.attachments("a" * 26)
    assert after.incidents() == (an_incident(),)
    assert [one.name for one in kept] == ["first_seen.jpg", "threshold.jpg"]
    assert after.presence("kerb") == PRESENCE
    assert Deliveries(after.engine).backlogs(now=NOON).total.pending == 1
    after.close()


def test_a_camera_that_was_never_looked_at_has_nothing_at_its_place(store: SqlStore) -> None:
    assert store.presence("unknown") == Presence()


def test_an_unreadable_presence_is_nothing_and_a_warning(store: SqlStore) -> None:
    with store.engine.begin() as connection:
        document = {"version": 99, "stays": "?"}
        connection.execute(sa.insert(presence).values(camera_id="kerb", state=document))
    with capture_logs() as logs:
        assert store.presence("kerb") == Presence()
    assert [(one["event"], one["camera"]) for one in logs] == [("presence.unreadable", "kerb")]


def break_off(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.put_incident(an_incident())
        transaction.put_attachments("a" * 26, [evidence()])
        transaction.put_presence("kerb", PRESENCE)
        transaction.enqueue(a_message(), targets=(DESK,), at=NOON)
        raise OSError("no space left for the picture")


def test_an_exception_undoes_the_whole_transaction(store: SqlStore) -> None:
    with pytest.raises(OSError, match="no space"):
        break_off(store)
    assert store.incidents() == ()
    assert store.presence("kerb") == Presence()
    assert Deliveries(store.engine).backlogs(now=NOON).total.pending == 0


def test_incidents_come_in_order_of_violation_and_candidates_last(store: SqlStore) -> None:
    put(
        store,
        an_incident(id="candidate", state=State.CANDIDATE, violation_at=None),
        an_incident(id="later", violation_at=NOON + 5),
        an_incident(id="elsewhere", camera_id="other", violation_at=NOON - 5),
        an_incident(id="earlier", violation_at=NOON),
    )
    assert [one.id for one in store.incidents(camera_id="kerb")] == [
        "earlier",
        "later",
        "candidate",
    ]
    assert len(store.incidents()) == 4


def test_a_replaced_file_of_evidence_keeps_its_place(store: SqlStore) -> None:
    put(store, an_incident())
    with store.transaction() as transaction:
        transaction.put_attachments("a" * 26, [evidence("a.jpg"), evidence("b.jpg")])
        transaction.put_attachments("a" * 26, [evidence("c.jpg"), evidence("a.jpg", sha256="new")])
        kept = transaction.attachments("a" * 26)
    assert [(one.name, one.sha256 == "new") for one in kept] == [
        ("a.jpg", True),
        ("b.jpg", False),
        ("c.jpg", False),
    ]


ENDED = {"state": State.CLEARED, "cleared_at": NOON + 60}


@pytest.mark.parametrize(
    ("earlier", "found"),
    [
        pytest.param(ENDED, True, id="cleared"),
        pytest.param(ENDED | {"state": State.CLOSED}, True, id="closed"),
        pytest.param({}, False, id="still open"),
        pytest.param(
            {"state": State.CLOSED, "violation_at": None}, False, id="a candidate that left"
        ),
        pytest.param(ENDED | {"camera_id": "other"}, False, id="another camera"),
        pytest.param(ENDED | {"zone_id": "other"}, False, id="another zone"),
        pytest.param(ENDED | {"type": "street_vending"}, False, id="another type"),
        pytest.param(ENDED | {"violation_at": NOON - 91 * 86_400}, False, id="long ago"),
        pytest.param(ENDED | {"anchor": (300.0, 100.0, 400.0, 180.0)}, False, id="another place"),
    ],
)
def test_only_a_filed_and_ended_incident_at_the_place_is_an_earlier_one(
    store: SqlStore,
    earlier: dict[str, object],
    found: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    put(store, an_incident(**earlier))
    with store.transaction() as transaction:
        assert (_at_the_place(transaction.latest_filed_at) is not None) == found


def test_of_several_earlier_incidents_the_latest_counts(store: SqlStore) -> None:
    for number, violation_at in enumerate([NOON + 100, NOON + 300, NOON + 200]):
        put(store, an_incident(id=f"id-{number}", violation_at=violation_at, **ENDED))
    with store.transaction() as transaction:
        latest = _at_the_place(transaction.latest_filed_at)
    assert latest is not None
    assert latest.id == "id-1"


def _at_the_place(latest_filed_at: Callable[..., Incident | None]) -> Incident | None:
    return latest_filed_at(
        camera_id="kerb",
        zone_id="carriageway",
        violation_type="illegal_parking_motor",
        near=(110.0, 100.0, 210.0, 180.0),
        least_iou=0.5,
        since=NOON - 90 * 86_400,
    )


def test_threads_that_read_and_write_at_once_lose_nothing(store: SqlStore) -> None:
    threads, each = 4, 25
    failed: list[Exception] = []

    def count_up(name: str) -> None:
        try:
            for _ in range(each):
                with store.transaction() as transaction:
                    before = transaction.incident("shared") or an_incident(id="shared")
                    again = an_incident(id="shared", recurrences=before.recurrences + 1)
                    transaction.put_incident(again)
                    transaction.put_presence(name, PRESENCE)
        except Exception as error:  # noqa: BLE001 -- told to the test's own thread
            failed.append(error)

    workers = [threading.Thread(target=count_up, args=(f"cam-{n}",)) for n in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    assert store.incidents()[0].recurrences == threads * each


def test_a_reader_does_not_wait_for_a_writer(address: str) -> None:
    store = open_store(address)
    put(store, an_incident())
    with store.transaction() as transaction:
        transaction.put_incident(an_incident(id="unfinished"))
        assert [one.id for one in store.incidents()] == ["a" * 26]
    store.close()


def test_a_full_disk_is_told_in_plain_words_and_leaves_nothing_half_written(file: str) -> None:
    store = open_store(file)

    def fill(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # as if the disk ended here

    sa.event.listen(store.engine, "begin", fill)
    with pytest.raises(StorageError, match="the disk is full: free some space"):
        put(store, *(an_incident(id=f"{n:026}") for n in range(500)))
    assert store.incidents() == ()
    store.close()


@pytest.mark.parametrize(
    ("place", "advice"),
    [
        pytest.param("sqlite:///{folder}/file/data/s.db", "give the service a folder", id="a file"),
        pytest.param("sqlite:///{folder}", "give the service access to its folder", id="a folder"),
        pytest.param("sqlite:///{folder}/file", "not a database: move it away", id="another file"),
        pytest.param("a database, please", "write sqlite:///", id="no address"),
    ],
)
def test_a_place_that_cannot_be_used_is_named_with_what_to_do(
    tmp_path: Path, place: str, advice: str
) -> None:
    (tmp_path / "file").write_text("this is a file of something else entirely\n" * 100)
    with pytest.raises(InputError, match=advice) as refused:
        open_store(place.format(folder=tmp_path))
    assert "\n" not in str(refused.value)


def test_a_database_of_a_newer_version_is_left_alone(new_database: Callable[..., str]) -> None:
    address = new_database(bare=True)
    store = open_store(address)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    with pytest.raises(InputError, match="a newer streetwatch wrote this database"):
        open_store(address)
