"""Sources are found by their layout, with their licences."""

import json
from pathlib import Path

import pytest

from streetwatch.datasets.sources import NOT_STATED, sources
from streetwatch.datasets.yolo_folder import DatasetError


def make(folder: Path, splits: tuple[str, ...], names: list[str], licence: str = "") -> None:
    for split in splits:
        (folder / split / "images").mkdir(parents=True)
        content = {"names": names} | ({"licence": licence} if licence else {})
        (folder / split / "data.yaml").write_text(json.dumps(content))


def test_each_folder_with_a_train_split_is_a_source(tmp_path: Path) -> None:
    make(tmp_path / "street", ("train", "val", "test"), ["garbage", "bin"])
    make(tmp_path / "city", ("train",), ["vendor_stall"], licence="own")
    make(tmp_path / "evaluation_only", ("test",), ["car"])
    (tmp_path / "videos").mkdir()
    city, street = sources(tmp_path, {})
    assert (city.name, city.licence, city.splits) == ("city", "own", ("train",))
    assert (street.labels, street.licence) == (frozenset({"garbage", "bin"}), NOT_STATED)
    assert street.splits == ("train", "val", "test")


def test_a_licence_that_is_given_stands(tmp_path: Path) -> None:
    make(tmp_path / "city", ("train",), ["bin"], licence="own")
    (city,) = sources(tmp_path, {"city": "CC BY 4.0"})
    assert city.licence == "CC BY 4.0"


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no source"):
        sources(tmp_path, {})
    make(tmp_path / "city", ("train",), ["bin"])
    with pytest.raises(DatasetError, match="'town'"):
        sources(tmp_path, {"town": "own"})
    make(tmp_path / "city", ("val",), ["garbage"])
    with pytest.raises(DatasetError, match=r"val/data\.yaml.*names must be"):
        sources(tmp_path, {})
