"""Every manifest is signed and has its place in its camera's chain, whatever dies in between."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from filed import NOON, an_incident
from sealed import SEAL, SIGNER, seal_case
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.keys import PublicKey, Signer
from streetwatch.service.evidence.manifest import EvidenceSeal
from streetwatch.service.incidents.incident import State
from streetwatch.service.incidents.retention import DAY_S, Periods
from streetwatch.service.store.chain_schema import evidence_link
from streetwatch.service.store.chains import all_links, public_keys
from streetwatch.service.store.schema import attachment, incident
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.upkeep.retention import Retention
from streetwatch.service.upkeep.verify_chain import chain_findings

NAMES = ("a" * 26, "b" * 26, "c" * 26)


@dataclass
class World:
    """A camera's three cases, sealed one after the other."""

    store: SqlStore
    copies: Copies

    @property
    def folder(self) -> EvidenceFolder:
        assert isinstance(self.copies.folder, EvidenceFolder)
        return self.copies.folder

    def seal(self, name: str, *, camera: str = "kerb", seal: EvidenceSeal = SEAL) -> None:
        seal_case(self.store, self.copies, name, camera=camera, seal=seal)

    def findings(self) -> list[tuple[str, str]]:
        found = chain_findings(self.store.engine, self.folder)
        return [(one.what, one.name) for one in found]

    def manifest(self, name: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.folder.read(name, "manifest.json"))
        return document

    def execute(self, statement: sa.Executable) -> None:
        with self.store.engine.begin() as connection:
            connection.execute(statement)

    def retain(self) -> list[str]:
        """Let the time of the second case's evidence be over."""
        self.execute(
            sa.update(incident)
            .where(incident.c.id == NAMES[1])
            .values(state=State.CLOSED, closed_at=NOON, violation_at=NOON - 400 * DAY_S)
        )
        self.execute(sa.update(attachment).values(captured_at=NOON - 400 * DAY_S))
        self.execute(sa.update(incident).where(incident.c.id != NAMES[1]).values(violation_at=NOON))
        job = Retention(
            self.store.engine, self.folder, Periods(), lambda: frozenset({"kerb"}), SIGNER
        )
        return [one.name for one in job.run(now=NOON + 100 * DAY_S)]


@pytest.fixture
def world(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[World]:
    store = open_store(new_database())
    world = World(store, Copies(EvidenceFolder(tmp_path / "evidence")))
    for name in NAMES:
        world.seal(name)
    yield world
    store.close()


def test_each_manifest_names_its_cameras_one_before_and_is_signed(world: World) -> None:
    world.seal("d" * 26, camera="gate")
    links = list(all_links(world.store.engine))
    assert [(one.camera_id, one.position) for one in links] == [
        ("gate", 1),
        ("kerb", 1),
        ("kerb", 2),
        ("kerb", 3),
    ]
    kerb = links[1:]
    assert [one.previous for one in kerb] == [None, kerb[0].sha256, kerb[1].sha256]
    for link in links:
        manifest = world.folder.read(link.incident_id, "manifest.json")
        signature = world.folder.read(link.incident_id, "manifest.sig")
        assert SIGNER.public.proves(signature, manifest)
        said = json.loads(manifest)
        assert said["chain"] == {
            "camera": link.camera_id,
            "position": link.position,
            "previous": link.previous,
        }
        assert said["signed_with"] == {"algorithm": "Ed25519", "key": SIGNER.public.id}
    assert world.findings() == []


def test_a_manifest_says_what_judged_and_what_wrote_it(world: World) -> None:
    clock = EvidenceSeal(SIGNER, "streetwatch 9", "street-1", "e" * 64, lambda: 2.5)
    world.seal("d" * 26, seal=clock)
    said = world.manifest("d" * 26)
    assert said["rule"]["type"] == "illegal_parking_motor"
    assert said["zone"]["id"] == "carriageway"
    assert (said["model"], said["model_sha256"]) == ("street-1", "e" * 64)
    assert (said["software"], said["camera"]["clock_offset_s"]) == ("streetwatch 9", 2.5)
    before = world.manifest(NAMES[0])  # another model saw for it than the one of now
    assert (before["model_sha256"], before["camera"]["clock_offset_s"]) == (None, None)


def test_a_new_key_signs_on_and_the_old_one_still_proves(world: World) -> None:
    new = Signer.made()
    world.seal("d" * 26, seal=EvidenceSeal(new, "streetwatch 0", "model@1", "f" * 64))
    keys = [PublicKey(bytes.fromhex(one)).id for one in public_keys(world.store.engine)]
    assert sorted(keys) == sorted([SIGNER.public.id, new.public.id])
    assert world.findings() == []


def lose_a_record(world: World) -> None:
    world.execute(sa.delete(evidence_link).where(evidence_link.c.position == 2))


def change_a_manifest(world: World) -> None:
    changed = world.folder.read(NAMES[1], "manifest.json").replace(b"0.77", b"0.99")
    world.folder.write(NAMES[1], "manifest.json", b"{}" + changed)


def lose_the_evidence(world: World) -> None:
    world.folder.remove(NAMES[1])


def fork(world: World) -> None:
    other = world.folder.read(NAMES[1], "manifest.json").replace(b"0.77", b"0.99")
    world.folder.write(NAMES[1], "manifest.json", other)


def forge(world: World) -> None:
    signature = Signer.made().sign(world.folder.read(NAMES[1], "manifest.json")).hex()
    second = evidence_link.c.position == 2
    world.execute(sa.update(evidence_link).where(second).values(signature=signature))


def swap(world: World) -> None:
    second = evidence_link.c.position == 2
    world.execute(sa.update(evidence_link).where(second).values(previous="0" * 64))


def unchain(world: World) -> None:
    world.execute(sa.delete(evidence_link).where(evidence_link.c.position == 3))


WRONG = {
    "a record that is gone": (
        lose_a_record,
        [("chain_gap", "kerb/3"), ("record_unchained", NAMES[1])],
    ),
    "a changed manifest": (change_a_manifest, [("record_changed", "kerb/2")]),
    "evidence that is gone": (lose_the_evidence, [("record_missing", "kerb/2")]),
    "another manifest in its place": (fork, [("chain_fork", "kerb/2")]),
    "another's signature": (forge, [("record_forged", "kerb/2")]),
    "a record that follows another": (swap, [("chain_fork", "kerb/2"), ("chain_fork", "kerb/2")]),
    "a manifest in no chain": (unchain, [("record_unchained", NAMES[2])]),
}


@pytest.mark.parametrize(("spoil", "found"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_with_a_chain_is_found_and_told_apart(
    world: World, spoil: Callable[[World], None], found: list[tuple[str, str]]
) -> None:
    spoil(world)
    assert world.findings() == found


def test_a_deletion_by_retention_is_a_record_and_no_gap(world: World) -> None:
    assert world.retain() == [NAMES[1]]
    assert not (world.folder.root / NAMES[1]).exists()
    assert world.findings() == []
    last = list(all_links(world.store.engine))[-1]
    assert (last.position, last.kind, last.incident_id) == (4, "deletion", NAMES[1])
    said = json.loads(last.body or "")
    assert said["removed"]["position"] == 2
    assert SIGNER.public.proves(bytes.fromhex(last.signature), (last.body or "").encode())


def forget_the_deletion(world: World) -> None:
    world.execute(sa.delete(evidence_link).where(evidence_link.c.position == 4))


def change_the_deletion(world: World) -> None:
    last = evidence_link.c.position == 4
    body = list(all_links(world.store.engine))[-1].body or ""
    changed = body.replace('"reason": "', '"reason": "not ')
    world.execute(sa.update(evidence_link).where(last).values(body=changed))


def put_it_back(world: World) -> None:
    world.folder.write(NAMES[1], "manifest.json", b"{}")


AFTER = {
    "a deletion that is gone": (forget_the_deletion, [("record_missing", "kerb/2")]),
    "another reason": (change_the_deletion, [("record_changed", "kerb/4")]),
    "a manifest that is back": (put_it_back, [("record_returned", "kerb/2")]),
}


@pytest.mark.parametrize(("spoil", "found"), AFTER.values(), ids=AFTER.keys())
def test_a_deletion_that_was_tampered_with_is_found(
    world: World, spoil: Callable[[World], None], found: list[tuple[str, str]]
) -> None:
    world.retain()
    spoil(world)
    assert world.findings() == found


def test_a_manifest_of_before_is_no_finding(world: World) -> None:
    before = b'{"format": "streetwatch-evidence/1", "files": []}'
    name = "d" * 26
    with world.store.transaction() as transaction:
        transaction.put_incident(an_incident(id=name))
    row = {
        "incident_id": name,
        "name": "manifest.json",
        "position": 0,
        "role": "manifest",
        "media_type": "application/json",
        "sha256": world.folder.write(name, "manifest.json", before),
        "captured_at": NOON,
    }
    world.execute(sa.insert(attachment).values(row))
    assert world.findings() == []


#: Seals a case in a process that dies at the n-th step, then in one that does not.
KILLED = """
import os, signal, sys
from pathlib import Path

from sealed import seal_case
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store import chains, sql_store
from streetwatch.service.upkeep.verify_chain import chain_findings

root = Path(sys.argv[1])


def step(left):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)


class Mortal(EvidenceFolder):
    def write_by(self, *told):
        step(LEFT)
        done = super().write_by(*told)
        step(LEFT)
        return done


def die_around(name):
    whole = getattr(chains, name)

    def around(*told):
        step(LEFT)
        done = whole(*told)
        step(LEFT)
        return done

    setattr(chains, name, around)


die_around("chain_end")
die_around("put_link")
for steps in range(60):
    LEFT = [steps]
    folder = root / str(steps)
    folder.mkdir()
    database = f"sqlite:///{folder / 'db'}"
    child = os.fork()
    if child == 0:
        store = sql_store.open_store(database)
        seal_case(store, Copies(Mortal(folder / "evidence")), "a" * 26)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    LEFT = [10**9]
    store = sql_store.open_store(database)
    copies = Copies(EvidenceFolder(folder / "evidence"))
    seal_case(store, copies, "a" * 26)
    seal_case(store, copies, "b" * 26)
    found = list(chain_findings(store.engine, copies.folder))
    links = [one.position for one in chains.all_links(store.engine)]
    print(steps, os.WIFSIGNALED(status), links, found, flush=True)
    store.close()
    if not os.WIFSIGNALED(status):
        break
"""


def test_a_process_that_is_killed_at_any_step_leaves_no_broken_chain(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path)],
        capture_output=True,
        check=True,
        text=True,
        cwd=Path(__file__).parents[1],
        env={"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": ""},
    )
    runs = [line.split(" ", 2) for line in done.stdout.splitlines()]
    assert [how for _, how, _ in runs] == ["True"] * (len(runs) - 1) + ["False"]
    assert len(runs) > 15
    assert {said for *_, said in runs} == {"[1, 2] []"}
