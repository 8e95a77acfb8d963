"""A service and cameras for every test; killed at its end."""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from live_service import Camera, Service, free_port


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service that is configured but not started; killed at the end."""
    settings = {"cameras": "cameras.yaml", "data_dir": "data", "log_format": "json"}
    opened = {"access": {"api": "open"}}
    (tmp_path / "streetwatch.yaml").write_text(yaml.safe_dump({**settings, **opened}))
    running = Service(tmp_path, free_port())
    yield running
    if running.process is not None and running.process.poll() is None:
        running.kill()
    for log in running.log:
        sys.stdout.write(f"--- {log.name}\n{log.read_text()[-6000:]}")


@pytest.fixture
def live_camera() -> Iterator[Callable[[Path], Camera]]:
    """Starts live cameras; kills them at the end."""
    started: list[Camera] = []

    def start(clip: Path) -> Camera:
        camera = Camera(clip, free_port(), since=time.time())
        camera.start()
        started.append(camera)
        return camera

    yield start
    for camera in started:
        camera.kill()
