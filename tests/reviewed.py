"""A desk with cases that wait for a verdict, and who reviews them."""

import json
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from filed import NOON, a_message, an_incident
from streetwatch.service.case_desk import Desk, reviewing_from
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.report import Report
from streetwatch.service.desk.review.leases import Reviewer
from streetwatch.service.desk.review.reviewing import Reviewing
from streetwatch.service.desk.states import REFUSALS, CaseState
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents import handle
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.settings import Settings
from streetwatch.service.store.sql_store import SqlStore
from wired_desk import wired_desk

LI, WANG = Reviewer("li", "page-1"), Reviewer("wang", "page-2")


@dataclass
class ReviewedDesk:
    """One process of the desk on a database that others may share."""

    store: SqlStore
    now: float = NOON

    def __post_init__(self) -> None:
        self.desk: Desk = wired_desk(Settings(), self.store, clock=lambda: self.now)
        self.reviewing: Reviewing = reviewing_from(self.desk, self.store, on_end=self._close)

    def _close(self, name: str, state: CaseState, at: float) -> None:
        handle.close(name, rejected=state in REFUSALS, store=self.store, at=at)

    def file(self, name: str, **changes: Any) -> str:  # noqa: ANN401 -- any field of an incident
        """File a case of an incident that is in the store too; return its number."""
        incident: Incident = an_incident(**{"id": name * 26} | changes)
        with self.store.transaction() as transaction:
            transaction.put_incident(incident)
        told = case_json(a_message(incident).case)
        report = Report.model_validate_json(json.dumps(told))
        case, _ = self.desk.book.report(report, key=f"key-of-{incident.id}", now=self.now)
        return str(case["number"])

    def state(self, number: str) -> str:
        return str(self.desk.book.case(number)["state"])


def threshold_still(evidence: EvidenceFolder, incident_id: str) -> None:
    """Write the still that `streetwatch learn` looks at."""
    frame = np.full((480, 640, 3), 80, np.uint8)
    evidence.write(incident_id, "threshold.jpg", cv2.imencode(".jpg", frame)[1].tobytes())
