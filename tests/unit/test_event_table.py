"""What `bench events` printed, as a table for people."""

import json
from pathlib import Path

import pytest

from streetwatch.benchmarks.event_table import event_table, read_lines
from streetwatch.benchmarks.events import Event, tally
from streetwatch.datasets.yolo_folder import DatasetError

CAR = Event("road", "zone", "illegal_parking_motor", 10.0, 200.0, 70.0)


def test_each_line_is_a_row_and_what_was_not_measured_a_dash(tmp_path: Path) -> None:
    parked = tally([CAR], [CAR], hours=2.0)[CAR.type].line()
    nothing = tally([], [], types=["exposed_garbage"], hours=1.0)["exposed_garbage"].line()
    whole = parked | {
        "streets": 3,
        "precision_street_ci": [0.1, 1.0],
        "recall_street_ci": [0.2, 0.9],
    }
    printed = [{"clip": "a.mp4", **parked}, {"disturbance": "rain", **parked}, whole, nothing]
    kept = tmp_path / "events.jsonl"
    kept.write_text("".join(json.dumps(line) + "\n" for line in printed))
    _, _, empty, rain, last = event_table(read_lines(kept)).splitlines()
    assert empty.startswith("| exposed_garbage | **all of them** | 0 | 0 | - | - | - |")
    assert "| rain | 1 | 1 | 1.00 (0.21-1.00) | 1.00 (0.21-1.00) | - | - | 1.00 | 0 | 0 |" in rain
    assert "| 3 | 0.10-1.00, 0.20-0.90 |" in last
    assert last.endswith("| 0.0 / 0.0 | 1.00 | 2.00 |")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("no JSON", id="no JSON"),
        pytest.param('{"n": 1}\n', id="no type"),
        pytest.param("[1]\n", id="no object"),
    ],
)
def test_a_file_that_bench_events_did_not_print_is_refused(content: str, tmp_path: Path) -> None:
    kept = tmp_path / "events.jsonl"
    kept.write_text(content)
    with pytest.raises(DatasetError, match=r"events\.jsonl: .*keep what"):
        read_lines(kept)
