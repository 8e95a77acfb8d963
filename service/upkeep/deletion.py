"""A deletion, and how it is written down."""

from dataclasses import dataclass

import sqlalchemy as sa

from streetwatch.service.incidents.retention import Kind
from streetwatch.service.store.audit import Deed, noted
from streetwatch.service.store.audit_chain import Fact
from streetwatch.service.store.schema import deletion
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class Deleted:
    """One deletion, or one that a dry run would have made."""

    kind: Kind
    name: str
    reason: str
    files: tuple[dict[str, str], ...] = ()

    def line(self) -> dict[str, object]:
        """Return it for JSON."""
        return {
            "kind": self.kind,
            "name": self.name,
            "reason": self.reason,
            "files": list(self.files),
        }


def written_down(
    connection: sa.Connection, gone: Deleted, now: Seconds, *, done_at: Seconds | None = None
) -> int:
    """Write it into the log of deletions, in the transaction that deletes the rows.

    Args:
        connection: Of that transaction.
        gone: What goes.
        now: When.
        done_at: When it had ended; left out, it has not.

    Returns:
        Where it stands in the log.
    """
    row = {
        "kind": gone.kind.value,
        "name": gone.name,
        "reason": gone.reason,
        "files": list(gone.files),
        "begun_at": now,
        "done_at": done_at,
    }
    if gone.kind is Kind.EVIDENCE:
        facts: dict[str, Fact] = {"reason": gone.reason, "files": len(gone.files)}
        noted(connection, Deed("evidence.deleted", on=gone.name, facts=facts), now=now)
    position: int = connection.execute(
        sa.insert(deletion).values(row).returning(deletion.c.position)
    ).scalar_one()
    return position
