"""What goes out is made behind the cameras, again where it must be, and is never the original."""

import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import pytest

from filed import NOON, a_message, an_incident
from sealed import Sees, recorder_of
from streetwatch.service.evidence.behind import Behind
from streetwatch.service.evidence.copies import Copies, Kept, NoCopy
from streetwatch.service.evidence.folder import EvidenceFolder, sha256_of
from streetwatch.service.evidence.making import make_due
from streetwatch.service.evidence.on_its_way import OnItsWay
from streetwatch.service.incidents import handle
from streetwatch.service.incidents.case import Awaited, Message, Occasion
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.incidents.retention import Periods
from streetwatch.service.store.awaited import AwaitedCopies
from streetwatch.service.store.leases import Leases
from streetwatch.service.store.nodes import Myself, Nodes
from streetwatch.service.store.outbox import COPIES_S, Outbox
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.upkeep.verify import Verification
from streetwatch.vision.capture.errors import ClipNotWritten, ClipUnavailable
from streetwatch.vision.capture.masked_clip import mask_clip
from streetwatch.vision.masking import Masker
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Frame, Image
from waiting import PATIENCE_S

CASE, OTHER = "a" * 26, "b" * 26
SOMEBODY = ("person", (40.0, 40.0, 120.0, 200.0))
OF_A_CASE = {"first_seen.jpg", "threshold.jpg", "close_up.jpg", "zone_overlay.jpg"}


def noise(seed: int) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (360, 640, 3), np.uint8)


class World:
    """A camera's recorder, a store, and what masks."""

    def __init__(self, folder: Path, store: SqlStore) -> None:
        self.store = store
        self.folder = EvidenceFolder(folder / "evidence")
        self.sees = Sees((SOMEBODY,))
        self.copies = Copies(self.folder, Masker(self.sees))
        self.awaited = AwaitedCopies(store.engine)
        self.outbox = Outbox(store.engine)

    def file(self, incident: Incident, *, at: float = NOON) -> None:
        """File an incident with its pictures, and promise the case to one target."""
        recorder = recorder_of(self.copies, incident)
        recorder.pictures.show(Frame("kerb", 1, at, Pixels(noise(1))))
        with self.store.transaction() as transaction:
            transaction.put_incident(incident)
            kept = frozenset(one.name for one in transaction.attachments(incident.id))
            transaction.put_attachments(incident.id, recorder.pictures.stills_of(incident, kept))
            if incident.state is State.CANDIDATE:
                return
            files = transaction.attachments(incident.id)
            told = a_message(incident, files=files)
            transaction.enqueue(told, targets=["city"], at=at)

    def claim(self, at: float) -> Message | None:
        claimed = self.outbox.claim("city", now=at, lease_s=60.0)
        return None if claimed is None else claimed.message

    def findings(self) -> list[dict[str, str]]:
        engine = self.store.engine
        check = Verification(engine, self.folder, Periods(), told=frozenset(), desk=None)
        return [one.line() for one in check.run(now=NOON * 2)]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    store = open_store("sqlite://")
    yield World(tmp_path, store)
    store.close()


def names(message: Message | None) -> set[str]:
    assert message is not None
    return {one.name for one in message.case.evidence}


def test_a_look_keeps_the_originals_and_asks_no_detector(world: World) -> None:
    world.file(an_incident(id=CASE))
    assert world.sees.asked == []
    assert not any(world.folder.root.iterdir())
    assert {one.name for one in (world.folder.originals_root / CASE).iterdir()} == OF_A_CASE
    assert world.store.evidence(CASE) == ()
    assert world.findings() == []


def test_copies_that_two_processes_make_at_once_are_there(world: World) -> None:
    """One is handed a camera while the other still makes its copies."""
    world.file(an_incident(id=CASE))

    class Late(AwaitedCopies):
        def some(self, *, besides: Collection[str] = ()) -> tuple[Awaited, ...]:
            due = super().some(besides=besides)
            if due:
                make_due(world.copies, world.awaited)
            return due

    make_due(world.copies, Late(world.store.engine))
    assert {one.name for one in (world.folder.root / CASE).iterdir()} == OF_A_CASE
    assert world.findings() == []


def test_copies_are_made_by_whoever_has_the_camera(world: World) -> None:
    world.file(an_incident(id=CASE))
    nodes = Nodes(world.store.engine, lease_s=60.0)
    here = Myself("a", "http://a", "1", 1.0)
    nodes.enter(here)
    nodes.plan(here, lambda _: {"kerb": "a"}, every_s=0.0)
    Leases(world.store.engine, "a").take(["kerb"])
    assert AwaitedCopies(world.store.engine, "b").some() == ()
    assert {one.incident_id for one in AwaitedCopies(world.store.engine, "a").some()} == {CASE}


@dataclass
class Elsewhere:
    """A picture that lies on another node's disk, and the time."""

    path: Path
    content: bytes
    now: float = NOON

    @classmethod
    def of(cls, world: World, case: str, name: str) -> Self:
        path = world.folder.originals_root / case / name
        content = path.read_bytes()
        path.unlink()
        return cls(path, content)

    def on_its_way(self) -> OnItsWay:
        return OnItsWay(lambda: self.now, 60.0)


def test_what_another_node_is_moving_is_waited_for_and_holds_nobody_up(world: World) -> None:
    world.file(an_incident(id=CASE))
    world.file(an_incident(id=OTHER, zone_id="kerb-2"), at=NOON + 1)
    missing = Elsewhere.of(world, CASE, "threshold.jpg")
    on_its_way = missing.on_its_way()
    make_due(world.copies, world.awaited, on_its_way)
    assert {one.name for one in world.store.evidence(OTHER)} == OF_A_CASE
    assert {one.name for one in world.store.evidence(CASE)} == {"first_seen.jpg"}
    missing.now += 59
    missing.path.write_bytes(missing.content)
    make_due(world.copies, world.awaited, on_its_way)
    assert {one.name for one in world.store.evidence(CASE)} == OF_A_CASE
    assert world.findings() == []


def test_what_did_not_come_is_lost_and_said_in_the_manifest(world: World) -> None:
    incident = an_incident(id=CASE)
    world.file(incident)
    missing = Elsewhere.of(world, CASE, "first_seen.jpg")
    on_its_way = missing.on_its_way()
    make_due(world.copies, world.awaited, on_its_way)
    assert world.awaited.count() == 1
    missing.now += 60
    make_due(world.copies, world.awaited, on_its_way)
    assert {one.name for one in world.store.evidence(CASE)} == OF_A_CASE - {"first_seen.jpg"}
    seal(world, incident)
    assert b"first_seen: its original was lost" in world.folder.read(CASE, "manifest.json")
    assert world.findings() == [], "it is said: nothing is wrong"


def test_a_candidate_without_its_picture_is_nothing_wrong_yet(world: World) -> None:
    candidate = an_incident(id=CASE, state=State.CANDIDATE, violation_at=None, first_seen=NOON - 60)
    world.file(candidate, at=NOON - 60)
    Elsewhere.of(world, CASE, "first_seen.jpg")
    assert world.findings() == []
    world.file(an_incident(id=CASE, first_seen=NOON - 60))
    assert [one["finding"] for one in world.findings()] == ["original_missing"]


def seal(world: World, incident: Incident) -> None:
    recorder = recorder_of(world.copies, incident)
    gathered = recorder.gather(incident).result()
    assert gathered is not None
    watched = Watched(gathered.site, (gathered.zone,), "model@1")
    sealed = recorder.sealed(gathered, NOON)
    assert handle.complete_evidence(CASE, sealed, watched=watched, store=world.store, at=NOON)


def test_a_message_waits_for_its_masked_pictures_and_brings_them(world: World) -> None:
    world.file(an_incident(id=CASE))
    assert world.claim(NOON + 1) is None
    make_due(world.copies, world.awaited)
    message = world.claim(NOON + 2)
    assert names(message) == OF_A_CASE
    assert message is not None
    for one in message.case.evidence:
        assert one.sha256 == sha256_of(world.folder.path(CASE, one.name)) != one.original_sha256
    assert world.claim(NOON + 3) is None, "it is told once"
    assert world.findings() == []


def test_the_files_of_one_picture_are_looked_at_once(world: World) -> None:
    world.file(an_incident(id=CASE))
    make_due(world.copies, world.awaited)
    looks_of_one = 2  # whole, and closer
    assert len(world.sees.asked) == 2 * looks_of_one, "the first picture, and the threshold's"


def test_what_can_not_be_masked_in_time_is_told_without_and_brought_later(world: World) -> None:
    world.file(an_incident(id=CASE))
    late = NOON + COPIES_S
    claimed = world.outbox.claim("city", now=late, lease_s=60.0)
    assert claimed is not None
    assert names(claimed.message) == set()
    world.outbox.retry(claimed, due_at=late, reason="503", may_have_arrived=False)
    again = world.outbox.claim("city", now=late, lease_s=60.0)
    assert again is not None
    assert again.message.key == claimed.message.key
    world.outbox.park(again, reason="taken", may_have_arrived=True)
    assert world.claim(late + 1) is None, "what follows waits, and for its pictures"


def test_what_follows_brings_the_pictures_once_they_are_there(world: World) -> None:
    world.file(an_incident(id=CASE))
    late = NOON + COPIES_S
    claimed = world.outbox.claim("city", now=late, lease_s=60.0)
    assert claimed is not None
    world.outbox.delivered(claimed, Receipt("42"), now=late)
    assert world.claim(late + 1) is None
    make_due(world.copies, world.awaited)
    follows = world.claim(late + 2)
    assert follows is not None
    assert follows.occasion is Occasion.EVIDENCE
    assert names(follows) == OF_A_CASE


def test_a_candidate_has_no_copy_before_it_is_a_case(world: World) -> None:
    candidate = an_incident(id=CASE, state=State.CANDIDATE, violation_at=None, first_seen=NOON - 60)
    world.file(candidate, at=NOON - 60)
    make_due(world.copies, world.awaited)
    assert world.sees.asked == []
    assert world.awaited.count() == 1
    world.file(an_incident(id=CASE, first_seen=NOON - 60))
    make_due(world.copies, world.awaited)
    files = {one.name: one for one in world.store.evidence(CASE)}
    assert files["first_seen.jpg"].captured_at == NOON - 60, "the picture of before a restart"
    assert set(files) == OF_A_CASE
    assert world.findings() == []


def test_evidence_is_sealed_when_its_copies_are_there(world: World) -> None:
    incident = an_incident(id=CASE)
    world.file(incident)
    recorder = recorder_of(world.copies, incident)
    gathered = recorder.gather(incident).result()
    assert gathered is not None
    watched = Watched(gathered.site, (gathered.zone,), "model@1")

    def seal() -> bool:
        sealed = recorder.sealed(gathered, NOON)
        return handle.complete_evidence(CASE, sealed, watched=watched, store=world.store, at=NOON)

    assert not seal()
    assert world.findings() == []
    make_due(world.copies, world.awaited)
    assert seal()
    assert {one.role for one in world.store.evidence(CASE)} >= {"manifest", "threshold"}
    assert world.findings() == []


def test_a_lost_original_is_said_in_the_manifest(world: World) -> None:
    incident = an_incident(id=CASE)
    world.file(incident)
    (world.folder.originals_root / CASE / "threshold.jpg").write_bytes(b"no picture")
    make_due(world.copies, world.awaited)
    assert world.awaited.count() == 0
    seal(world, incident)
    assert b"threshold: its original was lost" in world.folder.read(CASE, "manifest.json")


def test_what_the_disk_refuses_stays_due(world: World) -> None:
    world.file(an_incident(id=CASE))
    (world.folder.root / CASE).write_text("no folder")
    make_due(world.copies, world.awaited)
    assert world.awaited.count() == len(OF_A_CASE)
    (world.folder.root / CASE).unlink()
    make_due(world.copies, world.awaited)
    assert world.awaited.count() == 0


def test_a_copy_of_what_is_kept_no_more_is_not_left(world: World) -> None:
    world.file(an_incident(id=CASE))
    (one, *_) = world.awaited.some()
    other = replace(one.attachment, original_sha256="0" * 64)
    assert not world.awaited.made(replace(one, attachment=other), "1" * 64)
    assert world.awaited.count() == len(OF_A_CASE)


def test_a_clip_that_nobody_can_see_has_no_copy_and_is_not_handed_out(world: World) -> None:
    digest = world.copies.cut_into.write(CASE, "clip.mp4", b"no video\n" * 500)
    assert isinstance(world.copies.clip(CASE, "clip.mp4", digest, None), NoCopy)
    assert not world.folder.path(CASE, "clip.mp4").exists()
    assert not (world.folder.originals_root / CASE / "clip.mp4").exists()


def test_a_copy_has_fewer_pictures_and_the_time_of_its_clip(
    world: World, counting_clip: Callable[..., Path]
) -> None:
    clip = counting_clip(pictures=60, fps=20)
    digest = world.copies.cut_into.write(CASE, "clip.mp4", clip.read_bytes())
    made = world.copies.clip(CASE, "clip.mp4", digest, None)
    assert made == Kept(sha256_of(world.folder.path(CASE, "clip.mp4")), digest)


def test_a_clip_that_is_masked_gives_way_to_what_is_due() -> None:
    behind, done = Behind(), list[str]()
    begun, go_on = threading.Event(), threading.Event()

    def clip() -> None:
        begun.set()
        go_on.wait(PATIENCE_S)
        behind.give_way()
        done.append("clip")

    behind.start(lambda: done.append("due"))
    masked = behind.submit(clip)
    assert begun.wait(PATIENCE_S)
    done.clear()
    behind.wake()
    go_on.set()
    masked.result(timeout=PATIENCE_S)
    behind.stop(timeout_s=PATIENCE_S)
    assert done[:2] == ["due", "clip"]


def test_a_service_that_stops_masks_no_other_clip_and_leaves_none_half_made(
    counting_clip: Callable[..., Path], tmp_path: Path
) -> None:
    clip, masker = counting_clip(), Masker(Sees(()))
    with pytest.raises(ClipNotWritten, match="the service stops"):
        mask_clip(clip, tmp_path / "copy.mp4", masker, stopped=lambda: True)
    with pytest.raises(ClipUnavailable):
        mask_clip(Path(__file__), tmp_path / "copy.mp4", masker)
    assert list(tmp_path.glob("*copy*")) == []

    busy, behind = threading.Event(), Behind()
    behind.start(lambda: None)
    behind.submit(lambda: busy.wait(PATIENCE_S))
    waiting = behind.submit(lambda: "made")
    behind.stop(timeout_s=0)
    busy.set()
    for job in (waiting, behind.submit(lambda: "made")):
        with pytest.raises(StorageError, match="the service stops"):
            job.result(timeout=PATIENCE_S)
    behind.stop(timeout_s=PATIENCE_S)
