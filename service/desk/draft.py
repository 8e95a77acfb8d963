"""A draft: a case on its way into the book, and the steps that fill it in."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.report import Report
from streetwatch.service.desk.states import CaseState
from streetwatch.vision.types import Seconds

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A case before it has a number.

    Attributes:
        external_id: The reporter's own name for it; one case has one.
        source: `video`, `mobile`, `sensor` or `open311`.
        type: As the rules name it.
        occurred_at: When it became a violation, seconds since the epoch.
        document: What was reported, as JSON.
        lon: Degrees east, WGS-84 or CGCS2000; None where nobody knows.
        lat: Degrees north.
        place_key: What counts as one place: a camera's zone, or a cell of the map.
        filled: Further columns of the case, from the steps of the intake.
    """

    external_id: str
    source: str
    type: str
    occurred_at: Seconds
    document: Document
    state: CaseState = CaseState.REPORTED
    camera_id: str | None = None
    zone_id: str | None = None
    lon: float | None = None
    lat: float | None = None
    grid_code: str | None = None
    place_key: str | None = None
    recurrence_of: str | None = None
    repeat_count: int = 0
    filled: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


#: Fills in a draft inside the transaction that writes it: its grid, its code and deadline, what it
#: suggests. The time is the desk's, seconds since the epoch.
IntakeStep = Callable[[sa.Connection, Draft, Seconds], Draft]

#: Returns what else changes with a case: its deadline when it moves, its suggestion with new facts.
#: Given the row before and after, and when.
ChangeStep = Callable[[Mapping[Any, Any], Mapping[Any, Any], Seconds], Document]


def draft_of(report: Report) -> Draft:
    """Return the draft of what a camera reports."""
    place = report.place
    return Draft(
        external_id=report.external_id,
        source=report.source,
        type=report.type,
        occurred_at=report.violation_at.timestamp(),
        document=report_document(report),
        state=CaseState.WARNED if is_warning(report) else CaseState.REPORTED,
        camera_id=report.camera.id,
        zone_id=report.zone_id,
        lon=place.lon if place else None,
        lat=place.lat if place else None,
        grid_code=place.grid_code if place else None,
        place_key=f"{report.camera.id}/{report.zone_id}",
        recurrence_of=report.recurrence_of,
        repeat_count=report.repeat_count,
    )


def is_warning(report: Report) -> bool:
    """Tell whether those concerned were warned and nothing is filed yet."""
    return report.warned_at is not None and report.opened_at is None


def report_document(report: Report) -> Document:
    """Return a report as JSON."""
    document: Document = json.loads(report.model_dump_json())
    return document


def with_added(document: Document, before: Document) -> Document:
    """Return new facts with the evidence that others had added to those before."""
    own = {file["url"] for file in document["evidence"]}
    added = [file for file in before["evidence"] if "of" in file and file["url"] not in own]
    return {**document, "evidence": [*document["evidence"], *added]}


def progress(document: Document) -> tuple[datetime, bool, int]:
    """Tell how far a case's facts have come: they only ever go on."""
    seen = datetime.fromisoformat(document["last_seen"])
    own = [file for file in document["evidence"] if "of" not in file]
    return seen, document["cleared_at"] is not None, len(own)
