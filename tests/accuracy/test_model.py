"""The shipped model is as good as its committed figures say, within their intervals."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from streetwatch.models.registry import find

STREETWATCH = Path(sys.executable).with_name("streetwatch")
BASELINE = Path(__file__).parents[2] / "benchmarks" / "baselines" / "accuracy.json"
SETS = ["garbage/test", "garbage/val", "vendor/test", "vendor/val"]


@pytest.mark.shared
@pytest.mark.parametrize("name", SETS)
def test_no_figure_fell_under_its_interval(name: str, shared_data: Path) -> None:
    words = ["bench", "accuracy", "--data", str(shared_data / name), "--baseline", str(BASELINE)]
    done = subprocess.run([str(STREETWATCH), *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 0


def test_the_baseline_is_of_the_shipped_model() -> None:
    baseline = json.loads(BASELINE.read_text())
    assert baseline["model"] == find().version
