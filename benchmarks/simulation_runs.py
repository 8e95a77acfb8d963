"""Runs of a simulation that are done, a line each in a file: whoever starts again goes on."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, TextIO

from streetwatch.benchmarks.simulation import NONE_DONE, Trial
from streetwatch.datasets.yolo_folder import DatasetError

_TRIAL = [field.name for field in fields(Trial)]


class Runs:
    """What each trial gave with each seed.

    Args:
        done: What is known already.
        file: Where what is added is written to.
    """

    def __init__(self, done: Mapping[Trial, Mapping[int, int]], file: TextIO | None) -> None:
        self._done = done
        self._file = file

    def of(self, trial: Trial) -> Mapping[int, int]:
        """Return how many incidents a trial gave, by seed."""
        return self._done.get(trial, NONE_DONE)

    def add(self, trial: Trial, seed: int, incidents: int) -> None:
        """Write a run down."""
        if self._file is not None:
            line = {**asdict(trial), "seed": seed, "incidents": incidents}
            self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self._file.flush()


@contextmanager
def kept_runs(path: Path | None) -> Iterator[Runs]:
    """Go on with the runs that a file holds; without one, nothing is kept.

    Raises:
        DatasetError: it is not such a file; says in which line.
    """
    if path is None:
        yield Runs({}, None)
        return
    done = _read(path)
    with path.open("a", encoding="utf-8") as file:
        yield Runs(done, file)


def _read(path: Path) -> dict[Trial, dict[int, int]]:
    done: dict[Trial, dict[int, int]] = defaultdict(dict)
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for number, line in enumerate(lines, start=1):
        try:
            run: dict[str, Any] = json.loads(line)
            trial = Trial(**{name: run[name] for name in _TRIAL})
            done[trial][int(run["seed"])] = int(run["incidents"])
        except (ValueError, KeyError, TypeError) as error:
            raise DatasetError(
                f"{path}:{number}: no run of a simulation ({error}): take the line out"
            ) from error
    return done
