"""A store filled with what a city files in a year, as fast as the database takes it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.report import Report
from streetwatch.service.desk.review.rank import Weight, rank
from streetwatch.service.desk.states import ENDS, CaseState
from streetwatch.service.desk.way import way_columns
from streetwatch.service.incidents.case import Attachment, Case, Occasion, Site, message
from streetwatch.service.incidents.incident import Incident, State, Versions
from streetwatch.service.store import codec
from streetwatch.service.store.bulk import insert_many
from streetwatch.service.store.schema import (
    attachment,
    desk_case,
    desk_day,
    incident,
    outbox,
    receipt,
)
from streetwatch.vision.types import Seconds
from streetwatch.zones.place import Place
from streetwatch.zones.rules import ViolationType

#: The first second that is filled, 2026-01-01 in China, and how long.
START: Final[Seconds] = 1767196800.0
YEAR_S: Final[Seconds] = 365 * 86_400.0

CAMERAS: Final = 1000

#: One place where far more is filed than anywhere: every this many-th row.
HOT_EVERY: Final = 50

#: Whom everything is told.
TARGET: Final = "desk"

TYPES: Final = tuple(ViolationType)

_BATCH: Final = 20_000

_OPEN: Final = tuple(state for state in CaseState if state not in ENDS)


@dataclass(frozen=True, slots=True)
class One:
    """The n-th of so many: everything about it follows from its number."""

    number: int
    of: int
    cameras: int = CAMERAS

    @property
    def id(self) -> str:
        """Name of the incident."""
        return f"{self.number:026}"

    @property
    def camera(self) -> int:
        """Number of the camera."""
        return 0 if self.number % HOT_EVERY == 0 else 1 + self.number % (self.cameras - 1)

    @property
    def camera_id(self) -> str:
        """Name of the camera."""
        return f"cam-{self.camera:04}"

    @property
    def at(self) -> Seconds:
        """When it became a violation."""
        return START + YEAR_S * self.number / self.of

    @property
    def is_old(self) -> bool:
        """Whether its case has most likely ended: all but the last twentieth have."""
        return self.number < self.of * 0.95

    @property
    def case_number(self) -> str:
        """Number of its desk case."""
        day, place = divmod(self.number, max(self.of // 365, 1))
        return f"SW-{20260000 + day:08}-{place + 1:04}"

    @property
    def type(self) -> str:
        """What stands there."""
        return TYPES[0 if self.camera == 0 else self.number % len(TYPES)]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Where it stands, all over the picture."""
        left, top = float(self.number * 7919 % 1100), float(200 + self.number * 104_729 % 400)
        return (left, top, left + 160.0, top + 110.0)

    @property
    def confidence(self) -> float:
        """How sure what saw it was."""
        return 0.3 + (self.number * 7919 % 600) / 1000

    def state(self) -> CaseState:
        """Return where its case is."""
        if not self.is_old:
            return _OPEN[self.number % len(_OPEN)]
        return CaseState.REJECTED if self.number % 12 == 0 else CaseState.CLOSED


def fill(
    engine: sa.Engine, rows: int, *, on_rows: Callable[[int], None], cameras: int = CAMERAS
) -> None:
    """Fill an empty store with so many incidents, each with its case, message and evidence."""
    for first in range(0, rows, _BATCH):
        last = min(first + _BATCH, rows)
        batch = [One(number, rows, cameras) for number in range(first, last)]
        with engine.begin() as connection:
            insert_many(connection, incident, (_incident(one) for one in batch))
            insert_many(connection, attachment, (row for one in batch for row in _attachments(one)))
            insert_many(connection, outbox, (_promised(one) for one in batch))
            insert_many(connection, receipt, (_receipt(one) for one in batch))
            insert_many(connection, desk_case, (_case(one) for one in batch))
        on_rows(len(batch))
    with engine.begin() as connection:
        connection.execute(sa.insert(desk_day).values(day="SW-20260364-", last=rows // 365))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _first() -> Case:
    """Return a case as it is told: all others are like it but for what they are asked by."""
    box = (100.0, 100.0, 260.0, 210.0)
    incident = Incident(
        id="0" * 26,
        camera_id="cam",
        zone_id="kerb",
        type=TYPES[0],
        state=State.OPEN,
        first_seen=START,
        last_seen=START + 900,
        observed_s=1150.5,
        unobserved_s=49.5,
        anchor=box,
        bbox=box,
        confidence=0.77,
        versions=Versions("street-1", "0f0f0f0f", "1e1e1e1e"),
        violation_at=START + 300,
    )
    names = ("first_seen.jpg", "threshold.jpg", "close_up.jpg", "zone_overlay.jpg")
    files = tuple(Attachment(name, name[:-4], "image/jpeg", "ab" * 32, START) for name in names)
    site = Site("cam", "人民路东口", Place(121.47, 31.23, grid_code="310101001000000"))
    return Case(incident, site, files)


_TOLD: Final = _first()

#: What every incident, document and case that is filled in is like.
INCIDENT: Final = codec.incident_row(_TOLD.incident)
_PAYLOAD: Final = codec.message_document(message(Occasion.OPENED, _TOLD))
DOCUMENT: Final = case_json(_TOLD)
CASE: Final[dict[str, Any]] = {
    "repeat_count": 0,
    "legal_hold": False,
    "confidence": 0.77,
    "review_rank": rank(Weight(0.77)),
}


def _incident(one: One) -> dict[str, Any]:
    ends = one.at + 1200 if one.is_old else None
    return INCIDENT | {
        "id": one.id,
        "camera_id": one.camera_id,
        "type": one.type,
        "state": "closed" if one.is_old else "open",
        "first_seen": one.at - 300,
        "last_seen": one.at + 900,
        "anchor": one.box,
        "bbox": one.box,
        "violation_at": one.at,
        "cleared_at": ends,
        "closed_at": ends,
        "rejected_at": ends if one.state() is CaseState.REJECTED else None,
    }


def filled(engine: sa.Engine) -> int:
    """Return how many incidents a store holds."""
    with engine.connect() as connection:
        count = sa.select(sa.func.count()).select_from(incident)
        return connection.execute(count).scalar_one()


def report_of(external_id: str) -> Report:
    """Return what a camera reports."""
    return Report.model_validate_json(json.dumps(DOCUMENT | {"external_id": external_id}))


def _attachments(one: One) -> Iterator[dict[str, Any]]:
    for position, name in enumerate(("threshold.jpg", "manifest.json")):
        yield {
            "incident_id": one.id,
            "name": name,
            "position": position,
            "role": name.partition(".")[0],
            "media_type": "image/jpeg",
            "sha256": f"{one.number:064x}",
            "captured_at": one.at,
        }


def _promised(one: One) -> dict[str, Any]:
    waits = not one.is_old and one.number % 100 == 0
    return {
        "target": TARGET,
        "key": f"key-{one.id}",
        "incident_id": one.id,
        "occasion": Occasion.OPENED.value,
        "payload": _PAYLOAD | {"incident": _incident(one)},
        "state": "pending" if waits else "delivered",
        "attempts": 0 if waits else 1,
        "queued_at": one.at,
        "due_at": one.at,
        "lease_until": 0.0,
        "uncertain": False,
        "delivered_at": None if waits else one.at + 1,
    }


def _receipt(one: One) -> dict[str, Any]:
    return {
        "target": TARGET,
        "incident_id": one.id,
        "number": one.case_number,
        "state": "closed" if one.is_old else "open",
        "said_at": one.at,
        "asked_at": None if one.is_old else one.at,
    }


def _case(one: One) -> dict[str, Any]:
    state, camera = one.state(), one.camera_id
    steps = ("reported", "accepted", "dispatched", "handled", state.value)
    case = CASE | {
        "number": one.case_number,
        "external_id": one.id,
        "idempotency_key": f"key-{one.id}",
        "source": "video",
        "state": state.value,
        "type": one.type,
        "camera_id": camera,
        "zone_id": "kerb",
        "lon": 121.47,
        "lat": 31.23,
        "grid_code": f"31010100100{one.camera:04}",
        "place_key": f"{camera}/kerb",
        "occurred_at": one.at,
        "reported_at": one.at + 1,
        "ended_at": one.at + 7200 if state in ENDS else None,
        "deadline": one.at + 86_400,
        "confidence": one.confidence,
        "review_rank": rank(Weight(one.confidence)),
        "revision": one.number + 1,
        "document": DOCUMENT | {"external_id": one.id, "type": one.type},
        "history": [{"state": step, "at": "2026-01-01T00:00:00.000+00:00"} for step in steps],
    }
    return case | way_columns(case)
