"""A desk with cases, and what foresight says of them over HTTP."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import sqlalchemy as sa

from filed import NOON, a_message, an_incident
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.foresight.foreseer import Foreseer
from streetwatch.service.desk.foresight.fronts import Fronts
from streetwatch.service.desk.foresight.months import Months
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.desk.way import way_columns
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.zones.moment import utc
from streetwatch.zones.schedule import CHINA

HOUR, DAY = 3_600.0, 86_400.0

FRONTS = Fronts(
    "kerb",
    "人民路东口",
    "310101001001001",
    {"noodles": ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5))},
    (640, 480),
)


def china(year: int, month: int, day: int) -> float:
    return datetime(year, month, day, tzinfo=CHINA).timestamp()


@dataclass
class City:
    """A desk with cases, and what they say."""

    store: SqlStore
    now: float = NOON
    http: httpx.Client = field(init=False)
    filed: int = 0

    @property
    def book(self) -> Book:
        return Book(self.store.engine)

    @property
    def foreseer(self) -> Foreseer:
        return Foreseer(self.store.engine, lambda: self.now, fronts=lambda: [FRONTS])

    def months(self) -> Months:
        """Return who makes the months' pages, as another process would have it."""
        return Months(Reporter(self.store.engine, lambda: self.now), self.foreseer)

    def file(self, at: float, *moves: str, by: str = "li", **facts: Any) -> str:  # noqa: ANN401
        """File a case, and move it on once a minute; return its number."""
        self.filed += 1
        times = {"first_seen": at - 120, "violation_at": at - 60, "last_seen": at}
        incident = an_incident(id=f"{self.filed:026}", **{**times, **facts})
        report = Report.model_validate_json(json.dumps(case_json(a_message(incident).case)))
        case, _ = self.book.report(report, key=f"key-{self.filed:010}", now=at)
        for minute, state in enumerate(moves, start=1):
            move = Move.model_validate({"state": state, "by": by})
            self.book.move(incident.id, move, now=at + minute * 60)
        return str(case["number"])

    def copy(self, times: list[float], **changes: Any) -> None:  # noqa: ANN401
        """File many cases like the first one at once, each for an hour."""
        with self.store.engine.begin() as connection:
            row = dict(connection.execute(sa.select(desk_case)).mappings().first() or {})
            rows = [self._copied(row, at, changes) for at in times]
            connection.execute(sa.insert(desk_case), rows)

    def _copied(self, row: dict[str, Any], at: float, changes: dict[str, Any]) -> dict[str, Any]:
        self.filed += 1
        seen = {"first_seen": utc(at), "cleared_at": utc(at + HOUR)}
        names = ("number", "external_id", "idempotency_key")
        copied = {
            **row,
            **dict.fromkeys(names, f"SW-{self.filed:012}"),
            "reported_at": at,
            "occurred_at": at,
            "document": {**row["document"], **seen},
            **changes,
        }
        return {**copied, **way_columns(copied)}

    def asked(self, path: str, **asked: Any) -> Any:  # noqa: ANN401 -- JSON
        answer = self.http.get(f"/foresight/{path}", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()


CAMPAIGN = {"name": "夜市整治", "first": "2026-09-01", "last": "2026-09-14", "camera": "kerb"}

ENDED = ("accepted", "dispatched", "handled", "closed")
