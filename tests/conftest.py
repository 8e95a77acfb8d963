"""Fixtures for every test."""

from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The development data beside the checkout; tests that ask for it are marked `shared`."""
    if not _SHARED.is_dir():
        pytest.skip("../shared/data is not here: development data beside the checkout")
    return _SHARED
