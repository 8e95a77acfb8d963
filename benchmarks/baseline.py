"""Baselines: committed figures, and whether today's are worse than chance explains."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from streetwatch.models.errors import ModelError

#: Figure, and its interval in a baseline: today's may not lie under the interval.
_HELD = (("precision", "precision_ci"), ("recall", "recall_ci"), ("ap50", "ap50_ci"))

Lines = Sequence[Mapping[str, Any]]


def read_baseline(path: Path, name: str) -> Lines:
    """Return the lines of one data set in a baseline file.

    Raises:
        ModelError: there is no such file, or it does not hold that data set.
    """
    sets = read_sets(path)
    if name not in sets:
        raise ModelError(f"{path}: holds no {name!r}: measure it with --update-baseline first")
    return sets[name]


def read_sets(path: Path) -> dict[str, Lines]:
    """Return the lines of every data set in a baseline file.

    Raises:
        ModelError: there is no such file, or it is no baseline.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        sets: dict[str, Lines] = content["sets"]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: not a baseline (JSON with `model` and `sets`)") from error
    return sets


def write_baseline(path: Path, name: str, lines: Lines, *, model: str) -> None:
    """Put one data set's lines into a baseline file; those of another model are dropped.

    Raises:
        ModelError: the file there is no baseline.
    """
    sets = read_sets(path) if path.exists() and _model(path) == model else {}
    content = {"model": model, "sets": dict(sorted({**sets, name: list(lines)}.items()))}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _model(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["model"])
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: not a baseline (JSON with `model` and `sets`)") from error


def drops(now: Lines, then: Lines) -> Iterator[str]:
    """Yield what is worse than the baseline's interval allows, in words."""
    today = {line["label"]: line for line in now}
    for old in then:
        new = today.get(old["label"])
        if new is None:
            yield f"{old['label']}: not measured any more"
            continue
        for figure, interval in _HELD:
            if old[figure] is None:
                continue
            least = old[interval][0]
            if new[figure] is None or new[figure] < least:
                yield (
                    f"{old['label']}: {figure} {new[figure]} is under {least}, the lower end of "
                    f"the baseline's interval ({old[figure]})"
                )
