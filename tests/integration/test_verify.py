"""What does not agree between store, evidence and deliveries is found and named."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from filed import NOON, a_message, an_incident, evidence
from sealed import SIGNER
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.report import Report
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.incident import State
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.incidents.retention import DAY_S, Periods
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.schema import attachment, desk_case, outbox
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.upkeep.ledger import PlatformLedger, compared
from streetwatch.service.upkeep.retention import Retention
from streetwatch.service.upkeep.verify import Verification

CASE = "a" * 26


@dataclass
class World:
    """One case, delivered, with its evidence."""

    store: SqlStore
    evidence: EvidenceFolder

    def findings(self, now: float = NOON + 3600) -> list[tuple[str, str]]:
        check = Verification(self.store.engine, self.evidence, Periods(), told=None, desk="desk")
        return [(one.what, one.name) for one in check.run(now=now)]

    def execute(self, statement: sa.Executable) -> None:
        with self.store.engine.begin() as connection:
            connection.execute(statement)


@pytest.fixture
def world(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[World]:
    store, folder = open_store(new_database()), EvidenceFolder(tmp_path / "evidence")
    told = a_message()
    with store.transaction() as transaction:
        transaction.put_incident(told.case.incident)
        digest = folder.write(CASE, "threshold.jpg", b"picture")
        transaction.put_attachments(CASE, [evidence(sha256=digest)])
        transaction.enqueue(told, targets=("desk",), at=NOON)
    report = Report.model_validate_json(json.dumps(case_json(told.case)))
    Book(store.engine).report(report, key=told.key, now=NOON)
    outbox_of = Outbox(store.engine)
    claimed = outbox_of.claim("desk", now=NOON, lease_s=60)
    assert claimed is not None
    outbox_of.delivered(claimed, Receipt("SW-20261123-0001"), now=NOON)
    yield World(store, folder)
    store.close()


def test_a_store_in_order_gives_no_finding(world: World) -> None:
    assert world.findings() == []


def lose_the_file(world: World) -> None:
    world.evidence.path(CASE, "threshold.jpg").unlink()


def change_the_file(world: World) -> None:
    world.evidence.write(CASE, "threshold.jpg", b"another picture")


def lose_the_rows_of_evidence(world: World) -> None:
    world.execute(sa.delete(attachment))
    world.evidence.remove(CASE)


def lose_the_message(world: World) -> None:
    world.execute(sa.delete(outbox))


def lose_the_case(world: World) -> None:
    world.execute(sa.delete(desk_case))


def file_a_case_of_nothing(world: World) -> None:
    told = case_json(a_message(an_incident(id="b" * 26)).case)
    report = Report.model_validate_json(json.dumps(told))
    Book(world.store.engine).report(report, key="another-key", now=NOON)


def leave_a_file(world: World) -> None:
    world.evidence.write("0" * 26, "threshold.jpg", b"picture")
    os.utime(world.evidence.path("0" * 26, "threshold.jpg"), (NOON, NOON))


@pytest.mark.parametrize(
    ("harm", "finding"),
    [
        pytest.param(lose_the_file, ("file_missing", f"{CASE}/threshold.jpg"), id="file lost"),
        pytest.param(change_the_file, ("file_changed", f"{CASE}/threshold.jpg"), id="changed"),
        pytest.param(lose_the_rows_of_evidence, ("no_evidence", CASE), id="no evidence"),
        pytest.param(lose_the_message, ("no_message", CASE), id="never told"),
        pytest.param(lose_the_case, ("no_case", CASE), id="case lost"),
        pytest.param(file_a_case_of_nothing, ("no_incident", "SW-20261123-0002"), id="no incident"),
        pytest.param(leave_a_file, ("file_orphaned", f"{'0' * 26}/threshold.jpg"), id="orphan"),
    ],
)
def test_what_does_not_agree_is_found(
    world: World, harm: Callable[[World], None], finding: tuple[str, str]
) -> None:
    harm(world)
    assert world.findings() == [finding]


@pytest.mark.parametrize("state", [State.WARNED, State.CLEARED, State.CLOSED])
def test_what_was_only_warned_of_was_never_filed_and_is_not_missed(
    world: World, state: State
) -> None:
    warned = an_incident(id="e" * 26, state=state, warned_at=NOON, opened_at=None)
    with world.store.transaction() as transaction:
        transaction.put_incident(warned)
        digest = world.evidence.write(warned.id, "warned.jpg", b"picture")
        transaction.put_attachments(warned.id, [evidence("warned.jpg", sha256=digest)])
    assert world.findings() == []


def test_the_picture_of_a_report_that_no_camera_made_is_known_and_checked(world: World) -> None:
    name, digest = "o" * 26, world.evidence.write("o" * 26, "picture.jpg", b"picture")
    os.utime(world.evidence.path(name, "picture.jpg"), (NOON, NOON))
    told: dict[str, Any] = case_json(a_message(an_incident(id=name)).case)
    told["evidence"][0] |= {
        "name": "picture.jpg",
        "sha256": digest,
        "url": f"/evidence/{name}/picture.jpg",
    }
    Book(world.store.engine).report(
        Report.model_validate_json(json.dumps(told)), key="another-key", now=NOON
    )
    here = sa.update(desk_case).where(desk_case.c.external_id == name)
    world.execute(here.values(source="mobile"))
    assert world.findings() == []
    world.evidence.write(name, "picture.jpg", b"another")
    assert world.findings() == [("file_changed", f"{name}/picture.jpg")]


def test_a_file_that_is_just_being_stored_is_no_orphan(world: World) -> None:
    world.evidence.write("0" * 26, "threshold.jpg", b"picture")
    written_at = world.evidence.path("0" * 26, "threshold.jpg").stat().st_mtime
    assert world.findings(now=written_at + 60) == []


def test_what_retention_has_deleted_is_not_missed(world: World) -> None:
    with world.store.transaction() as transaction:
        transaction.put_incident(an_incident(state=State.CLOSED, closed_at=NOON))
    world.execute(sa.update(desk_case).values(state="closed", ended_at=NOON))
    now = NOON + 200 * DAY_S
    job = Retention(
        world.store.engine, world.evidence, Periods(), lambda: frozenset({"kerb"}), SIGNER
    )
    assert [one.kind for one in job.run(now=now)] == ["evidence", "messages"]
    assert world.findings(now=now) == []


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        pytest.param([("a" * 26, "opened"), ("a" * 26, "changed")], [], id="it has it once"),
        pytest.param([], [("not_received", "a" * 26)], id="it has lost it"),
        pytest.param([("a" * 26, "")] * 2, [("received_twice", "a" * 26)], id="it has it twice"),
        pytest.param(
            [("a" * 26, "opened"), ("z" * 26, "opened")],
            [("received_unknown", "z" * 26)],
            id="nobody knows it",
        ),
    ],
)
def test_a_platforms_own_list_is_compared(
    world: World, tmp_path: Path, lines: list[tuple[str, str]], found: list[tuple[str, str]]
) -> None:
    path = tmp_path / "platform.jsonl"
    rows = [json.dumps({"external_id": name, "what": what}) for name, what in lines]
    path.write_text("\n".join(rows), encoding="utf-8")
    findings = compared(world.store.engine, PlatformLedger.read(path), "desk")
    assert [(one.what, one.name) for one in findings] == found


@pytest.mark.parametrize("line", ["no json", "[]", '{"number": 1}', "7"])
def test_a_list_that_is_none_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "platform.jsonl"
    path.write_text('{"external_id": "a"}\n' + line, encoding="utf-8")
    with pytest.raises(InputError, match=r"platform\.jsonl:2: write a case a line"):
        PlatformLedger.read(path)


def test_what_a_dead_process_left_half_written_is_found_and_swept(world: World) -> None:
    left = world.evidence.root / CASE / ".clip.mp4.part.mp4"
    left.write_bytes(b"half")
    os.utime(left, (NOON, NOON))
    assert world.findings() == [("file_unfinished", f"{CASE}/.clip.mp4.part.mp4")]
    assert world.evidence.sweep(before=NOON) == 0, "it may be at work"
    assert world.evidence.sweep(before=NOON + 1) == 1
    assert world.findings() == []
