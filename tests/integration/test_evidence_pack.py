"""Evidence packs: made over HTTP and by the command, checked by themselves."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from filed import NOON, a_message, an_incident, evidence
from served_desk import served_desk
from streetwatch.cli import app
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.packs import packs_router
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.pack import pack
from streetwatch.service.evidence.pack_check import findings
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.sql_store import SqlStore, open_store

NAME = "SW-20261123-0001"
CASE = "a" * 26
FILES = {"first_seen.jpg": b"first" * 9_000, "threshold.jpg": b"threshold" * 30_000}


@dataclass
class Office:
    """A desk with one case that has evidence."""

    folder: Path
    store: SqlStore
    evidence: EvidenceFolder

    @property
    def book(self) -> Book:
        return Book(self.store.engine)

    def file(self, **urls: str) -> None:
        seal = json.dumps(
            {
                "format": "streetwatch-evidence/1",
                "incident": CASE,
                "files": [{"name": name, "sha256": digest(one)} for name, one in FILES.items()],
            }
        ).encode()
        files = FILES | {"manifest.json": seal}
        for name, content in files.items():
            self.evidence.write(CASE, name, content)
        stills = tuple(evidence(name, sha256=digest(one)) for name, one in files.items())
        document = case_json(a_message(an_incident(), files=stills).case)
        for one in document["evidence"]:  # type: ignore[attr-defined]
            one["url"] = urls.get(one["role"], one["url"])
        report = Report.model_validate_json(json.dumps(document))
        self.book.report(report, key="key-of-the-case", now=NOON)

    def packed(self) -> Path:
        path = self.folder / "packed.zip"
        path.write_bytes(b"".join(pack(self.book.case(NAME), self.evidence).stream()))
        return path


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    store = open_store(f"sqlite:///{tmp_path / 'streetwatch.db'}")
    yield Office(tmp_path, store, EvidenceFolder(tmp_path / "evidence"))
    store.close()


@pytest.fixture
def http(office: Office) -> Iterator[httpx.Client]:
    """The office's desk as its users reach it."""
    with served_desk(
        office.store.engine,
        desk_router(office.book, clock=lambda: NOON, on_end=lambda *_: None),
        office.evidence,
        beside=[packs_router(office.book, office.evidence)],
    ) as client:
        yield client


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


WHOLE = [
    "manifest.json",
    "case.json",
    "history.json",
    "evidence/first_seen.jpg",
    "evidence/threshold.jpg",
    "evidence/manifest.json",
]


def test_a_pack_holds_all_of_a_case(office: Office) -> None:
    office.file()
    path = office.packed()
    assert names(path) == WHOLE
    with zipfile.ZipFile(path) as archive:
        assert archive.read("evidence/threshold.jpg") == FILES["threshold.jpg"]
        manifest = json.loads(archive.read("manifest.json"))
        case = json.loads(archive.read("case.json"))
        history = json.loads(archive.read("history.json"))
    assert (manifest["format"], manifest["case"]) == ("streetwatch-pack/1", NAME)
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == {
        name: digest(zipfile.ZipFile(path).read(name)) for name in WHOLE[1:]
    }
    assert case["external_id"] == CASE
    assert [one["state"] for one in history] == ["reported"]
    assert list(findings(path)) == []


def test_pictures_of_other_reports_of_the_case_are_in_its_pack(office: Office) -> None:
    office.file()
    pictures = {name: name.encode() for name in ("mobile-1", "mobile-2")}
    for folder, content in pictures.items():
        office.evidence.write(folder, "observation.jpg", content)

    def added(_: sa.Connection, row: Mapping[Any, Any]) -> dict[str, Any]:
        files = [
            {
                **row["document"]["evidence"][0],
                "name": "observation.jpg",
                "sha256": digest(content),
                "url": f"/evidence/{folder}/observation.jpg",
                "of": folder,
            }
            for folder, content in pictures.items()
        ]
        return {"document": row["document"] | {"evidence": row["document"]["evidence"] + files}}

    office.book.amend(NAME, added, now=NOON)
    path = office.packed()
    assert names(path) == [*WHOLE, *(f"evidence/{one}/observation.jpg" for one in pictures)]
    assert list(findings(path)) == []


def test_the_same_state_gives_the_same_bytes_and_another_one_others(office: Office) -> None:
    office.file()
    first = office.packed().read_bytes()
    assert office.packed().read_bytes() == first
    office.book.move(NAME, Move.model_validate({"state": "accepted"}), now=NOON + 60)
    assert office.packed().read_bytes() != first


def test_a_pack_is_streamed_in_blocks(office: Office) -> None:
    office.file()
    big = b"x" * 10_000_000
    office.evidence.write(CASE, "threshold.jpg", big)
    made = pack(office.book.case(NAME), office.evidence)
    assert max(len(block) for block in made.stream()) < 200_000
    assert sum(len(block) for block in made.stream()) > len(big)


def lose(office: Office) -> None:
    office.evidence.path(CASE, "threshold.jpg").unlink()


def change(office: Office) -> None:
    path = office.evidence.path(CASE, "threshold.jpg")
    path.write_bytes(FILES["threshold.jpg"][:-1] + b"!")


WRONG = {
    "a missing file": (lose, "threshold.jpg: is missing", "altered/threshold.jpg", False),
    "a changed file": (
        change,
        "threshold.jpg: its bytes have changed",
        "altered/threshold.jpg",
        True,
    ),
}


@pytest.mark.parametrize(("spoil", "said", "name", "packed"), WRONG.values(), ids=WRONG.keys())
def test_a_pack_with_something_wrong_is_made_and_says_so(
    office: Office, spoil: Callable[[Office], None], said: str, name: str, *, packed: bool
) -> None:
    office.file()
    spoil(office)
    path = office.packed()
    with zipfile.ZipFile(path) as archive:
        assert archive.read("FINDINGS.txt").decode().startswith(said)
        assert "evidence/threshold.jpg" not in archive.namelist()
        assert (name in archive.namelist()) is packed
    found = list(findings(path))
    assert found[0].startswith(f"when the pack was made: {said}")
    assert "threshold.jpg: was sealed with the evidence and is not in the pack" in found


def test_what_is_kept_elsewhere_is_told(office: Office) -> None:
    office.file(threshold="https://pictures.example/1.jpg")
    path = office.packed()
    assert "is kept elsewhere: https://pictures.example/1.jpg" in next(findings(path))


def test_a_pack_is_had_over_http(office: Office, http: httpx.Client) -> None:
    office.file()
    answer = http.get(f"/desk/cases/{CASE}/evidence.zip")
    assert answer.status_code == 200
    assert answer.content == office.packed().read_bytes()
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="{NAME}.zip"'
    assert answer.headers["evidence-findings"] == "0"
    assert http.get("/desk/cases/SW-1/evidence.zip").status_code == 404


def test_the_answer_says_how_much_is_wrong(office: Office, http: httpx.Client) -> None:
    office.file()
    lose(office)
    answer = http.get(f"/desk/cases/{NAME}/evidence.zip")
    assert (answer.status_code, answer.headers["evidence-findings"]) == (200, "1")


def content_of(path: Path, name: str) -> tuple[int, int]:
    """Where a file's bytes begin and end in a ZIP."""
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo(name)
    header = path.read_bytes()[info.header_offset :][:30]
    start = info.header_offset + 30 + header[26] + header[28]
    return start, start + info.file_size


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("where", [0.0, 0.5, 1.0], ids=["first", "middle", "last"])
def test_a_changed_byte_is_found_and_named(office: Office, name: str, where: float) -> None:
    office.file()
    path = office.packed()
    start, end = content_of(path, name)
    at = start + round(where * (end - 1 - start))
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    assert any(one.startswith(f"{name}: its bytes have changed") for one in findings(path))


def rebuilt(path: Path, **changes: bytes | None) -> Path:
    """Write the ZIP anew with files changed, added or left out, its checksums right."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with source, zipfile.ZipFile(path, "w") as target:
        files = {name: source.read(name) for name in source.namelist()} | changes
        for name, content in files.items():
            if content is not None:
                target.writestr(name, content)
    return path


FORGED = {
    "another picture": ({"evidence/threshold.jpg": b"nothing to see"}, "has another size"),
    "a picture of the same size": (
        {"evidence/first_seen.jpg": b"FIRST" * 9_000},
        "evidence/first_seen.jpg: its bytes have changed: sha256",
    ),
    "a picture too many": ({"evidence/mine.jpg": b"!"}, "the manifest does not list it"),
    "a picture too few": ({"evidence/first_seen.jpg": None}, "evidence/first_seen.jpg: is missing"),
    "no manifest": ({"manifest.json": None}, "manifest.json: is missing"),
    "a manifest of something else": ({"manifest.json": b"{}"}, "is no manifest (format:"),
    "a manifest that is no JSON": ({"manifest.json": b"\xff"}, "is no manifest"),
    "a name with a line break": ({"a\nb": b"!"}, '"a\\nb": the manifest does not list it'),
}


@pytest.mark.parametrize(("changes", "said"), FORGED.values(), ids=FORGED.keys())
def test_a_forged_pack_is_found(
    office: Office, changes: dict[str, bytes | None], said: str
) -> None:
    office.file()
    path = rebuilt(office.packed(), **changes)
    assert any(said in one for one in findings(path))


def test_a_manifest_forged_with_its_picture_does_not_agree_with_the_seal(office: Office) -> None:
    office.file()
    path = office.packed()
    forged = b"nothing to see"
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    line = next(one for one in manifest["files"] if one["path"] == "evidence/threshold.jpg")
    line |= {"sha256": digest(forged), "size": len(forged)}
    changes = {"evidence/threshold.jpg": forged, "manifest.json": json.dumps(manifest).encode()}
    (found,) = findings(rebuilt(path, **changes))
    assert found.startswith("threshold.jpg: is not what was sealed")


def test_the_commands_make_and_check_a_pack(office: Office, tmp_path: Path) -> None:
    office.file()
    (tmp_path / "streetwatch.yaml").write_text("data_dir: .\n")
    config = str(tmp_path / "streetwatch.yaml")
    path = tmp_path / "out.zip"
    run = CliRunner()
    made = run.invoke(app, ["evidence", NAME, "-o", str(path), "--config", config])
    assert (made.exit_code, json.loads(made.stdout)["findings"]) == (0, [])
    assert "manifest.sig" in names(path)
    checked = run.invoke(app, ["verify", str(path)])
    assert (checked.exit_code, checked.stdout) == (0, "")

    lose(office)
    made = run.invoke(app, ["evidence", CASE, "-o", str(path), "--config", config])
    said = json.loads(made.stdout)["findings"]
    assert (made.exit_code, said) == (1, ["threshold.jpg: is missing"])
    checked = run.invoke(app, ["verify", str(path)])
    assert checked.exit_code == 1
    assert json.loads(checked.stdout.splitlines()[0]) == {
        "finding": "pack",
        "kind": "when_packed",
        "name": "when the pack was made",
        "says": "threshold.jpg: is missing",
    }

    refused = run.invoke(app, ["evidence", "SW-1", "--config", config])
    assert str(refused.exception) == "no case 'SW-1': give a number like SW-20261123-0001"


def test_what_is_no_pack_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.zip"
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(InputError, match=r"cut\.zip: is no evidence pack: not a ZIP"):
        list(findings(path))
    with pytest.raises(InputError, match="can't be read: No such file"):
        list(findings(tmp_path / "none.zip"))


def test_a_pack_that_would_unfold_without_an_end_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b" " * 50_000_000)
    with pytest.raises(InputError, match="unfolds to 50000000 bytes"):
        list(findings(path))
