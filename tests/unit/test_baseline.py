"""A drop beyond the interval is told; a smaller one is chance."""

import json
from pathlib import Path
from typing import Any

import pytest

from streetwatch.benchmarks.baseline import drops, read_baseline, write_baseline
from streetwatch.models.errors import ModelError

THEN: dict[str, Any] = {
    "label": "garbage",
    "precision": 0.93,
    "precision_ci": [0.88, 0.96],
    "recall": 0.70,
    "recall_ci": [0.62, 0.77],
    "ap50": 0.88,
    "ap50_ci": [0.83, 0.92],
}


def test_within_the_interval_is_no_drop() -> None:
    now = {**THEN, "precision": 0.89, "recall": 0.63, "ap50": 0.84}
    assert not list(drops([now], [THEN]))


@pytest.mark.parametrize("figure", ["precision", "recall", "ap50"])
@pytest.mark.parametrize("value", [0.5, None])
def test_under_the_interval_is_a_drop(figure: str, value: float | None) -> None:
    (words,) = drops([{**THEN, figure: value}], [THEN])
    assert figure in words
    assert "garbage" in words


def test_a_label_that_is_not_measured_any_more_is_a_drop() -> None:
    (words,) = drops([], [THEN])
    assert "not measured" in words


def test_what_was_written_is_read_and_another_model_starts_anew(tmp_path: Path) -> None:
    file = tmp_path / "baselines" / "accuracy.json"
    write_baseline(file, "a/val", [THEN], model="m@1")
    write_baseline(file, "b/val", [THEN], model="m@1")
    assert read_baseline(file, "a/val") == [THEN]
    write_baseline(file, "b/val", [THEN], model="m@2")
    with pytest.raises(ModelError, match="holds no 'a/val'"):
        read_baseline(file, "a/val")


@pytest.mark.parametrize("content", [None, "{", "[]", json.dumps({"model": "m"})])
def test_what_is_no_baseline_is_refused(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "accuracy.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ModelError, match="not a baseline"):
        read_baseline(file, "a/val")
