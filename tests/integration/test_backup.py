"""A backup is one state of everything, and comes back whole or not at all."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from databases import PostgresServer
from filed import NOON, a_message, an_incident, evidence
from streetwatch.service.evidence.folder import EvidenceFolder, sha256_of
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.retention import Periods
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.store.tables import metadata
from streetwatch.service.upkeep.backup import COVER, SUMS, back_up
from streetwatch.service.upkeep.restore import restore
from streetwatch.service.upkeep.verify import Verification
from waiting import PATIENCE_S


class Running:
    """A service's data folder, as it fills."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.store = open_store(f"sqlite:///{data_dir / 'streetwatch.db'}")
        self.evidence = EvidenceFolder(data_dir / "evidence")

    def file(self, number: int) -> None:
        incident = an_incident(id=f"{number:026}")
        with self.store.transaction() as transaction:
            digest = self.evidence.write(incident.id, "threshold.jpg", f"picture {number}".encode())
            transaction.put_incident(incident)
            transaction.put_attachments(incident.id, [evidence(sha256=digest)])
            transaction.enqueue(a_message(incident), targets=("desk",), at=NOON)

    def back_up(self, out: Path) -> tuple[str, ...]:
        return back_up(self.store.engine, self.evidence, out, now=NOON).damaged

    def findings(self) -> list[str]:
        check = Verification(self.store.engine, self.evidence, Periods(), told=None, desk="desk")
        return [finding.what for finding in check.run(now=NOON + 1e9)]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "data")
    yield running
    running.store.close()


def everything(store: SqlStore) -> dict[str, list[tuple[object, ...]]]:
    with store.engine.connect() as connection:
        return {
            name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for name, table in metadata.tables.items()
        }


def files(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256_of(path)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_was_backed_up_comes_back_as_it_was(service: Running, tmp_path: Path) -> None:
    for number in range(3):
        service.file(number)
    assert service.back_up(tmp_path / "backup") == ()
    assert restore(tmp_path / "backup", tmp_path / "other").files == 3
    back = Running(tmp_path / "other")
    assert everything(back.store) == everything(service.store)
    assert files(back.evidence.root) == files(service.evidence.root)
    assert back.findings() == []
    back.store.close()


def test_a_backup_under_load_is_one_state_of_everything(service: Running, tmp_path: Path) -> None:
    stop = threading.Event()
    begun = threading.Event()

    def fill() -> None:
        for number in range(100_000):
            service.file(number)
            if number == 20:
                begun.set()
            if stop.is_set():
                return

    filling = threading.Thread(target=fill)
    filling.start()
    try:
        assert begun.wait(timeout=PATIENCE_S)
        assert service.back_up(tmp_path / "backup") == ()
    finally:
        stop.set()
        filling.join()
    restore(tmp_path / "backup", tmp_path / "other")
    back = Running(tmp_path / "other")
    kept = len(back.store.incidents())
    assert 20 <= kept < len(service.store.incidents())
    assert back.findings() == []
    back.store.close()


class Busy(EvidenceFolder):
    """A folder in which something happens the first time that a file of it is asked for."""

    happens: Iterator[Callable[[], None]]

    def path(self, incident_id: str, name: str) -> Path:
        for change in self.happens:
            change()
        return EvidenceFolder.path(self, incident_id, name)


def test_what_changes_while_it_is_copied_is_copied_as_it_has_become(
    service: Running, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        service.file(number)

    def look_and_retention() -> None:
        digest = service.evidence.write(f"{1:026}", "threshold.jpg", b"a later picture")
        with service.store.transaction() as transaction:
            transaction.put_attachments(f"{1:026}", [evidence(sha256=digest)])
        gone = sa.delete(metadata.tables["attachment"])
        with service.store.engine.begin() as connection:
            connection.execute(gone.where(sa.column("incident_id") == f"{2:026}"))
        service.evidence.remove(f"{2:026}")

    busy = Busy(service.evidence.root)
    Busy.happens = iter([look_and_retention])
    done = back_up(service.store.engine, busy, tmp_path / "backup", now=NOON)
    assert (done.files, done.damaged) == (2, ())
    restore(tmp_path / "backup", tmp_path / "other")
    back = Running(tmp_path / "other")
    assert files(back.evidence.root) == files(service.evidence.root)
    assert [one for one in back.findings() if one.startswith("file")] == []
    back.store.close()


def test_a_file_that_is_gone_is_told_and_the_rest_comes_back(
    service: Running, tmp_path: Path
) -> None:
    service.file(1)
    service.file(2)
    service.evidence.remove(f"{1:026}")
    assert service.back_up(tmp_path / "backup") == (f"{1:026}/threshold.jpg",)
    restore(tmp_path / "backup", tmp_path / "other")
    back = Running(tmp_path / "other")
    assert back.findings() == ["file_missing"]
    back.store.close()


def lose_a_picture(backup: Path) -> None:
    next(backup.glob("evidence/*/*.jpg")).unlink()


def change_a_picture(backup: Path) -> None:
    next(backup.glob("evidence/*/*.jpg")).write_bytes(b"another")


def change_the_database(backup: Path) -> None:
    with (backup / "streetwatch.db").open("ab") as file:
        file.write(b"!")


def change_the_sums(backup: Path) -> None:
    (backup / SUMS).write_text("")


def lose_the_cover(backup: Path) -> None:
    (backup / COVER).unlink()


def of_another_format(backup: Path) -> None:
    cover = json.loads((backup / COVER).read_text())
    (backup / COVER).write_text(json.dumps(cover | {"format": "streetwatch-backup/9"}))


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        pytest.param(lose_a_picture, "threshold.jpg is missing", id="a picture is lost"),
        pytest.param(change_a_picture, "is not what was backed up", id="a picture is changed"),
        pytest.param(change_the_database, "streetwatch.db is not what", id="the database"),
        pytest.param(change_the_sums, "sha256sums.txt is not what", id="the sums"),
        pytest.param(lose_the_cover, "no whole backup", id="broken off"),
        pytest.param(of_another_format, "another format", id="another format"),
    ],
)
def test_a_damaged_backup_is_refused_and_restores_nothing(
    service: Running, tmp_path: Path, harm: Callable[[Path], None], says: str
) -> None:
    service.file(1)
    service.back_up(tmp_path / "backup")
    harm(tmp_path / "backup")
    with pytest.raises(InputError, match=says):
        restore(tmp_path / "backup", tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_nothing_is_ever_written_over(service: Running, tmp_path: Path) -> None:
    service.file(1)
    service.back_up(tmp_path / "backup")
    with pytest.raises(InputError, match="is not empty: a backup goes into a folder of its own"):
        service.back_up(tmp_path / "backup")
    with pytest.raises(InputError, match="is not empty: a backup is restored into an empty"):
        restore(tmp_path / "backup", service.data_dir)


def test_postgresql_is_backed_up_by_its_own_tools(postgres: PostgresServer, tmp_path: Path) -> None:
    with postgres.database() as address:
        store = open_store(address)
        folder = EvidenceFolder(tmp_path / "evidence")
        with pytest.raises(InputError, match="run pg_dump"):
            back_up(store.engine, folder, tmp_path / "backup", now=NOON)
        store.close()
