"""Reports of one thing at one place are one case: which case has it, and what is added to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import cos, hypot, radians
from typing import Any

import sqlalchemy as sa

from streetwatch.service.access.doer import Doer
from streetwatch.service.desk.draft import Document, Draft
from streetwatch.service.desk.rows import added
from streetwatch.service.desk.states import ENDS, CaseState
from streetwatch.service.store.schema import desk_case, desk_merged
from streetwatch.vision.types import Seconds

Row = Mapping[Any, Any]

#: Who reports what others may have reported too. What is filed by other tools is theirs to merge.
_SOURCES = frozenset({"video", "mobile", "sensor"})

#: What nobody could name can't be the same as anything.
UNCLASSIFIED = "unclassified"

_METRES_A_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Nearness:
    """When two reports are about one place.

    Attributes:
        within_m: At most so far apart; 0: only at one place key.
    """

    within_m: float = 15.0


@dataclass(frozen=True, slots=True)
class Filing:
    """What a draft is filed with: its idempotency key, when, and by whom."""

    key: str
    now: Seconds
    doer: Doer


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return how far apart two points are: exact enough for a street."""
    east = (other_lon - lon) * cos(radians((lat + other_lat) / 2))
    return hypot(east, other_lat - lat) * _METRES_A_DEGREE


def case_that_has(connection: sa.Connection, draft: Draft, near: Nearness) -> Row | None:
    """Return the open case that a new report is about, None where it is a case of its own."""
    if draft.source not in _SOURCES or draft.type == UNCLASSIFIED:
        return None
    open_ones = desk_case.c.state.in_([state.value for state in CaseState if state not in ENDS])
    wanted = sa.select(desk_case).where(open_ones, desk_case.c.type == draft.type)
    nearby = wanted.where(_around(draft, near)).with_for_update()
    rows = connection.execute(nearby).mappings().all()
    ranked = [(_rank(row, draft), row) for row in rows if _can_be(row, draft, near)]
    for _, row in sorted(ranked, key=lambda pair: pair[0]):
        if draft.camera_id is None or not _has_camera(connection, row, draft.camera_id):
            return row
    return None


def _around(draft: Draft, near: Nearness) -> sa.ColumnElement[bool]:
    same_key = desk_case.c.place_key == draft.place_key
    if draft.lon is None or draft.lat is None:
        return same_key
    north = near.within_m / _METRES_A_DEGREE
    east = north / max(cos(radians(draft.lat)), 0.01)
    boxed = sa.and_(
        desk_case.c.lon.between(draft.lon - east, draft.lon + east),
        desk_case.c.lat.between(draft.lat - north, draft.lat + north),
    )
    return sa.or_(same_key, boxed)


def _can_be(row: Row, draft: Draft, near: Nearness) -> bool:
    if draft.source == "video":
        return _is_seen_by_another(row, draft) and _distance(row, draft) <= near.within_m
    return row["place_key"] == draft.place_key or _distance(row, draft) <= near.within_m


def _is_seen_by_another(row: Row, draft: Draft) -> bool:
    """Tell whether a camera's report can be about a case: one camera keeps its own apart.

    Two cameras on one pole look at different ground: where each case's ground was not measured,
    they are two cases.
    """
    if row["source"] != "video":
        return True
    known, new = row["document"], draft.document
    measured = _is_measured(known) and _is_measured(new)
    return row["camera_id"] != draft.camera_id and measured and _overlap(known, new)


def _is_measured(document: Mapping[str, Any]) -> bool:
    return bool((document.get("place") or {}).get("is_measured"))


def _overlap(known: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    cleared_at = known.get("cleared_at")
    return cleared_at is None or _moment(cleared_at) >= _moment(new["first_seen"])


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _distance(row: Row, draft: Draft) -> float:
    if None in (row["lon"], row["lat"], draft.lon, draft.lat):
        return float("inf")
    return metres(row["lon"], row["lat"], draft.lon or 0.0, draft.lat or 0.0)


def _rank(row: Row, draft: Draft) -> tuple[bool, float, float]:
    """Order cases that may have it: at its own place first, then nearest in time, in space."""
    apart_s = abs(row["occurred_at"] - draft.occurred_at)
    return row["place_key"] != draft.place_key, apart_s, _distance(row, draft)


def _has_camera(connection: sa.Connection, row: Row, camera_id: str) -> bool:
    """Tell whether a case has a report of this camera already: the next one is another thing."""
    same = (desk_merged.c.number == row["number"], desk_merged.c.camera_id == camera_id)
    return connection.execute(sa.select(desk_merged.c.external_id).where(*same)).first() is not None


def merged_report(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Row | None:
    """Return a report that a case of another name has."""
    return connection.execute(sa.select(desk_merged).where(where)).mappings().first()


def names_of(connection: sa.Connection, row: Row) -> tuple[str, ...]:
    """Return a case's external id and those of the reports that were merged into it."""
    of_it = desk_merged.c.number == row["number"]
    merged = sa.select(desk_merged.c.external_id).where(of_it).order_by(desk_merged.c.merged_at)
    return (row["external_id"], *connection.execute(merged).scalars())


def merge(connection: sa.Connection, row: Row, draft: Draft, filing: Filing) -> Document:
    """Keep a report under its own name, and return what it changes of the case that has it."""
    connection.execute(
        sa.insert(desk_merged).values(
            external_id=draft.external_id,
            idempotency_key=filing.key,
            number=row["number"],
            source=draft.source,
            camera_id=draft.camera_id,
            merged_at=filing.now,
            document=draft.document,
        )
    )
    note = f"{draft.source} 重复上报并入 / merged, reported again"
    line = {"note": note, "action": "merge", "external_id": draft.external_id}
    return {
        "document": _with_evidence(row["document"], draft.document, draft.external_id),
        "history": added(row, filing.now, **filing.doer.line, **line),
    }


def brought(connection: sa.Connection, row: Row, merged: Row, document: Document) -> Document:
    """Keep the later facts of a merged report, and return what they change of its case."""
    name = merged["external_id"]
    same = desk_merged.c.external_id == name
    connection.execute(sa.update(desk_merged).where(same).values(document=document))
    changed = {"document": _with_evidence(row["document"], document, name)}
    cleared_at = document.get("cleared_at")
    if cleared_at is None or merged["document"].get("cleared_at") is not None:
        return changed
    note = "另一来源见已消失 / another camera saw it gone"
    at = _moment(cleared_at).timestamp()
    return {**changed, "history": added(row, at, by=name, note=note, action="cleared")}


def _with_evidence(document: Mapping[str, Any], report: Mapping[str, Any], name: str) -> Document:
    """Return a case's facts with another report's files, each marked with whose it is."""
    own = [file for file in document["evidence"] if file.get("of") != name]
    return {**document, "evidence": [*own, *({**file, "of": name} for file in report["evidence"])]}


def as_merged(case: Document, name: str, report: Mapping[str, Any] | None = None) -> Document:
    """Return what is answered about a merged report: its case, under the report's own name."""
    told = (report or {}).get("observation")
    own = {} if told is None else {"observation": told}
    return {**case, **own, "external_id": name, "duplicate_of": case["number"]}
