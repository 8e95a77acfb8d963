"""What is filed on a few composed clips, held against the committed baseline."""

import json
from pathlib import Path
from typing import Any

import pytest

from commands import lines_of, streetwatch

BASELINE = Path(__file__).resolve().parents[2] / "benchmarks" / "baselines" / "events-gate.jsonl"
KINDS = ("parking", "garbage", "quiet-road", "quiet-pavement")


def lines(*command: str | Path) -> list[dict[str, Any]]:
    return lines_of(streetwatch(*command))


@pytest.mark.shared
def test_as_many_composed_events_are_filed_right_as_in_the_baseline(
    shared_data: Path, tmp_path: Path
) -> None:
    kinds = [word for kind in KINDS for word in ("--kind", kind)]
    asked = ["--count", "4", "--seed", "25", "--minutes", "6", "--fps", "0.25", "--disturb", "none"]
    lines("compose", "--out", tmp_path, "--material", shared_data, *asked, *kinds)
    found = {
        line["type"]: line
        for line in lines(
            "bench", "events", "--data", tmp_path, "--look-interval-s", "4", "--sparing"
        )
        if "disturbance" not in line
    }
    for text in BASELINE.read_text(encoding="utf-8").splitlines():
        then = json.loads(text)
        now = found[then["type"]]
        assert now["n"] == then["n"], "the composer makes other clips than the baseline's"
        assert now["recall"] >= then["recall"]
        assert now["filed"] - now["recall"] * now["n"] <= then["wrong"]
