"""Evidence and rows go together, when their time is over, whatever dies in between."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client import CollectorRegistry

from filed import NOON, a_message, an_incident, evidence, promise
from sealed import SIGNER
from streetwatch.service.access.doer import Doer
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.draft import Draft
from streetwatch.service.desk.merging import Nearness
from streetwatch.service.desk.report import Hold, Move, Report
from streetwatch.service.desk.states import CaseState
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.incidents.retention import DAY_S, Periods
from streetwatch.service.store.deliveries import Deliveries
from streetwatch.service.store.notices import Notices, promise_notice
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.schema import deletion, desk_case, desk_merged
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.upkeep.daily import Daily
from streetwatch.service.upkeep.deletion import Deleted
from streetwatch.service.upkeep.retention import Retention
from streetwatch.zones.presence import Presence

CASE = "a" * 26
CANDIDATE = "c" * 26


@dataclass
class World:
    """A service's store and evidence, and its retention."""

    store: SqlStore
    evidence: EvidenceFolder
    cameras: frozenset[str] = field(default_factory=lambda: frozenset({"kerb"}))

    @property
    def retention(self) -> Retention:
        return Retention(self.store.engine, self.evidence, Periods(), lambda: self.cameras, SIGNER)

    @property
    def book(self) -> Book:
        return Book(self.store.engine)

    def add(self, incident: Incident, *, with_case: bool = True) -> None:
        digest = self.evidence.write(incident.id, "threshold.jpg", b"picture")
        with self.store.transaction() as transaction:
            transaction.put_incident(incident)
            transaction.put_attachments(incident.id, [evidence(sha256=digest)])
        if with_case:
            told = case_json(a_message(incident).case)
            report = Report.model_validate_json(json.dumps(told))
            self.book.report(report, key=f"key-{incident.id}", now=NOON)

    def end(self, state: CaseState = CaseState.CLOSED) -> None:
        steps = [CaseState.ACCEPTED, CaseState.DISPATCHED, CaseState.HANDLED, CaseState.CLOSED]
        for step in [state] if state is CaseState.REJECTED else steps:
            self.book.move(CASE, Move(state=step), now=NOON)

    def run(self, days: float) -> list[tuple[str, str]]:
        return [(one.kind, one.name) for one in self.retention.run(now=NOON + days * DAY_S)]

    def files(self, incident_id: str) -> list[str]:
        return sorted(path.name for path in self.evidence.root.glob(f"{incident_id}/*"))

    def attachments(self, incident_id: str) -> int:
        with self.store.transaction() as transaction:
            return len(transaction.attachments(incident_id))

    def written_down(self) -> list[dict[str, Any]]:
        with self.store.engine.connect() as connection:
            rows = connection.execute(sa.select(deletion).order_by(deletion.c.position))
            return [dict(row) for row in rows.mappings()]


@pytest.fixture
def world(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[World]:
    store = open_store(new_database())
    yield World(store, EvidenceFolder(tmp_path / "evidence"))
    store.close()


def candidate() -> Incident:
    return an_incident(id=CANDIDATE, state=State.CLOSED, violation_at=None, closed_at=NOON)


def test_a_candidate_goes_with_its_pictures_and_row(world: World) -> None:
    world.add(candidate(), with_case=False)
    assert world.run(days=6) == []
    assert world.run(days=8) == [("candidate", CANDIDATE)]
    assert world.files(CANDIDATE) == []
    assert world.store.incidents() == ()


def test_the_evidence_of_a_case_goes_and_its_facts_stay(world: World) -> None:
    world.add(an_incident())
    world.end()
    assert world.run(days=179) == []
    assert world.run(days=181) == [("evidence", CASE)]
    assert (world.files(CASE), world.attachments(CASE)) == ([], 0)
    case = world.book.case(CASE)
    assert (case["state"], case["evidence"]) == ("closed", [])
    assert (case["history"][-1]["action"], case["history"][-1]["by"]) == (
        "evidence_deleted",
        "streetwatch",
    )
    assert len(world.store.incidents()) == 1
    assert world.run(days=182) == [], "once"


def test_what_was_deleted_is_written_down_with_its_hashes(world: World) -> None:
    world.add(candidate(), with_case=False)
    world.run(days=8)
    (row,) = world.written_down()
    assert (row["kind"], row["name"], row["reason"]) == (
        "candidate",
        CANDIDATE,
        "no case 7 d or more",
    )
    assert [(file["name"], len(file["sha256"])) for file in row["files"]] == [("threshold.jpg", 64)]
    assert row["begun_at"] == row["done_at"] == NOON + 8 * DAY_S


@pytest.mark.parametrize(
    ("days", "is_left"), [pytest.param(29, True, id="29 d"), pytest.param(31, False, id="31 d")]
)
def test_a_rejected_case_keeps_its_evidence_for_a_month(
    world: World,
    days: float,
    is_left: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    world.add(an_incident(state=State.CLOSED, closed_at=NOON, rejected_at=NOON))
    world.end(CaseState.REJECTED)
    world.run(days=days)
    assert bool(world.files(CASE)) == is_left


def test_a_case_that_is_not_ended_keeps_everything(world: World) -> None:
    world.add(an_incident())
    assert world.run(days=1000) == []
    assert world.files(CASE) == ["threshold.jpg"]


def test_a_case_of_another_platform_has_ended_when_its_place_was_cleared(world: World) -> None:
    world.add(an_incident(state=State.CLEARED, cleared_at=NOON), with_case=False)
    assert world.run(days=181) == [("evidence", CASE)]


def test_a_held_case_outlives_its_time_until_the_hold_is_lifted(world: World) -> None:
    world.add(an_incident())
    world.end()
    world.book.hold(CASE, Hold(held=True, by="王律师", why="诉讼"), now=NOON)
    assert world.run(days=1000) == []
    world.book.hold(CASE, Hold(held=False, by="王律师", why="结束"), now=NOON)
    assert world.run(days=1000) == [("evidence", CASE)]


def test_delivered_notices_go_and_others_stay(world: World) -> None:
    notices = Notices(world.store.engine)
    with world.store.engine.begin() as connection:
        for key in ("told", "waiting"):
            promise_notice(connection, key, "SW-20261123-0001", {}, at=NOON)
    notices.delivered("told", now=NOON)
    assert world.run(days=29) == []
    assert world.run(days=31) == [("messages", "1 notices")]
    assert [one.key for one in notices.latest(state=None, limit=9)] == ["waiting"]


def test_a_case_that_took_in_another_report_holds_its_evidence_too(world: World) -> None:
    world.add(an_incident())
    merged = an_incident(id="m" * 26, state=State.CLEARED, cleared_at=NOON)
    world.add(merged, with_case=False)
    row = {"external_id": merged.id, "number": world.book.case(CASE)["number"], "source": "video"}
    with world.store.engine.begin() as connection:
        values = row | {"idempotency_key": "m", "merged_at": NOON, "document": {}}
        connection.execute(sa.insert(desk_merged).values(values))
    assert world.run(days=1000) == []
    world.end()
    assert {name for _, name in world.run(days=1000)} == {CASE, merged.id}


def test_a_view_is_kept_with_the_case_whose_view_it_is(world: World) -> None:
    world.add(an_incident())
    view = an_incident(
        id="v" * 26, state=State.CLEARED, cleared_at=NOON, camera_id="b", duplicate_of=CASE
    )
    world.add(view, with_case=False)
    assert world.run(days=1000) == [], "its case has not ended"
    world.end()
    world.book.hold(CASE, Hold(held=True, by="王律师", why="诉讼"), now=NOON)
    assert world.run(days=1000) == []
    world.book.hold(CASE, Hold(held=False, by="王律师", why="结束"), now=NOON)
    assert {name for _, name in world.run(days=1000)} == {CASE, view.id}
    assert (world.files(CASE), world.files(view.id)) == ([], [])


ELSEWHERE = {
    "name": "photo.jpg",
    "role": "media",
    "media_type": "image/jpeg",
    "sha256": "ab" * 32,
    "captured_at": "2026-11-23T12:00:00+08:00",
    "url": "https://city.example/photo.jpg",
}


def observe(world: World, name: str, *, book: Book | None = None) -> dict[str, Any]:
    """Somebody reports what the camera sees, with a picture and one that lies elsewhere."""
    digest = world.evidence.write(name, "observation.jpg", b"a street")
    picture = ELSEWHERE | {
        "name": "observation.jpg",
        "role": "observation",
        "sha256": digest,
        "url": f"/evidence/{name}/observation.jpg",
    }
    told = case_json(a_message(an_incident(id=name)).case) | {"evidence": [picture, ELSEWHERE]}
    draft = Draft(
        external_id=name,
        source="mobile",
        type="illegal_parking_motor",
        occurred_at=NOON,
        document=told,
        lon=121.47,
        lat=31.23,
    )
    case, _ = (book or world.book).file(draft, key=name, now=NOON, doer=Doer("12345"))
    return case


@pytest.mark.parametrize(
    ("end", "kept_d"),
    [
        pytest.param([CaseState.REJECTED], 30, id="rejected"),
        pytest.param(
            [CaseState.ACCEPTED, CaseState.DISPATCHED, CaseState.HANDLED, CaseState.CLOSED],
            180,
            id="closed",
        ),
    ],
)
def test_the_picture_of_a_report_that_no_camera_made_goes_as_a_cameras_does(
    world: World, end: list[CaseState], kept_d: int
) -> None:
    number = observe(world, "o-1")["number"]
    assert world.run(days=1000) == [], "its case has not ended"
    for state in end:
        world.book.move(number, Move(state=state), now=NOON)
    world.book.hold(number, Hold(held=True, by="王律师", why="诉讼"), now=NOON)
    assert world.run(days=1000) == []
    world.book.hold(number, Hold(held=False, by="王律师", why="结束"), now=NOON)
    assert world.run(days=kept_d - 1) == []
    planned = [one.name for one in world.retention.plan(now=NOON + (kept_d + 1) * DAY_S)]
    assert planned == ["o-1"]
    assert world.run(days=kept_d + 1) == [("evidence", "o-1")]
    assert world.files("o-1") == []
    case = world.book.case(number)
    assert case["evidence"] == [ELSEWHERE], "what is not ours stays"
    assert case["history"][-1]["action"] == "evidence_deleted"
    assert world.run(days=kept_d + 2) == [], "once"


def test_the_picture_of_a_report_that_a_cameras_case_took_in_goes_with_it(world: World) -> None:
    world.add(an_incident())
    joined = observe(world, "o-1", book=Book(world.store.engine, near=Nearness()))
    assert joined["duplicate_of"] == world.book.case(CASE)["number"]
    assert world.run(days=1000) == [], "its case has not ended"
    world.end()
    assert {name for _, name in world.run(days=1000)} == {CASE, "o-1"}
    assert world.files("o-1") == []
    ours = [one["url"] for one in world.book.case(CASE)["evidence"]]
    assert ours == [ELSEWHERE["url"]]
    assert {line.get("external_id") for line in world.book.case(CASE)["history"][-2:]} == {
        None,
        "o-1",
    }


def test_retention_and_people_change_the_book_one_after_the_other(world: World) -> None:
    names = [f"{number:026}" for number in range(12)]
    for name in names:
        world.add(an_incident(id=name))
    for name in names[:6]:
        world.book.move(name, Move(state=CaseState.REJECTED), now=NOON)

    def judge(name: str) -> None:
        for state in (CaseState.ACCEPTED, CaseState.DISPATCHED, CaseState.HANDLED):
            world.book.move(name, Move(state=state), now=NOON)

    with ThreadPoolExecutor(4) as pool:
        deleted = pool.submit(world.run, 1000)
        judged = [pool.submit(judge, one) for one in names[6:]]
        assert len(deleted.result()) == 6
        for one in judged:
            one.result()
    with world.store.engine.connect() as connection:
        revisions = connection.execute(sa.select(desk_case.c.revision)).scalars().all()
    assert len(set(revisions)) == len(names), "a feed that goes on from one of them misses none"


def test_delivered_messages_of_what_is_over_go_and_others_stay(world: World) -> None:
    over = a_message(an_incident(state=State.CLOSED, closed_at=NOON))
    standing = a_message(an_incident(id="b" * 26))
    waiting = a_message(an_incident(id="d" * 26, state=State.CLOSED, closed_at=NOON))
    promise(world.store, over, standing, waiting)
    outbox = Outbox(world.store.engine)
    for told in (over, standing):
        claimed = outbox.claim("desk", now=NOON, lease_s=60)
        assert claimed is not None
        assert claimed.message == told
        outbox.delivered(claimed, Receipt("SW-1"), now=NOON)
    assert world.run(days=29) == []
    assert world.run(days=31) == [("messages", "1 messages")]
    with world.store.transaction() as transaction:
        assert transaction.told("a" * 26) == {"desk"}, "it hears of a dispute still"
    backlog = Deliveries(world.store.engine).backlogs(now=NOON).total
    assert (backlog.delivered, backlog.pending) == (1, 1)


def test_what_was_delivered_about_a_held_case_stays(world: World) -> None:
    over = an_incident(state=State.CLOSED, closed_at=NOON)
    world.add(over)
    promise(world.store, a_message(over))
    outbox, notices = Outbox(world.store.engine), Notices(world.store.engine)
    claimed = outbox.claim("desk", now=NOON, lease_s=60)
    assert claimed is not None
    outbox.delivered(claimed, Receipt("SW-1"), now=NOON)
    with world.store.engine.begin() as connection:
        promise_notice(connection, "told", world.book.case(CASE)["number"], {}, at=NOON)
    notices.delivered("told", now=NOON)
    world.book.hold(CASE, Hold(held=True, by="王律师", why="诉讼"), now=NOON)
    assert world.run(days=31) == []
    world.book.hold(CASE, Hold(held=False, by="王律师", why="结束"), now=NOON)
    assert world.run(days=31) == [("messages", "1 messages"), ("messages", "1 notices")]


def test_the_presence_of_a_camera_that_is_gone_goes_after_a_week(world: World) -> None:
    with world.store.transaction() as transaction:
        transaction.put_presence("kerb", Presence(NOON))
        transaction.put_presence("gone", Presence(NOON))
    assert world.run(days=6) == []
    assert world.run(days=8) == [("presence", "gone")]
    assert world.store.presence("kerb") == Presence(NOON)


def test_a_dry_run_tells_what_a_run_would_delete_and_deletes_nothing(world: World) -> None:
    world.add(candidate(), with_case=False)
    world.add(an_incident())
    world.end()
    now = NOON + 200 * DAY_S
    planned = list(world.retention.plan(now=now))
    assert world.written_down() == []
    assert world.files(CASE) == ["threshold.jpg"]
    assert planned == list(world.retention.run(now=now))
    assert {one.kind for one in planned} == {"candidate", "evidence"}


def test_files_that_a_killed_process_left_go_with_the_next_run(world: World) -> None:
    world.add(candidate(), with_case=False)
    kept = world.evidence.root / CANDIDATE
    parked = kept.rename(world.evidence.root.parent / "parked")
    kept.write_text("a file where a folder is expected: the disk refuses")
    with pytest.raises(StorageError, match="could not be deleted"):
        world.run(days=8)
    assert world.store.incidents() == (), "no row names what may be gone"
    assert [row["done_at"] for row in world.written_down()] == [None]
    kept.unlink()
    parked.rename(kept)
    assert world.run(days=8) == []
    assert world.files(CANDIDATE) == []
    assert [row["done_at"] for row in world.written_down()] == [NOON + 8 * DAY_S]


def test_a_run_that_is_broken_off_goes_on_where_it_was(world: World) -> None:
    for number in range(5):
        world.add(
            an_incident(id=f"{number:026}", state=State.CLOSED, violation_at=None), with_case=False
        )
    run: Iterator[Deleted] = world.retention.run(now=NOON + 8 * DAY_S)
    assert next(run).name == f"{0:026}"
    del run
    assert len(world.run(days=8)) == 4
    assert len(world.written_down()) == 5


def test_the_daily_job_counts_what_it_deletes_and_what_is_refused(world: World) -> None:
    world.add(candidate(), with_case=False)
    registry = CollectorRegistry()
    now = NOON + 8 * DAY_S
    daily = Daily(world.retention, hour=3, clock=lambda: now, registry=registry)
    assert daily.run_once()
    value = registry.get_sample_value
    assert value("streetwatch_retention_deleted_total", {"kind": "candidate"}) == 1
    assert value("streetwatch_retention_ended_at_seconds") == now
    (world.evidence.root / CANDIDATE).write_text("no folder")
    world.add(an_incident(id="e" * 26, state=State.CLOSED, violation_at=None), with_case=False)
    (world.evidence.root / ("e" * 26) / "threshold.jpg").unlink()
    (world.evidence.root / ("e" * 26)).rmdir()
    (world.evidence.root / ("e" * 26)).write_text("no folder")
    assert not daily.run_once()
    assert value("streetwatch_retention_failed_total") == 1
