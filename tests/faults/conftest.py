"""What the fake cameras show, drawn and coded once."""

import pytest

from streetwatch.datasets.fake_street import drawn_clips
from streetwatch.datasets.fake_trouble import Clips


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    """A street in which one thing stands, and all that a camera in trouble shows instead."""
    return drawn_clips(tmp_path_factory.mktemp("clips"))
