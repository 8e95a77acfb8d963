"""Lines of `bench events` as the table that the documentation shows."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from streetwatch.benchmarks.events import ALL
from streetwatch.benchmarks.markdown import table
from streetwatch.datasets.yolo_folder import DatasetError

Line = Mapping[str, Any]

_COLUMNS = (
    "type",
    "under",
    "n",
    "filed",
    "precision (Wilson 95 %)",
    "recall (Wilson 95 %)",
    "streets",
    "precision, recall over streets (95 %)",
    "F1",
    "duplicates",
    "false alarms",
    "a camera-day",
    "delay p50 / p90, s",
    "S",
    "camera-hours",
)


def read_lines(path: Path) -> list[Line]:
    """Read what `bench events` printed, a JSON object a line; those of single clips are left out.

    Raises:
        DatasetError: it is not that.
    """
    try:
        text = path.read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines()]
        return [line for line in lines if "clip" not in line and line["type"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetError(
            f"{path}: {error}: keep what `streetwatch bench events` prints"
        ) from error


def event_table(lines: Sequence[Line]) -> str:
    """Return a Markdown table: each type under each disturbance, then under all of them."""
    ordered = sorted(lines, key=lambda line: (line["type"] == ALL, line["type"]))
    return table(_COLUMNS, map(_cells, ordered))


def _cells(line: Line) -> tuple[object, ...]:
    return (
        line["type"],
        line.get("disturbance", "**all of them**"),
        line["n"],
        line["filed"],
        _with_interval(line, "precision"),
        _with_interval(line, "recall"),
        line.get("streets", "-"),
        _over_streets(line),
        _number(line["f1"]),
        line["duplicates"],
        line["false_alarms"],
        _number(line["false_alarms_per_camera_day"], 1),
        f"{_number(line['delay_p50_s'], 1)} / {_number(line['delay_p90_s'], 1)}",
        _number(line["ai_city_score"]),
        _number(line["camera_hours"]),
    )


def _with_interval(line: Line, figure: str) -> str:
    if line[figure] is None:
        return "-"
    low, high = line[f"{figure}_ci"]
    return f"{line[figure]:.2f} ({low:.2f}-{high:.2f})"


def _over_streets(line: Line) -> str:
    if "streets" not in line:
        return "-"
    precision, recall = (line[f"{figure}_street_ci"] for figure in ("precision", "recall"))
    return f"{precision[0]:.2f}-{precision[1]:.2f}, {recall[0]:.2f}-{recall[1]:.2f}"


def _number(value: float | None, places: int = 2) -> str:
    return "-" if value is None else f"{value:.{places}f}"
