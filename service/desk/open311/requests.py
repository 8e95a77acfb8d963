"""A case as Open311 tells it: a service request."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.history import moves
from streetwatch.service.desk.open311.services import service_name
from streetwatch.service.desk.states import ENDS, CaseState
from streetwatch.service.evidence.links import Links
from streetwatch.zones.schedule import CHINA

#: What people read for a state.
STATE_NAMES: Mapping[CaseState, str] = MappingProxyType(
    {
        CaseState.WARNED: "预警 warned",
        CaseState.SELF_CORRECTED: "自行改正 self-corrected",
        CaseState.REPORTED: "上报 reported",
        CaseState.ACCEPTED: "立案 accepted",
        CaseState.REJECTED: "作废 rejected",
        CaseState.DISPATCHED: "派遣 dispatched",
        CaseState.HANDLING: "处置中 being handled",
        CaseState.SUSPENDED: "挂账 suspended",
        CaseState.HANDLED: "已处置 handled",
        CaseState.CLOSED: "结案 closed",
        CaseState.FORCE_CLOSED: "强制结案 closed by force",
        CaseState.CANCELLED: "撤销 cancelled",
    }
)

#: The picture that shows a case, the best first.
_SHOWING = ("zone_overlay", "threshold", "close_up", "first_seen")


@dataclass(frozen=True, slots=True)
class Told:
    """How cases are told.

    Attributes:
        public_url: Where this service is reached from outside; None keeps its pictures inside.
        extended: Whether to tell what the standard does not have.
        links: Seals their addresses, so that whoever reads them needs no token.
    """

    public_url: str | None = None
    extended: bool = False
    links: Links | None = None

    def request(self, case: Document) -> Document:
        """Return a case as a service request."""
        place = case.get("place") or {}
        camera = case.get("camera") or {}
        told = {
            "service_request_id": case["number"],
            "status": "closed" if case["state"] in ENDS else "open",
            "status_notes": _notes(case),
            "service_name": service_name(case["type"]),
            "service_code": case["type"],
            "description": case.get("description"),
            "agency_responsible": case.get("authority"),
            "service_notice": None,
            "requested_datetime": _w3c(case["reported_at"]),
            "updated_datetime": _w3c(_updated(case)),
            "expected_datetime": _w3c(case.get("deadline")),
            "address": case.get("address") or camera.get("name"),
            "address_id": case.get("address_id"),
            "zipcode": None,
            "lat": place.get("lat"),
            "long": place.get("lon"),
            "media_url": self._picture(case),
        }
        return told | ({"extended_attributes": _extended(case)} if self.extended else {})

    def _picture(self, case: Document) -> str | None:
        if case.get("media_url"):
            return str(case["media_url"])
        urls = {one["role"]: one["url"] for one in case.get("evidence") or ()}
        url = next((urls[role] for role in _SHOWING if role in urls), None)
        if url is None or not url.startswith("/"):
            return url
        if not self.public_url:
            return None
        return f"{self.public_url}{self.links.sealed(url) if self.links else url}"


def _notes(case: Document) -> str:
    """Say why it stands as it does: its state, and what was noted with the last move."""
    made = moves(case["history"])
    note = made[-1].get("note") if made else ""
    name = STATE_NAMES[CaseState(case["state"])]
    return f"{name}: {note}" if note else name


def _updated(case: Document) -> str:
    """Return when it was changed last; a closed request, when it was closed."""
    if case["state"] in ENDS and case.get("ended_at"):
        return str(case["ended_at"])
    return str(case["history"][-1]["at"] if case["history"] else case["reported_at"])


def _extended(case: Document) -> dict[str, Any]:
    reporter = case.get("reporter") or {}
    return {
        "external_id": reporter.get("external_id") or case["external_id"],
        "state": case["state"],
        "source": case["source"],
        "grid_code": case.get("grid_code"),
        "level": case.get("level"),
    }


def _w3c(written: str | None) -> str | None:
    """Write a moment of the book on China's clock, as the W3C's note on times has it."""
    if written is None:
        return None
    return datetime.fromisoformat(written).astimezone(CHINA).isoformat(timespec="seconds")
