"""The audit log on both databases: written by many at once, and whoever changes it is found out."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from commands import Done, streetwatch
from streetwatch.service.store.audit import Asked, Audit, Deed, noted
from streetwatch.service.store.audit_chain import Mark
from streetwatch.service.store.audit_schema import audit_checkpoint, audit_entry, audit_head
from streetwatch.service.store.engine import open_engine

NOON = 1_790_000_000.0
DAY_S = 86_400.0

#: What the tables' triggers are called: who owns the database can take them off.
GUARDS = {
    "audit_entry": ("audit_entry_kept", "audit_entry_due"),
    "audit_head": ("audit_head_stays", "audit_head_moves_on"),
}


@pytest.fixture
def audit(engine: sa.Engine) -> Audit:
    """A log with five entries."""
    audit = Audit(engine)
    for number in range(1, 6):
        audit.note(Deed("camera.changed", "li", on=f"kerb-{number}"), now=NOON + number)
    return audit


def found(audit: Audit, *anchors: Mark) -> list[tuple[str, int]]:
    return [(one.what, one.position) for one in audit.wrongs(anchors)]


def forced(engine: sa.Engine, *statements: sa.Executable) -> None:
    """Do what the owner of the database can do: take the triggers off, and put them back."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            for statement in statements:
                connection.execute(statement)
            return
        wanted = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = connection.execute(wanted).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.exec_driver_sql(sql)


def test_what_was_noted_is_there_in_order_with_all_that_was_said(engine: sa.Engine) -> None:
    audit = Audit(engine)
    audit.note(Deed("user.added", "li", on="王\n明", address="10.0.0.7"), now=NOON)
    audit.note(Deed("case.moved", "token:hotline", facts={"cases": ["SW-1"], "n": 1}), now=NOON)
    first, second = audit.entries()
    assert (first.position, first.who, first.what, first.subject) == (
        1,
        "li",
        "user.added",
        "王?明",
    )
    assert (first.at, first.address) == (NOON, "10.0.0.7")
    assert second.told["facts"] == {"cases": ["SW-1"], "n": 1}
    assert found(audit) == []


def test_many_writers_at_once_make_one_chain(engine: sa.Engine) -> None:
    audit = Audit(engine)

    def write(number: int) -> None:
        for row in range(5):
            audit.note(Deed("case.moved", f"writer-{number}", on=str(row)), now=NOON)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    assert [one.position for one in audit.entries()] == list(range(1, 31))
    assert found(audit) == []


def test_what_is_noted_in_a_transaction_that_fails_was_never_said(engine: sa.Engine) -> None:
    audit = Audit(engine)
    with engine.connect() as connection, connection.begin() as transaction:
        noted(connection, Deed("user.added"), now=NOON)
        transaction.rollback()
    audit.note(Deed("user.added"), now=NOON)
    assert [one.position for one in audit.entries()] == [1]
    assert found(audit) == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(sa.update(audit_entry).values(who="wang"), id="an entry changed"),
        pytest.param(sa.delete(audit_entry).where(audit_entry.c.position == 5), id="deleted"),
        pytest.param(sa.delete(audit_head), id="the head deleted"),
        pytest.param(sa.update(audit_head).values(position=1), id="the head set back"),
        pytest.param(
            sa.insert(audit_checkpoint).values(position=3, hash="0" * 64, at=NOON + 182 * DAY_S),
            id="deleted too early",
        ),
    ],
)
def test_the_database_itself_refuses(audit: Audit, change: sa.Executable) -> None:
    with pytest.raises(sa.exc.DBAPIError), audit.engine.begin() as connection:
        connection.execute(change)
    assert found(audit) == []


ENTRY = audit_entry.c


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        pytest.param(
            [sa.update(audit_entry).where(ENTRY.position == 2).values(who="wang")],
            [("changed", 2)],
            id="an entry was changed",
        ),
        pytest.param(
            [sa.delete(audit_entry).where(ENTRY.position == 3)], [("gap", 4)], id="one was removed"
        ),
        pytest.param(
            [sa.delete(audit_entry).where(ENTRY.position > 3)],
            [("cut_off", 3)],
            id="the end was cut off",
        ),
        pytest.param(
            [
                sa.update(audit_entry).where(ENTRY.position == 2).values(position=9),
                sa.update(audit_entry).where(ENTRY.position == 3).values(position=2),
                sa.update(audit_entry).where(ENTRY.position == 9).values(position=3),
            ],
            [("unlinked", 2), ("changed", 2), ("unlinked", 3), ("changed", 3), ("unlinked", 4)],
            id="two changed places",
        ),
        pytest.param(
            [
                sa.insert(audit_checkpoint).values(
                    position=2, hash="0" * 64, at=NOON + 400 * DAY_S
                ),
                sa.delete(audit_entry).where(ENTRY.position <= 2),
            ],
            [("unlinked", 3), ("checkpoint_untold", 2)],
            id="the beginning was removed under a made-up checkpoint",
        ),
        pytest.param(
            [sa.update(audit_head).values(hash="0" * 64)],
            [("head_differs", 5)],
            id="the head was changed",
        ),
    ],
)
def test_whoever_owns_the_database_and_changes_the_log_is_found_out(
    audit: Audit, change: list[sa.Executable], wrong: list[tuple[str, int]]
) -> None:
    forced(audit.engine, *change)
    assert found(audit) == wrong


def test_an_end_that_was_cut_off_stays_a_gap_however_much_is_written_after(audit: Audit) -> None:
    forced(audit.engine, sa.delete(audit_entry).where(ENTRY.position > 3))
    audit.note(Deed("camera.changed"), now=NOON)
    assert found(audit) == [("gap", 6)]


def test_a_log_that_was_written_anew_is_told_by_a_head_that_was_written_down(audit: Audit) -> None:
    anchor = audit.head()
    assert found(audit, anchor) == []
    tables = (audit_entry, audit_head)
    forced(audit.engine, *(sa.delete(table) for table in tables))
    for number in range(1, 6):
        audit.note(Deed("camera.changed", "mallory", on=f"kerb-{number}"), now=NOON + number)
    assert found(audit) == [], "by itself it is sound"
    assert found(audit, anchor) == [("rewritten", 5)]
    assert found(audit, Mark(9, anchor.hash)) == [("anchor_missing", 9)]


def test_what_is_older_than_its_time_is_deleted_and_the_rest_can_be_proved(audit: Audit) -> None:
    _, second, *_ = audit.entries()
    later = NOON + 184 * DAY_S
    audit.note(Deed("camera.changed"), now=later)
    assert audit.prune(before=NOON, now=later) == 0
    assert audit.prune(before=NOON + 3, now=later) == 2
    assert [one.position for one in audit.entries()] == [3, 4, 5, 6, 7]
    assert found(audit, Mark(2, second.hash)) == []
    assert audit.prune(before=NOON + 100, now=later) == 3
    assert found(audit, Mark(2, second.hash)) == []
    assert [one.what for one in audit.entries()][-1] == "audit.pruned"


def test_entries_are_found_by_who_what_and_when(audit: Audit) -> None:
    audit.note(Deed("user.added", "wang"), now=NOON + 50)
    audit.note(Deed("user.disabled", "li"), now=NOON + 60)

    def positions(asked: Asked) -> list[int]:
        return [one.position for one in audit.entries(asked)]

    assert positions(Asked(who="wang")) == [6]
    assert positions(Asked(what="user.")) == [6, 7]
    assert positions(Asked(since=NOON + 5, until=NOON + 50)) == [5, 6]
    assert positions(Asked(after=5)) == [6, 7]
    assert [one.position for one in audit.page(Asked(who="li"), limit=2)] == [7, 5]


def run(config: Path, *arguments: str) -> Done:
    return streetwatch(*arguments, "--config", config)


def test_the_log_is_exported_and_checked_by_command(tmp_path: Path) -> None:
    config = tmp_path / "streetwatch.yaml"
    config.write_text("data_dir: .\n")
    engine = open_engine(f"sqlite:///{tmp_path / 'streetwatch.db'}")
    audit = Audit(engine)
    for name in ("kerb", "gate"):
        audit.note(Deed("camera.changed", "li", on=name, address="10.0.0.7"), now=NOON)
    audit.note(Deed("user.added", "li", on="wang"), now=NOON + DAY_S)
    first, _, last = run(config, "audit", "--json").stdout.splitlines()
    assert json.loads(first)["subject"] == "kerb"
    assert run(config, "audit", "--what", "user.").stdout.splitlines() == [last]
    since = run(config, "audit", "--since", "2026-09-22").stdout.splitlines()
    assert since == [last]
    head = json.loads(run(config, "audit", "--head").stdout)["head"]
    assert head == f"3:{json.loads(last)['hash']}"
    sound = run(config, "verify", "--audit", "--head", head)
    assert (sound.returncode, sound.stdout) == (0, "")
    forced(engine, sa.update(audit_entry).where(ENTRY.position == 1).values(who="wang"))
    engine.dispose()
    wrong = run(config, "verify", "--audit")
    assert wrong.returncode == 1
    assert json.loads(wrong.stdout)["finding"] == "audit_changed"
    refused = run(config, "verify", "--audit", "--head", "last")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "POSITION:HASH" in refused.stderr
