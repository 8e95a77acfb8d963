"""After a deletion, by age or by hand, nothing of the pictures is left in any folder or table."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from filed import NOON, a_message, promise
from sealed import SIGNER, Sees, seal_case
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.report import Hold, Move, Report
from streetwatch.service.desk.states import CaseState
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.incident import State
from streetwatch.service.incidents.retention import DAY_S, Periods
from streetwatch.service.store.schema import incident
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.store.tables import metadata
from streetwatch.service.upkeep.retention import Retention
from streetwatch.service.upkeep.verify_chain import chain_findings
from streetwatch.vision.masking import Masker

CASE = "a" * 26
OTHER = "b" * 26


@dataclass
class World:
    """Two sealed cases, delivered to the desk; masked, with originals."""

    root: Path
    store: SqlStore
    copies: Copies

    @property
    def job(self) -> Retention:
        folder = self.copies.folder
        return Retention(self.store.engine, folder, Periods(), lambda: frozenset({"kerb"}), SIGNER)

    @property
    def book(self) -> Book:
        return Book(self.store.engine)

    def end(self) -> None:
        for step in (
            CaseState.ACCEPTED,
            CaseState.DISPATCHED,
            CaseState.HANDLED,
            CaseState.CLOSED,
        ):
            self.book.move(CASE, Move(state=step), now=NOON)
        closed = sa.update(incident).where(incident.c.id == CASE)
        with self.store.engine.begin() as connection:
            connection.execute(closed.values(state=State.CLOSED, closed_at=NOON))

    def files_of(self, name: str) -> list[str]:
        found = [one for one in self.root.rglob("*") if one.is_file() and name in one.parts]
        return sorted(str(one.relative_to(self.root)) for one in found)

    def traces_of(self, name: str) -> set[str]:
        """Return the tables in which anything names a file of a case."""
        found = set()
        with self.store.engine.connect() as connection:
            for table in metadata.sorted_tables:
                for row in connection.execute(sa.select(table)).mappings():
                    text = json.dumps(dict(row), default=str)
                    is_named = "threshold.jpg" in text or f"/evidence/{name}" in text
                    if name in text and is_named:
                        found.add(table.name)
        return found


@pytest.fixture
def world(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[World]:
    store = open_store(new_database())
    sees = Sees((("person", (10.0, 10.0, 60.0, 120.0)),))
    copies = Copies(EvidenceFolder(tmp_path / "evidence"), Masker(sees))
    world = World(tmp_path, store, copies)
    for name in (CASE, OTHER):
        image = np.random.default_rng(3).integers(0, 255, (360, 640, 3), np.uint8)
        sealed = seal_case(store, copies, name, image=image)
        document = case_json(a_message(sealed, files=store.evidence(name)).case)
        report = Report.model_validate_json(json.dumps(document))
        world.book.report(report, key=f"key-{name}", now=NOON)
    yield world
    store.close()


def test_before_a_deletion_its_pictures_are_in_two_folders_and_two_tables(world: World) -> None:
    places = {one.split("/")[0] for one in world.files_of(CASE)}
    assert places == {"evidence", "evidence-originals"}
    assert {"attachment", "desk_case"} <= world.traces_of(CASE)


@pytest.mark.parametrize("how", ["by age", "by hand"])
def test_after_a_deletion_no_file_and_no_row_of_its_pictures_is_left(
    world: World, how: str
) -> None:
    world.end()
    before = world.files_of(OTHER)
    if how == "by age":
        assert [one.name for one in world.job.run(now=NOON + 181 * DAY_S)] == [CASE]
    else:
        assert world.job.delete(CASE, why="当事人要求删除", now=NOON + DAY_S).name == CASE
    assert world.files_of(CASE) == []
    assert world.traces_of(CASE) == {"deletion"}
    assert world.files_of(OTHER) == before
    assert list(chain_findings(world.store.engine, world.copies.folder)) == []


def test_what_is_held_or_goes_on_is_not_deleted_by_hand_either(world: World) -> None:
    with pytest.raises(InputError, match="its case has not ended"):
        world.job.delete(CASE, why="no more", now=NOON)
    world.end()
    world.book.hold(CASE, Hold(held=True, by="王律师", why="诉讼"), now=NOON)
    with pytest.raises(InputError, match="legal hold"):
        world.job.delete(CASE, why="no more", now=NOON)
    with pytest.raises(InputError, match="no evidence of it is kept here"):
        world.job.delete("z" * 26, why="no more", now=NOON)
    assert len(world.files_of(CASE)) > 4


def test_a_deletion_says_why_in_the_history_and_in_the_chain(world: World) -> None:
    promise(world.store)
    world.end()
    world.job.delete(CASE, why="当事人要求删除", now=NOON + DAY_S)
    assert world.book.case(CASE)["history"][-1]["note"] == "当事人要求删除"
