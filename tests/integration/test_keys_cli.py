"""Keys, deletions by hand and sealed originals, as an operator has them."""

import base64
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from filed import NOON
from sealed import SIGNER, Sees, packed_case, seal_case
from streetwatch.cli import app
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.sql_store import open_store
from streetwatch.service.upkeep.backup import back_up
from streetwatch.service.upkeep.restore import restore
from streetwatch.vision.masking import Masker

CASE = "a" * 26


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Path]:
    """A service that has run, with a sealed case that another key has signed."""
    (tmp_path / "cameras.yaml").write_text(
        "cameras: [{id: kerb, source: {kind: file, url: clip.mp4}}]"
    )
    path = tmp_path / "streetwatch.yaml"
    path.write_text(f"data_dir: {tmp_path / 'data'}\ncameras: {tmp_path / 'cameras.yaml'}\n")
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'streetwatch.db'}")
    packed_case(store, EvidenceFolder(tmp_path / "data" / "evidence"))
    store.close()
    yield path
    structlog.reset_defaults()  # a command writes its log to what is closed by now


def run(*arguments: object) -> list[dict[str, Any]]:
    done = CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_key_is_rotated_and_the_keys_of_before_are_still_shown(config: Path) -> None:
    before = {one["key"]: one["signs_now"] for one in run("keys", "show", "--config", config)}
    (rotated,) = run("keys", "rotate", "--config", config)
    after = {one["key"]: one["signs_now"] for one in run("keys", "show", "--config", config)}
    assert before[SIGNER.public.id] is after[SIGNER.public.id] is False
    assert after[rotated["key"]] is True
    assert rotated["key"] not in before


def test_a_key_of_the_settings_is_not_rotated_here(config: Path) -> None:
    key = base64.b64encode(b"k" * 32).decode()
    config.write_text(f"{config.read_text()}evidence: {{signing_key: {key}}}\n")
    assert [one["signs_now"] for one in run("keys", "show", "--config", config)].count(True) == 1
    with pytest.raises(InputError, match="write another key there") as refused:
        run("keys", "rotate", "--config", config)
    assert key not in str(refused.value)


def test_a_case_is_deleted_by_hand_only_with_a_reason_and_when_it_has_ended(config: Path) -> None:
    with pytest.raises(InputError, match="give --case together with --why"):
        run("retention", "--case", CASE, "--config", config)
    with pytest.raises(InputError, match="its case has not ended"):
        run("retention", "--case", CASE, "--why", "当事人要求", "--config", config)
    assert (config.parent / "data" / "evidence" / CASE / "manifest.json").is_file()


def test_sealed_originals_are_backed_up_and_come_back_for_their_owner_alone(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'streetwatch.db'}")
    folder = EvidenceFolder(tmp_path / "data" / "evidence")
    seal_case(store, Copies(folder, Masker(Sees((("person", (9.0, 9.0, 99.0, 99.0)),)))), CASE)
    made = back_up(store.engine, folder, tmp_path / "backup", now=NOON)
    store.close()
    assert made.damaged == ()
    restore(tmp_path / "backup", tmp_path / "restored")
    there = tmp_path / "restored" / "evidence-originals"
    assert stat.S_IMODE(there.stat().st_mode) == 0o700
    names = sorted(one.name for one in (there / CASE).iterdir())
    assert "threshold.jpg" in names
    assert names == sorted(one.name for one in (folder.originals_root / CASE).iterdir())
    (tmp_path / "backup" / "evidence-originals" / CASE / "threshold.jpg").write_bytes(b"another")
    with pytest.raises(InputError, match=r"evidence-originals/a+/threshold\.jpg is not what was"):
        restore(tmp_path / "backup", tmp_path / "again")
