"""Fixtures for every test, and the promise that CI skips nothing it can run."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

#: Why a test with this marker can't run here; None where it can.
_UNMET = {
    "shared": None if _SHARED.is_dir() else "needs the development data in ../shared/data",
    "train": None if find_spec("ultralytics") else "needs the extra `train`",
    "newcomer": None
    if os.environ.get("CI")
    else "installs everything anew, takes minutes: set CI=true to run it",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what can't run here and say why; where it is required, let it fail instead."""
    required = os.environ.get("STREETWATCH_REQUIRE", "").split(",")
    for item in items:
        for marker, reason in _UNMET.items():
            if reason and item.get_closest_marker(marker) and marker not in required:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The development data beside the checkout; tests that ask for it are marked `shared`."""
    return _SHARED
