"""The shipped model is as good as its committed figures say, within their intervals."""

import json
from pathlib import Path

import pytest

from commands import lines_of, streetwatch
from streetwatch.models.registry import find

BASELINE = Path(__file__).parents[2] / "benchmarks" / "baselines" / "accuracy.json"
SETS = ["garbage/test", "garbage/val", "vendor/test", "vendor/val"]


@pytest.mark.shared
@pytest.mark.parametrize("name", SETS)
def test_no_figure_fell_under_its_interval(name: str, shared_data: Path) -> None:
    words = ["bench", "accuracy", "--data", str(shared_data / name), "--baseline", str(BASELINE)]
    assert len(lines_of(streetwatch(*words))) > 0


def test_the_baseline_is_of_the_shipped_model() -> None:
    baseline = json.loads(BASELINE.read_text())
    assert baseline["model"] == find().version
