"""The file's cameras and the console's, on both databases."""

import json
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from commands import streetwatch
from streetwatch.service.cameras import Camera, load_cameras
from streetwatch.service.cameras.camera import CameraDocument
from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.cameras.errors import (
    CameraChangedError,
    CameraConflictError,
    NoSuchCameraError,
    OtherKeyError,
)
from streetwatch.service.cameras.export import exported
from streetwatch.service.cameras.ledger import Ledger
from streetwatch.service.cameras.merging import Origin
from streetwatch.service.cameras.vault import Vault
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.engine import open_engine

STREETWATCH = Path(sys.executable).with_name("streetwatch")

FILE = """\
cameras:
  - id: kerb
    name: 路口
    source: {kind: rtsp, url: "rtsp://user:${KERB}@10.0.0.5/s1"}
    zones:
      - id: road
        polygon: [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]
        rules: [{type: illegal_parking_motor, schedule: [{from: "22:00", to: "06:00"}]}]
  - {id: yard, source: {kind: file, url: yard.mp4}}
"""
GATE_URL = "rtsp://me:t0p-secret@10.0.0.9/s1"
GATE: CameraDocument = {"id": "gate", "source": {"kind": "rtsp", "url": GATE_URL}}


class City:
    """A catalogue that can be opened again, as after a restart."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder = folder
        self.engine = open_engine(address)
        self.key = folder / "camera.key"

    def file(self, text: str = FILE, *, kerb: str = "open") -> tuple[Camera, ...]:
        path = self.folder / "cameras.yaml"
        path.write_text(text, encoding="utf-8")
        return load_cameras(path, environ={"KERB": kerb})

    def opened(self, text: str = FILE, *, kerb: str = "open") -> Catalogue:
        return Catalogue(
            Ledger(self.engine),
            Vault.at(self.key),
            self.file(text, kerb=kerb),
            clock=lambda: 1000.0,
        )


@pytest.fixture
def city(new_database: Callable[..., str], tmp_path: Path) -> Iterator[City]:
    address = new_database()
    (tmp_path / "data").mkdir(exist_ok=True)
    one = City(tmp_path, address)
    yield one
    one.engine.dispose()


def ids(catalogue: Catalogue) -> list[str]:
    return [one.id for one in catalogue.cameras]


def test_what_was_changed_is_there_after_a_restart(city: City) -> None:
    before = city.opened()
    before.put(before.find("kerb").document | {"name": "新名"}, by="lin")
    before.add(GATE, by="lin")
    before.remove("yard", by="lin")
    after = city.opened()
    assert after.listed == before.listed
    assert ids(after) == ["kerb", "gate"]
    assert [one.origin for one in after.listed] == [Origin.CHANGED, Origin.CONSOLE]
    assert after.find("kerb").changed_by == "lin"
    assert [one.id for one in after.taken_out] == ["yard"]


def test_a_removed_camera_of_the_file_comes_back(city: City) -> None:
    catalogue = city.opened()
    catalogue.remove("kerb", by="lin")
    with pytest.raises(NoSuchCameraError):
        catalogue.find("kerb")
    assert catalogue.revert("kerb", by="lin").origin is Origin.FILE


def test_a_camera_of_the_console_has_nothing_to_go_back_to(city: City) -> None:
    catalogue = city.opened()
    catalogue.add(GATE, by="lin")
    with pytest.raises(CameraConflictError, match=r"cameras\.yaml says nothing"):
        catalogue.revert("gate", by="lin")


def test_a_new_password_of_the_file_reaches_a_camera_whose_zones_were_changed(city: City) -> None:
    catalogue = city.opened()
    catalogue.put(catalogue.find("kerb").document | {"zones": []}, by="lin")
    later = city.opened(kerb="changed")
    assert later.find("kerb").camera.source.url == "rtsp://user:changed@10.0.0.5/s1"
    assert later.find("kerb").camera.zones == ()


def test_a_version_that_was_read_before_a_removal_is_not_that_of_the_next_camera(
    city: City,
) -> None:
    catalogue = city.opened()
    first = catalogue.add(GATE, by="lin")
    catalogue.remove("gate", by="lin")
    assert catalogue.add(GATE, by="lin").version != first.version
    with pytest.raises(CameraChangedError):
        catalogue.put(GATE, by="late", expected=[first.version])


def test_two_that_change_one_camera_are_told_apart_though_each_has_its_own_memory(
    city: City,
) -> None:
    one, other = city.opened(), city.opened()
    read = other.find("kerb").version
    one.put(one.find("kerb").document | {"name": "先"}, by="one")
    with pytest.raises(CameraChangedError):
        other.put(other.find("kerb").document | {"name": "后"}, by="other", expected=[read])
    assert other.find("kerb").camera.name == "先"


def test_a_change_goes_with_the_files_camera_where_it_has_no_address_of_its_own(
    city: City,
) -> None:
    catalogue = city.opened()
    catalogue.put(catalogue.find("kerb").document | {"name": "改"}, by="lin")
    assert ids(city.opened("cameras: []")) == []


def test_passwords_lie_closed_and_their_key_is_its_owners_alone(city: City) -> None:
    city.opened().add(GATE, by="lin")
    with city.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM camera")).all()
    assert "t0p-secret" not in repr(rows)
    assert stat.S_IMODE(city.key.stat().st_mode) == 0o600
    assert city.opened().find("gate").camera.source.url == GATE_URL


def test_without_its_key_a_camera_is_left_out_and_the_others_are_watched(
    city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    city.opened().add(GATE, by="lin")
    city.key.unlink()
    assert ids(city.opened()) == ["kerb", "yard"]
    assert "write the password again" in capsys.readouterr().out


def test_a_file_that_is_no_key_is_refused_in_words(city: City) -> None:
    city.key.write_text("not a key")
    with pytest.raises(InputError, match=r"camera\.key: this is no key"):
        city.opened()


def test_a_key_that_others_may_read_is_refused_in_words(city: City) -> None:
    city.opened()
    city.key.chmod(0o640)
    with pytest.raises(InputError, match=r"chmod 600 .*camera\.key"):
        city.opened()


def test_a_key_opens_what_it_closed_only(tmp_path: Path) -> None:
    closed = Vault.at(tmp_path / "one").close("rtsp://a")
    assert Vault.at(tmp_path / "one").open(closed) == "rtsp://a"
    with pytest.raises(OtherKeyError):
        Vault.at(tmp_path / "other").open(closed)


def test_an_export_is_a_file_that_loads_as_the_same_cameras(city: City, tmp_path: Path) -> None:
    catalogue = city.opened()
    catalogue.add(GATE, by="lin")
    out = exported(catalogue.cameras)
    assert "t0p-secret" not in out.text
    assert out.variables == ("CAMERA_KERB_PASSWORD", "CAMERA_GATE_PASSWORD")
    path = tmp_path / "exported.yaml"
    path.write_text(out.text, encoding="utf-8")
    passwords = {"CAMERA_KERB_PASSWORD": "open", "CAMERA_GATE_PASSWORD": "t0p-secret"}
    assert load_cameras(path, environ=passwords) == catalogue.cameras
    assert list(yaml.safe_load(out.text)["cameras"][0]) == ["id", "name", "source", "zones"]


def test_the_commands_list_and_export_what_a_service_has(tmp_path: Path) -> None:
    (tmp_path / "streetwatch.yaml").write_text("{}")
    (tmp_path / "cameras.yaml").write_text("cameras: []")
    engine = open_engine(f"sqlite:///{tmp_path / 'data' / 'streetwatch.db'}")
    vault = Vault.at(tmp_path / "data" / "camera.key")
    Catalogue(Ledger(engine), vault, (), clock=lambda: 1000.0).add(GATE, by="lin")
    engine.dispose()
    listed, out = (
        streetwatch("cameras", command, "--config", tmp_path / "streetwatch.yaml")
        for command in ("list", "export")
    )
    (line,) = map(json.loads, listed.stdout.splitlines())
    assert (line["id"], line["origin"], line["changed_by"]) == ("gate", "console", "lin")
    assert line["source"] == "rtsp://me:***@10.0.0.9/s1"
    assert "rtsp://me:${CAMERA_GATE_PASSWORD}@10.0.0.9/s1" in out.stdout
    assert "set CAMERA_GATE_PASSWORD" in out.stderr
