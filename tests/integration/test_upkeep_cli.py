"""Retention, backup, restore and verify as an operator calls them."""

from pathlib import Path
from typing import Any

import pytest

from commands import lines_of, streetwatch
from databases import PostgresServer
from filed import NOON, a_message, an_incident, evidence
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.incident import State
from streetwatch.service.store.sql_store import open_store

CAMERAS = "cameras: [{id: kerb, source: {kind: file, url: clip.mp4}}]"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A service that has run: a case with evidence, and a candidate of long ago."""
    (tmp_path / "cameras.yaml").write_text(CAMERAS)
    (tmp_path / "streetwatch.yaml").write_text("{}")
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'streetwatch.db'}")
    folder = EvidenceFolder(tmp_path / "data" / "evidence")
    old = an_incident(id="c" * 26, state=State.CLOSED, violation_at=None, last_seen=NOON - 1e9)
    with store.transaction() as transaction:
        for incident in (an_incident(), old):
            transaction.put_incident(incident)
            digest = folder.write(incident.id, "threshold.jpg", b"picture")
            transaction.put_attachments(incident.id, [evidence(sha256=digest)])
        transaction.enqueue(a_message(), targets=("desk",), at=NOON)
    store.close()
    return tmp_path / "streetwatch.yaml"


def lines(*arguments: object, status: int = 0) -> list[dict[str, Any]]:
    return lines_of(streetwatch(*arguments, "--json"), status)


def test_what_is_due_is_told_and_then_deleted(config: Path) -> None:
    told = lines("retention", "--dry-run", "--config", config)
    assert [(one["kind"], one["name"]) for one in told] == [("candidate", "c" * 26)]
    assert lines("retention", "--config", config) == told
    assert lines("retention", "--config", config) == []


def test_a_backup_is_restored_and_verified(config: Path, tmp_path: Path) -> None:
    (made,) = lines("backup", tmp_path / "backup", "--config", config)
    assert (made["files"], made["damaged"]) == (2, [])
    other = tmp_path / "other.yaml"
    other.write_text("data_dir: other")
    (restored,) = lines("restore", tmp_path / "backup", "--config", other)
    assert restored["files"] == 2
    assert lines("verify", "--store", "--config", other) == []


def test_what_does_not_agree_is_a_line_and_exit_status_1(config: Path) -> None:
    (config.parent / "data" / "evidence" / ("a" * 26) / "threshold.jpg").unlink()
    (finding,) = lines("verify", "--store", "--config", config, status=1)
    assert finding["finding"] == "file_missing"
    assert finding["name"] == "a" * 26 + "/threshold.jpg"


def refused(*arguments: object) -> str:
    done = streetwatch(*arguments)
    assert done.returncode == 2, done.stdout
    (line,) = done.stderr.splitlines()
    return line


def test_wrong_input_is_one_line_that_says_what_to_do(
    config: Path, tmp_path: Path, postgres: PostgresServer
) -> None:
    assert "to be checked: EVIDENCE.zip, --store or --audit" in refused(
        "verify", "--config", config
    )
    assert "is not empty" in refused("backup", tmp_path, "--config", config)
    assert "no whole backup" in refused("restore", tmp_path / "x", "--config", _elsewhere(tmp_path))
    with postgres.database() as address:
        config.write_text(f'database: "{address}"')
        assert "run pg_dump" in refused("backup", tmp_path / "new", "--config", config)
        assert "pg_restore" in refused("restore", tmp_path / "new", "--config", config)


def _elsewhere(folder: Path) -> Path:
    config = folder / "elsewhere.yaml"
    config.write_text("data_dir: elsewhere")
    return config
