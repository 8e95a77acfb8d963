"""How long the pictures of reports are kept that no camera made."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from filed import NOON, a_message, an_incident
from retained_world import CASE, World
from streetwatch.service.access.doer import Doer
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.draft import Draft
from streetwatch.service.desk.merging import Nearness
from streetwatch.service.desk.report import Hold, Move
from streetwatch.service.desk.states import CaseState
from streetwatch.service.incidents.incident import State
from streetwatch.service.incidents.retention import DAY_S
from streetwatch.service.store.schema import desk_case, desk_merged


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
