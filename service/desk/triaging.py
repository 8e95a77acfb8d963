"""Triage in the book: what was there before, and the suggestion kept right with new facts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.draft import Document, Draft
from streetwatch.service.desk.facts import THE_DESK
from streetwatch.service.desk.profile import Profile
from streetwatch.service.desk.rows import added
from streetwatch.service.desk.states import ENDS, REFUSALS, CaseState
from streetwatch.service.desk.triage import Facts, Thresholds, triage
from streetwatch.service.store.schema import desk_case
from streetwatch.vision.types import Seconds

Row = Mapping[Any, Any]

_DAY_S: Seconds = 86_400.0

#: So many of the cases before are named.
_NAMED = 3

_NEWEST = desk_case.c.reported_at.desc()

#: These do not count as earlier offences: nothing was there, or it was put right when asked.
UNCOUNTED = REFUSALS | {CaseState.WARNED, CaseState.SELF_CORRECTED}


@dataclass(frozen=True, slots=True)
class Triaging:
    """Suggests measures by a city's profile and thresholds."""

    profile: Profile
    thresholds: Thresholds

    def suggested(self, connection: sa.Connection, draft: Draft, now: Seconds) -> Draft:
        """Fill in what is suggested for a new case: a step of the intake."""
        place = draft.place_key
        same = None if place is None else desk_case.c.place_key == place
        facts = self._facts(draft.type, draft.document, place)
        facts = replace(facts, **self._before(connection, draft.type, same, now))
        return replace(draft, filled={**draft.filled, **self._columns(facts)})

    def reconsidered(self, _: Row, row: Row, at: Seconds) -> Document:
        """Return what new facts about a case change in its suggestion, until a person decides."""
        known = row.get("triage")
        if known is None or row.get("measure") is not None or row["state"] in ENDS:
            return {}
        counted = {"times": known["times"], "latest": tuple(known["latest"])}
        return self._judged(row, counted, at)

    def of_subject(
        self, connection: sa.Connection, row: Row, subject: str | None, at: Seconds
    ) -> Document:
        """Return what is suggested for a case once somebody has said whose it is."""
        column = desk_case.c.place_key if subject is None else desk_case.c.subject
        value = row["place_key"] if subject is None else subject
        same = None if value is None else column == value
        counted = self._before(connection, row["type"], same, row["reported_at"])
        changed = {"subject": subject}
        return changed | self._judged({**row, **changed}, counted, at)

    def _judged(self, row: Row, counted: Mapping[str, Any], at: Seconds) -> Document:
        facts = self._facts(row["type"], row["document"], row["place_key"])
        facts = replace(facts, **counted, by_subject=row.get("subject") is not None)
        columns = self._columns(facts)
        said = {name: columns[name] for name in ("level", "suggestion")}
        if all(row[name] == value for name, value in said.items()):
            return columns
        return columns | {"history": added(row, at, by=THE_DESK, action="level", **said)}

    def _before(
        self,
        connection: sa.Connection,
        type_: str,
        same: sa.ColumnElement[bool] | None,
        before: Seconds,
    ) -> Mapping[str, Any]:
        """Return how many cases there were in the window up to a moment, and the latest."""
        if same is None:
            return {"times": None}
        counted = (
            same,
            desk_case.c.type == type_,
            desk_case.c.reported_at < before,
            desk_case.c.reported_at >= before - self.thresholds.window_d * _DAY_S,
            desk_case.c.state.not_in(UNCOUNTED),
            desk_case.c.duplicate_of.is_(None),
        )
        number = sa.select(sa.func.count()).select_from(desk_case).where(*counted)
        latest = sa.select(desk_case.c.number).where(*counted).order_by(_NEWEST).limit(_NAMED)
        return {
            "times": connection.execute(number).scalar_one() + 1,
            "latest": tuple(connection.execute(latest).scalars()),
        }

    def _facts(self, type_: str, document: Mapping[str, Any], place: str | None) -> Facts:
        known = self.profile.types.get(type_)
        return Facts(
            zh=known.zh if known else type_,
            en=known.en if known else type_,
            is_minor=known is not None and known.minor,
            dwell_s=_dwell_s(document),
            size_px=_size_px(document),
            place_key=place,
        )

    def _columns(self, facts: Facts) -> Document:
        made = triage(facts, self.thresholds)
        return {
            "level": made.level.value if made.level else None,
            "first_offence": made.first_offence,
            "suggestion": made.suggestion.value,
            "triage": {
                "reasons": [one._asdict() for one in made.reasons],
                "times": facts.times,
                "latest": list(facts.latest),
                "minor": facts.is_minor,
                "dwell_s": facts.dwell_s,
                "size_px": facts.size_px,
                "window_d": self.thresholds.window_d,
            },
        }


def _dwell_s(document: Mapping[str, Any]) -> Seconds | None:
    if "observed_s" not in document:
        return None
    return float(document["observed_s"]) + float(document["unobserved_s"])


def _size_px(document: Mapping[str, Any]) -> float | None:
    if "bbox" not in document:
        return None
    x1, y1, x2, y2 = document["bbox"]
    return float((x2 - x1) * (y2 - y1))
