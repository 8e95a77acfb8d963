"""A service and cameras for every test; killed at its end."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from films import AS_GOOD_AS_EVER_S
from live_service import Camera, Service, free_port


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service that is configured but not started; killed at the end."""
    settings = {"cameras": "cameras.yaml", "data_dir": "data", "log_format": "json"}
    opened = {"access": {"api": "open"}}
    short = {"evidence": {"pre_s": 2, "post_s": 2}}  # a clip is masked picture by picture
    (tmp_path / "streetwatch.yaml").write_text(yaml.safe_dump({**settings, **opened, **short}))
    running = Service(tmp_path, free_port())
    yield running
    running.end()


@pytest.fixture
def live_camera() -> Iterator[Callable[..., Camera]]:
    """Starts live cameras, which may show what `stands` at a moment for hours; kills them."""
    started: list[Camera] = []

    def start(clip: Path, *, stands_s: float | None = None) -> Camera:
        rest = None if stands_s is None else (stands_s, AS_GOOD_AS_EVER_S)
        camera = Camera(clip, free_port(), since=time.time() - (stands_s or 0.0), rest=rest)
        camera.start()
        started.append(camera)
        return camera

    yield start
    for camera in started:
        camera.kill()
