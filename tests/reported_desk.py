"""The case desk as those see it who report to it and handle what was reported."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from filed import NOON, a_message
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.incidents.incident import Incident

KEY = "key-of-the-first-message"


DAY_S = 86_400.0


def report(incident: Incident | None = None, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return case_json(a_message(incident).case) | changes


@dataclass
class Desk:
    """The desk as its users see it, its clock, and the ends that it has told of."""

    http: httpx.Client = field(init=False)
    now: float = NOON
    ended: list[tuple[str, str, float]] = field(default_factory=list)

    def post(self, body: object = None, key: str = KEY) -> httpx.Response:
        headers = {"Idempotency-Key": key}
        return self.http.post("/desk/cases", json=body or report(), headers=headers)

    def move(self, state: str, name: str = "SW-20261123-0001", **more: str) -> httpx.Response:
        return self.http.patch(f"/desk/cases/{name}", json={"state": state} | more)

    def case(self, name: str = "SW-20261123-0001") -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/desk/cases/{name}").json()
        return found

    def listed(self, **wanted: str | int) -> list[str]:
        cases = self.http.get("/desk/cases", params=wanted).json()["cases"]
        return [case["number"] for case in cases]
