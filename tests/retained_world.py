"""A store, a desk and evidence that grow old."""

import json
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from filed import NOON, a_message, an_incident, evidence
from sealed import SIGNER
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.states import CaseState
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.incidents.retention import DAY_S, Periods
from streetwatch.service.store.schema import deletion
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.service.upkeep.retention import Retention

CASE = "a" * 26

CANDIDATE = "c" * 26


@dataclass
class World:
    """A service's store and evidence, and its retention."""

    store: SqlStore
    evidence: EvidenceFolder
    cameras: frozenset[str] = field(default_factory=lambda: frozenset({"kerb"}))

    @property
    def retention(self) -> Retention:
        return Retention(self.store.engine, self.evidence, Periods(), lambda: self.cameras, SIGNER)

    @property
    def book(self) -> Book:
        return Book(self.store.engine)

    def add(self, incident: Incident, *, with_case: bool = True) -> None:
        digest = self.evidence.write(incident.id, "threshold.jpg", b"picture")
        with self.store.transaction() as transaction:
            transaction.put_incident(incident)
            transaction.put_attachments(incident.id, [evidence(sha256=digest)])
        if with_case:
            told = case_json(a_message(incident).case)
            report = Report.model_validate_json(json.dumps(told))
            self.book.report(report, key=f"key-{incident.id}", now=NOON)

    def end(self, state: CaseState = CaseState.CLOSED) -> None:
        steps = [CaseState.ACCEPTED, CaseState.DISPATCHED, CaseState.HANDLED, CaseState.CLOSED]
        for step in [state] if state is CaseState.REJECTED else steps:
            self.book.move(CASE, Move(state=step), now=NOON)

    def run(self, days: float) -> list[tuple[str, str]]:
        return [(one.kind, one.name) for one in self.retention.run(now=NOON + days * DAY_S)]

    def files(self, incident_id: str) -> list[str]:
        return sorted(path.name for path in self.evidence.root.glob(f"{incident_id}/*"))

    def attachments(self, incident_id: str) -> int:
        with self.store.transaction() as transaction:
            return len(transaction.attachments(incident_id))

    def written_down(self) -> list[dict[str, Any]]:
        with self.store.engine.connect() as connection:
            rows = connection.execute(sa.select(deletion).order_by(deletion.c.position))
            return [dict(row) for row in rows.mappings()]


def candidate() -> Incident:
    return an_incident(id=CANDIDATE, state=State.CLOSED, violation_at=None, closed_at=NOON)
