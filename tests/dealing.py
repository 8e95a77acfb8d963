"""How tests are dealt to the workers: the longest first, and never two at once that compute."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

#: Shares one service and one browser: whoever begins with it goes on with it.
CONSOLE: Final = "tests/e2e/console"

#: Keeps every core busy for minutes: one hand, so that what waits for a stream is dealt beside it.
COMPUTING: Final = ("tests/integration/test_train.py", "tests/accuracy")

#: A file that takes minutes and is begun last leaves the other worker with nothing to do.
FIRST: Final = (
    CONSOLE,
    *COMPUTING,
    "tests/e2e",
    "tests/integration/test_openapi.py",
    "tests/faults",
    "tests/integration/test_bench_delivery.py",
    "tests/integration",
)


def hand_of(nodeid: str) -> str:
    """Return what a test is dealt together with: its file, all that compute, or the console."""
    file = nodeid.partition("::")[0]
    if _is_of(file, CONSOLE):
        return CONSOLE
    return "computing" if any(_is_of(file, one) for one in COMPUTING) else file


def place_of(nodeid: str) -> int:
    """Return how early a test is begun: by the first of `FIRST` that it is of."""
    file = nodeid.partition("::")[0]
    return next((place for place, one in enumerate(FIRST) if _is_of(file, one)), len(FIRST))


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Return tests in the order in which they are begun, each hand in its own."""
    return sorted(items, key=lambda item: place_of(item.nodeid))


def _is_of(file: str, folder: str) -> bool:
    return Path(file).is_relative_to(folder)


class Dealing(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped
    """Deals hands in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return hand_of(nodeid)
