"""Rows that age, a dry run, and a run that dies or is refused."""

from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry

from filed import NOON, a_message, an_incident, promise
from retained_world import CANDIDATE, CASE, World, candidate
from streetwatch.service.desk.report import Hold
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import State
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.incidents.retention import DAY_S
from streetwatch.service.store.deliveries import Deliveries
from streetwatch.service.store.notices import Notices, promise_notice
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.upkeep.daily import Daily
from streetwatch.service.upkeep.deletion import Deleted
from streetwatch.zones.presence import Presence


def test_delivered_notices_go_and_others_stay(world: World) -> None:
    notices = Notices(world.store.engine)
    with world.store.engine.begin() as connection:
        for key in ("told", "waiting"):
            promise_notice(connection, key, "SW-20261123-0001", {}, at=NOON)
    notices.delivered("told", now=NOON)
    assert world.run(days=29) == []
    assert world.run(days=31) == [("messages", "1 notices")]
    assert [one.key for one in notices.latest(state=None, limit=9)] == ["waiting"]


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
