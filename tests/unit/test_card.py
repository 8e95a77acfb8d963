"""A model card says what a model is, or why it can't be used."""

import hashlib
from pathlib import Path

import pytest

from streetwatch.models.card import checked_file, read_card, write_card
from streetwatch.models.errors import ModelError
from streetwatch.models.registry import find

CARD = """
name = "m"
file = "m.onnx"
sha256 = "{sha256}"
input_size = 640
labels = ["car", "garbage"]
licence = "AGPL-3.0-or-later"
[thresholds]
car = 0.5
garbage = 0.4
"""


def write(folder: Path, text: str) -> Path:
    (folder / "m.onnx").write_bytes(b"weights")
    path = folder / "m.toml"
    path.write_text(text.format(sha256=hashlib.sha256(b"weights").hexdigest()))
    return path


def test_a_card_is_read_and_its_file_checked(tmp_path: Path) -> None:
    card = read_card(write(tmp_path, CARD))
    assert (card.labels, card.thresholds["garbage"]) == (("car", "garbage"), 0.4)
    assert checked_file(card) == tmp_path / "m.onnx"
    assert card.version == f"m@{card.sha256[:12]}"


def test_a_written_card_reads_the_same(tmp_path: Path) -> None:
    card = read_card(write(tmp_path, CARD))
    write_card(card, tmp_path / "again.toml")
    assert read_card(tmp_path / "again.toml") == card


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        pytest.param(('"car", ', '"cow", '), "'cow' is not one of", id="unknown label"),
        pytest.param(('"car", ', ""), "thresholds must name", id="label without box"),
        pytest.param(('"car", ', '"garbage", '), "each once", id="label twice"),
        pytest.param(("car = 0.5", "car = 1.5"), "between 0 and 1", id="threshold"),
        pytest.param(("640", "650"), "multiple of 32", id="input size"),
        pytest.param(('name = "m"', ""), "'name' is missing", id="missing field"),
        pytest.param(
            ("[thresholds]\ncar = 0.5\ngarbage = 0.4", "thresholds = 0.5"),
            "must be a table",
            id="one threshold for all",
        ),
        pytest.param(("[thresholds]", "[thresholds"), "not a model card", id="not TOML"),
    ],
)
def test_a_wrong_card_is_refused_with_the_reason(
    tmp_path: Path, wrong: tuple[str, str], told: str
) -> None:
    path = write(tmp_path, CARD.replace(*wrong, 1))
    with pytest.raises(ModelError, match=told) as refused:
        read_card(path)
    assert str(path) in str(refused.value)


def test_another_file_than_the_cards_is_refused(tmp_path: Path) -> None:
    card = read_card(write(tmp_path, CARD))
    (tmp_path / "m.onnx").write_bytes(b"other weights")
    with pytest.raises(ModelError, match="is not the card's"):
        checked_file(card)


def test_an_unknown_model_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(ModelError, match=r"no model 'yolo99': there is .*model card"):
        find("yolo99")
