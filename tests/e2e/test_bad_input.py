"""What is wrong is told, and what is right goes on."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import yaml

from live_service import Camera, Service, free_port, wait_for
from waiting import PATIENCE_S

DEMO_CLIP = Path(__file__).resolve().parents[2] / "datasets" / "demo" / "street.mp4"
PASSWORD = "kerb-secret-42"  # noqa: S105 -- of a camera that is not there

ZONE = {
    "id": "street",
    "polygon": [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]],
    "kind": "prohibited",
    "rules": [{"type": "illegal_parking_motor", "dwell_s": 3600}],
}


def test_a_camera_that_cannot_be_opened_says_why_and_the_others_are_watched(
    service: Service, live_camera: Callable[[Path], Camera]
) -> None:
    dead = f"rtsp://admin:${{KERB_PASSWORD}}@127.0.0.1:{free_port()}/stream1"
    sources = {"dead": dead, "live": live_camera(DEMO_CLIP).url}
    cameras = [
        {"id": name, "source": {"kind": "rtsp", "url": url}, "zones": [ZONE]}
        for name, url in sources.items()
    ]
    (service.folder / "cameras.yaml").write_text(yaml.safe_dump({"cameras": cameras}))
    service.start(KERB_PASSWORD=PASSWORD)

    def both_known() -> dict[str, dict[str, str]] | None:
        states = {camera["id"]: camera for camera in service.get("/cameras") or []}
        settled = states["dead"]["reason"] and states["live"]["state"] == "live"
        return states if settled else None

    states = wait_for("state of both cameras", both_known)
    assert states["dead"]["state"] in {"retrying", "connecting"}
    assert "connection refused" in states["dead"]["reason"]
    answers = [
        httpx.get(service.url + path, timeout=PATIENCE_S).text
        for path in ("/cameras", "/readyz", "/metrics")
    ]
    assert httpx.get(f"{service.url}/readyz", timeout=PATIENCE_S).status_code == 200
    assert service.stop() == 0
    assert not [text for text in [*answers, service.log[-1].read_text()] if PASSWORD in text]


def test_a_folder_that_cannot_be_written_is_told_in_one_line_and_nothing_is_started(
    service: Service,
) -> None:
    (service.folder / "cameras.yaml").write_text(
        yaml.safe_dump(
            {"cameras": [{"id": "c", "source": {"kind": "file", "url": "x.mp4"}, "zones": [ZONE]}]}
        )
    )
    (service.folder / "data").write_text("a file stands where the folder should be")
    done = subprocess.run(
        [
            Path(sys.executable).with_name("streetwatch"),
            "run",
            "--config",
            service.folder / "streetwatch.yaml",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert "data" in line
    assert "can't be" in line
    assert (service.folder / "data").read_text().startswith("a file stands")
