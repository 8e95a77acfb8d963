"""Lines of `bench simulation` as the tables that the documentation shows."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from streetwatch.benchmarks.markdown import table

Line = Mapping[str, Any]


def read_outcomes(path: Path) -> list[Line]:
    """Read what `bench simulation` printed, a JSON object a line; nothing where it is not that."""
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError):
        return []
    return lines if all(isinstance(line, dict) and "scene" in line for line in lines) else []


def simulation_tables(lines: Sequence[Line]) -> str:
    """Return a Markdown table for each scene: a row a disturbance, a column a pace of looks."""
    paces = sorted({line["looks_per_s"] for line in lines}, reverse=True)
    return "\n".join(_parts(lines, paces))


def _parts(lines: Sequence[Line], paces: Sequence[float]) -> Iterator[str]:
    columns = ("disturbance", *(f"right at {pace:g} looks/s (Wilson 95 %)" for pace in paces))
    for scene, expected in {line["scene"]: line["expected"] for line in lines}.items():
        cells = {
            (line["disturbance"], line["looks_per_s"]): _cell(line)
            for line in lines
            if line["scene"] == scene
        }
        rows = (
            (name, *(cells.get((name, pace), "-") for pace in paces))
            for name in dict.fromkeys(name for name, _ in cells)
        )
        yield f"### {scene}: {expected} expected\n\n{table(columns, rows)}"


def _cell(line: Line) -> str:
    low, high = line["right_ci"]
    return f"{line['right']} of {line['seeds']} ({low:.3f}-{high:.3f})"
