"""The desk as citizens, sensors and cameras see it, and what they send."""

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np

from filed import NOON, a_message, an_incident
from streetwatch.models.labels import CLASS_ID
from streetwatch.service.delivery.case_json import case_json
from streetwatch.vision.types import Detections, Image

HERE = {"lon": 121.47, "lat": 31.23}


METRE_NORTH = 1 / 111_320


DAY_S = 86_400.0


@dataclass
class Eyes:
    """A detector that sees what the test says."""

    longest_side = 640

    found: list[tuple[str, float]] = field(default_factory=list)
    looked_at: list[tuple[int, ...]] = field(default_factory=list)

    def detect(
        self, image: Image, *, confidence: float | None = None, longest: int | None = None
    ) -> Detections:
        del confidence, longest
        self.looked_at.append(image.shape)
        return Detections(
            np.array([[10, 20, 60, 50]] * len(self.found), np.float32).reshape(-1, 4),
            np.array([sure for _, sure in self.found], np.float32),
            np.array([CLASS_ID[label] for label, _ in self.found], np.int64),
        )


@dataclass
class Desk:
    """The desk as citizens, sensors and cameras see it."""

    evidence: Path
    eyes: Eyes = field(default_factory=Eyes)
    http: httpx.Client = field(init=False)
    now: float = NOON

    def observe(self, *, status: int = 201, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        told = {"reporter": "12345", "id": "r-1", **HERE, "picture": b64(jpeg()), **changes}
        given = {name: value for name, value in told.items() if value is not None}
        return self.answer(self.http.post("/observations", json=given), status)

    def answer(self, got: httpx.Response, status: int) -> dict[str, Any]:
        assert got.status_code == status, got.text
        answer: dict[str, Any] = got.json()
        return answer

    def camera(self, name: str = "a", *, status: int = 201, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        incident = an_incident(id=name * 26, type="exposed_garbage")
        told = case_json(a_message(incident).case) | changes
        headers = {"Idempotency-Key": f"{name}-key-of-a-message"}
        return self.answer(self.http.post("/desk/cases", json=told, headers=headers), status)

    def case(self, name: str) -> dict[str, Any]:
        return self.answer(self.http.get(f"/desk/cases/{name}"), 200)

    def count(self) -> int:
        return int(self.http.get("/desk/cases").json()["total"])

    def end(self, name: str) -> None:
        for state in ("accepted", "dispatched", "handled", "closed"):
            self.answer(self.http.patch(f"/desk/cases/{name}", json={"state": state}), 200)


def jpeg(width: int = 160, height: int = 120) -> bytes:
    done, content = cv2.imencode(".jpg", np.full((height, width, 3), 90, np.uint8))
    assert done
    return content.tobytes()


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()
