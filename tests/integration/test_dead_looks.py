"""A process dies after a look's pictures were written and before its transaction has ended."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from filed import NOON, an_incident
from sealed import SIGNER, Sees, recorder_of
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.making import make_due
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.incidents.retention import Periods
from streetwatch.service.store.awaited import AwaitedCopies
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.upkeep.retention import Retention
from streetwatch.service.upkeep.verify import Verification
from streetwatch.vision.masking import Masker
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Frame

CASE = "a" * 26
LATER = NOON * 2


@pytest.fixture
def store() -> Iterator[SqlStore]:
    opened = open_store("sqlite://")
    yield opened
    opened.close()


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    return Copies(EvidenceFolder(tmp_path / "evidence"), Masker(Sees(())))


def die_in_a_look(copies: Copies, incident: Incident) -> None:
    """Write a look's pictures; nothing else of it is ever kept."""
    recorder = recorder_of(copies, incident)
    recorder.pictures.show(Frame("kerb", 1, NOON, Pixels(np.full((360, 640, 3), 50, np.uint8))))
    recorder.pictures.stills_of(incident, frozenset())


def file(store: SqlStore, copies: Copies, incident: Incident) -> None:
    """File an incident by a process that was started just now."""
    recorder = recorder_of(copies, incident)
    recorder.pictures.show(
        Frame("kerb", 2, NOON + 60, Pixels(np.full((360, 640, 3), 90, np.uint8)))
    )
    with store.transaction() as transaction:
        transaction.put_incident(incident)
        kept = frozenset(one.name for one in transaction.attachments(incident.id))
        transaction.put_attachments(incident.id, recorder.pictures.stills_of(incident, kept))
    make_due(copies, AwaitedCopies(store.engine))


def findings(store: SqlStore, copies: Copies) -> list[dict[str, str]]:
    check = Verification(store.engine, copies.folder, Periods(), told=frozenset(), desk=None)
    return [one.line() for one in check.run(now=LATER)]


def tidy(store: SqlStore, copies: Copies) -> None:
    """Run retention, which finds nothing old enough."""
    forever = Periods(*[LATER] * len(Periods.__dataclass_fields__))
    job = Retention(store.engine, copies.folder, forever, frozenset, SIGNER)
    assert list(job.run(now=LATER)) == []


def candidate() -> Incident:
    return an_incident(id=CASE, state=State.CANDIDATE, violation_at=None, opened_at=None)


def test_its_picture_is_taken_anew_where_the_next_process_files_the_case_at_once(
    store: SqlStore, copies: Copies
) -> None:
    die_in_a_look(copies, candidate())
    file(store, copies, an_incident(id=CASE))
    assert findings(store, copies) == []
    with store.transaction() as transaction:
        names = {one.name for one in transaction.attachments(CASE)}
    assert "first_seen.jpg" in names


def test_its_picture_goes_where_what_it_shows_has_left_until_then(
    store: SqlStore, copies: Copies
) -> None:
    die_in_a_look(copies, candidate())
    (found,) = findings(store, copies)
    assert found["finding"] == "file_orphaned"
    tidy(store, copies)
    assert findings(store, copies) == []
    assert list(copies.folder.originals.entries()) == []


def test_pictures_of_what_is_known_or_was_told_stay(store: SqlStore, copies: Copies) -> None:
    file(store, copies, candidate())
    told = an_incident(id="b" * 26)
    die_in_a_look(copies, told)
    copies.folder.write(told.id, "threshold.jpg", b"of a database that was lost")
    before = list(copies.folder.originals.entries())
    tidy(store, copies)
    assert list(copies.folder.originals.entries()) == before
