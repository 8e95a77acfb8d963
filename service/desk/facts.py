"""What a camera's facts change of a case: its own camera's, and one's whose report was merged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.draft import Document, Draft, progress, with_added
from streetwatch.service.desk.merging import Filing, brought, merge
from streetwatch.service.desk.rows import added, last_at, moved_columns
from streetwatch.service.desk.states import CaseState
from streetwatch.service.desk.turns import turn

Row = Mapping[Any, Any]

#: Who has done what the desk does by itself.
THE_DESK = "streetwatch"


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts on their way into a case, inside the transaction that writes them.

    Attributes:
        connection: The transaction's.
    """

    connection: sa.Connection

    def own(self, row: Row, draft: Draft) -> Document:
        """Return the columns that its own camera's facts change; older ones change nothing."""
        document = with_added(draft.document, row["document"])
        if progress(document) < progress(row["document"]):
            return {}
        return self._turned(row, draft, {"document": document}, before=row["document"])

    def joined(self, row: Row, draft: Draft, filing: Filing) -> Document:
        """Return the columns that a report changes which is merged into a case."""
        changed = merge(self.connection, row, draft, filing)
        return self._turned(row, draft, changed, before={})

    def merged(self, row: Row, report: Row, draft: Draft) -> Document:
        """Return the columns that a merged report's later facts change."""
        before = report["document"]
        if progress(draft.document) < progress(before):
            return {}
        changed = brought(self.connection, row, report, draft.document)
        return self._turned(row, draft, changed, before=before)

    def _turned(
        self, row: Row, draft: Draft, changed: Document, *, before: Mapping[str, Any]
    ) -> Document:
        """Add what the facts do to the state."""
        move = turn(CaseState(row["state"]), before, draft.document)
        by_another = draft.external_id != row["external_id"]
        if move is None or (by_another and move.state is CaseState.SELF_CORRECTED):
            return changed  # that it is gone is for the case's own camera to say
        so_far = {"history": changed.get("history") or row["history"]}
        at = max(move.at, last_at(so_far))
        history = added(so_far, at, by=THE_DESK, note=move.note, state=move.state.value)
        filed = {"reported_at": at} if move.state is CaseState.REPORTED else {}
        return {**changed, **moved_columns(move.state, at), "history": history, **filed}
