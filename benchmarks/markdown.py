"""Baselines as the tables that the documentation shows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from streetwatch.benchmarks.baseline import Lines

_COLUMNS = (
    "label",
    "threshold",
    "n boxes",
    "precision (95 % interval)",
    "recall (95 % interval)",
    "AP50 (95 % interval)",
    "AP50-95",
)


def table(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a Markdown table.

    >>> print(table(("a", "b"), [(1, "x")]), end="")
    | a | b |
    |---|---|
    | 1 | x |
    """
    lines = [_line(columns), "|---" * len(columns) + "|", *map(_line, rows)]
    return "\n".join(lines) + "\n"


def _line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def tables(sets: Mapping[str, Lines]) -> str:
    """Return a Markdown table for each data set, in order of name."""
    return "\n".join(f"### {name}\n\n{_table(sets[name])}" for name in sorted(sets))


def _table(lines: Sequence[Mapping[str, Any]]) -> str:
    shown = (line for line in lines if line["n"] or line["tp"] or line["fp"])
    return table(_COLUMNS, map(_cells, shown))


def _cells(line: Mapping[str, Any]) -> tuple[object, ...]:
    found = line["tp"] + line["fp"]
    return (
        line["label"],
        line["threshold"],
        line["n"],
        f"{_with_interval(line, 'precision')}, {line['tp']} of {found}"
        if found
        else "nothing seen",
        _with_interval(line, "recall"),
        _with_interval(line, "ap50"),
        "-" if line["ap50_95"] is None else f"{line['ap50_95']:.3f}",
    )


def _with_interval(line: Mapping[str, Any], figure: str) -> str:
    if line[figure] is None:
        return "-"
    low, high = line[f"{figure}_ci"]
    return f"{line[figure]:.3f} ({low:.3f}-{high:.3f})"
