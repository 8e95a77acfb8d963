"""`streetwatch bench accuracy`: figures, plots and the gate, with the shipped model."""

import json
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from commands import streetwatch
from streetwatch.datasets.demo.cutouts import read

STREETWATCH = Path(sys.executable).with_name("streetwatch")
NAMES = ["garbage", "car"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three grey streets and a dark one, each with a box of garbage that is none."""
    folder = tmp_path / "streets" / "val"
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True)
    (folder / "data.yaml").write_text(json.dumps({"names": NAMES}))
    for number, grey in enumerate([120, 130, 140, 20]):
        cv2.imwrite(
            str(folder / "images" / f"{number}.png"), np.full((240, 320, 3), grey, np.uint8)
        )
        (folder / "labels" / f"{number}.txt").write_text("0 0.5 0.5 0.2 0.2\n")
    return folder


def bench(*words: object) -> tuple[int, list[dict[str, Any]], str]:
    done = streetwatch("bench", "accuracy", *words)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_each_label_that_is_named_has_a_line(data: Path) -> None:
    status, lines, _ = bench("--data", data)
    assert status == 0
    assert sorted(line["label"] for line in lines) == sorted(NAMES)
    (garbage,) = (line for line in lines if line["label"] == "garbage")
    assert (garbage["n"], garbage["tp"], garbage["fn"]) == (4, 0, 4)
    assert garbage["precision_ci"] == [0.0, 1.0]


def test_a_subset_is_measured_alone(data: Path) -> None:
    for subset, n in (("dark", 1), ("light", 3)):
        _, lines, _ = bench("--data", data, "--subset", subset)
        assert {line["n"] for line in lines if line["label"] == "garbage"} == {n}


def test_plots_are_drawn(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "plots"
    assert bench("--data", data, "--plots", out)[0] == 0
    page = (out / "index.html").read_text()
    for name in ("precision-recall", "reliability", "confusion"):
        assert f"{name}.png" in page
        assert read(out / f"{name}.png").size


def test_the_gate_passes_on_its_own_figures_and_fails_on_better_ones(
    data: Path, tmp_path: Path
) -> None:
    file = tmp_path / "baseline.json"
    gate = ["--data", data, "--baseline", file]
    status, _, told = bench(*gate)
    assert (status, "not a baseline" in told) == (2, True)
    assert bench(*gate, "--update-baseline")[0] == 0
    assert bench(*gate)[0] == 0

    shown = streetwatch("bench", "report", file).stdout
    assert "### streets/val" in shown
    assert "| garbage |" in shown

    baseline = json.loads(file.read_text())
    for line in baseline["sets"]["streets/val"]:
        line.update(recall=0.9, recall_ci=[0.8, 0.95])
    file.write_text(json.dumps(baseline))
    status, lines, told = bench(*gate)
    assert (status, len(lines)) == (1, 2)
    assert "garbage: recall 0.0 is under 0.8" in told
