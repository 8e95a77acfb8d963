"""How tests are dealt to the workers: files that take longest first, the console's together."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

#: Shares one service and one browser: whoever begins with it goes on with it.
CONSOLE: Final = "tests/e2e/console"

#: A file that takes minutes and is begun last leaves the other worker with nothing to do.
FIRST: Final = (
    CONSOLE,
    "tests/integration/test_train.py",
    "tests/accuracy",
    "tests/e2e",
    "tests/integration/test_openapi.py",
    "tests/faults",
    "tests/integration/test_bench_delivery.py",
    "tests/integration",
)


def hand_of(nodeid: str) -> str:
    """Return what a test is dealt together with: its file, or all of the console."""
    return CONSOLE if nodeid.startswith(f"{CONSOLE}/") else nodeid.partition("::")[0]


def place_of(nodeid: str) -> int:
    """Return how early a test is begun: by the first of `FIRST` that it is of."""
    hand = Path(hand_of(nodeid))
    return next((place for place, one in enumerate(FIRST) if hand.is_relative_to(one)), len(FIRST))


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Return tests in the order in which they are begun, each hand in its own."""
    return sorted(items, key=lambda item: place_of(item.nodeid))


class Dealing(LoadScopeScheduling):  # type: ignore[misc]  # xdist is untyped
    """Deals hands in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return hand_of(nodeid)
