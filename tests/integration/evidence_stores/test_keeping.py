"""Whatever keeps evidence keeps it alike: a folder, what waits, an S3 store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from bucket_parts import CASE, OTHER
from filed import NOON, an_incident
from sealed import SIGNER, Sees, recorder_of
from streetwatch.service.evidence.bucketed import BucketedEvidence
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.folder import EvidenceFolder, sha256_hex
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.evidence.making import make_due
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import State
from streetwatch.service.incidents.retention import Periods
from streetwatch.service.store.awaited import AwaitedCopies
from streetwatch.service.store.sql_store import open_store
from streetwatch.service.upkeep.retention import Retention
from streetwatch.service.upkeep.verify import Verification
from streetwatch.vision.masking import Masker
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Frame, Image


@pytest.fixture(params=["folder", "waiting", "moved"])
def kept(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[EvidenceStore, Callable[[], object]]]:
    """A store, and what is done with it between writing and reading."""
    if request.param == "folder":
        yield EvidenceFolder(tmp_path / "evidence"), lambda: None
        return
    store: BucketedEvidence = request.getfixturevalue("bucket")
    yield store, store.move if request.param == "moved" else lambda: None


Kept = tuple[EvidenceStore, Callable[[], object]]


def test_what_was_written_is_read_by_every_way(kept: Kept) -> None:
    store, move = kept
    for one in (store, store.originals):
        content = b"picture of " + type(one).__name__.encode()
        digest = one.write(CASE, "still.jpg", content)
        move()
        assert digest == one.sha256(CASE, "still.jpg") == sha256_hex(content)
        assert one.has(CASE, "still.jpg")
        assert one.read(CASE, "still.jpg") == content
        path = one.fetched(CASE, "still.jpg")
        assert path is not None
        assert path.read_bytes() == content
        assert one.names(CASE) == ("still.jpg",)
    assert [(one.folder, one.name) for one in store.entries()] == [(CASE, "still.jpg")]


def test_what_is_not_there_is_told_as_such(kept: Kept) -> None:
    store, move = kept
    store.write(CASE, "still.jpg", b"picture")
    move()
    assert not store.has(CASE, "none.jpg")
    assert not store.originals.has(CASE, "still.jpg")
    assert store.sha256(CASE, "none.jpg") is None
    assert store.fetched(CASE, "none.jpg") is None
    assert store.names(OTHER) == ()
    with pytest.raises(StorageError, match="can't be read"):
        store.read(CASE, "none.jpg")


@pytest.mark.parametrize("name", ["../still.jpg", "a/b", ".hidden", ""])
def test_no_name_leads_elsewhere(kept: Kept, name: str) -> None:
    store, _ = kept
    for ask in (store.has, store.read, store.fetched, store.sha256, store.discard):
        with pytest.raises(ValueError, match="not a name of evidence"):
            ask(CASE, name)
    with pytest.raises(ValueError, match="not a name of evidence"):
        store.remove(f"../{CASE}")


def test_a_later_file_replaces_an_earlier_one(kept: Kept) -> None:
    store, move = kept
    store.write(CASE, "still.jpg", b"before")
    move()

    def after(path: Path) -> None:
        path.write_bytes(b"after")

    store.write_by(CASE, "still.jpg", after)
    assert store.read(CASE, "still.jpg") == b"after"
    move()
    assert store.read(CASE, "still.jpg") == b"after"


def test_what_fails_half_way_leaves_what_was_there(kept: Kept) -> None:
    store, move = kept
    store.write(CASE, "clip.mp4", b"before")
    move()

    def fail(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left"):
        store.write_by(CASE, "clip.mp4", fail)
    move()
    assert store.read(CASE, "clip.mp4") == b"before"
    assert store.names(CASE) == ("clip.mp4",)


def test_a_deletion_leaves_nothing_anywhere_and_touches_no_other(kept: Kept) -> None:
    store, move = kept
    for case in (CASE, OTHER):
        store.write(case, "still.jpg", b"picture")
        store.originals.write(case, "still.jpg", b"original")
    move()
    store.fetched(CASE, "still.jpg")
    store.originals.fetched(CASE, "still.jpg")
    store.remove(CASE)
    store.remove(CASE)
    move()
    for one in (store, store.originals):
        assert one.names(CASE) == ()
        assert one.names(OTHER) == ("still.jpg",)
        assert {entry.folder for entry in one.entries()} == {OTHER}
    store.discard(OTHER, "still.jpg")
    assert not store.has(OTHER, "still.jpg")


def test_masked_copies_are_made_of_originals_wherever_they_are(kept: Kept) -> None:
    folder, move = kept
    store = open_store("sqlite://")
    try:
        copies = Copies(folder, Masker(Sees((("person", (9.0, 9.0, 99.0, 99.0)),))))
        incident = an_incident(id=CASE)
        recorder = recorder_of(copies, incident)
        recorder.pictures.show(Frame("kerb", 1, NOON, Pixels(picture())))
        with store.transaction() as transaction:
            transaction.put_incident(incident)
            transaction.put_attachments(CASE, recorder.pictures.stills_of(incident, frozenset()))
        move()
        make_due(copies, AwaitedCopies(store.engine))
        move()
        check = Verification(store.engine, folder, Periods(), told=frozenset(), desk=None)
        assert [one.line() for one in check.run(now=NOON * 2)] == []
        folder.write(CASE, "threshold.jpg", b"another")
        folder.originals.discard(CASE, "first_seen.jpg")
        folder.write(OTHER, "still.jpg", b"nobody's")
        move()
        kinds = sorted(one.line()["finding"] for one in check.run(now=NOON * 2))
        assert kinds == ["file_changed", "file_orphaned", "original_missing"]
    finally:
        store.close()


def picture() -> Image:
    return np.random.default_rng(1).integers(0, 256, (360, 640, 3), np.uint8)


def test_retention_deletes_in_the_store_what_is_over(kept: Kept) -> None:
    evidence, move = kept
    store = open_store("sqlite://")
    try:
        with store.transaction() as transaction:
            transaction.put_incident(
                an_incident(id=CASE, state=State.CANDIDATE, violation_at=None, opened_at=None)
            )
        evidence.originals.write(CASE, "first_seen.jpg", b"original")
        evidence.write(OTHER, "still.jpg", b"of another")
        move()
        job = Retention(store.engine, evidence, Periods(), frozenset, SIGNER)
        (gone,) = [one for one in job.run(now=NOON + 400 * 86_400) if one.name == CASE]
        assert gone.kind == "candidate"
        assert evidence.originals.names(CASE) == ()
        assert evidence.names(OTHER) == ("still.jpg",)
    finally:
        store.close()
