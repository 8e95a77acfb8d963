"""what a case's history and document say, as columns: reports read neither any more"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0018"
branch_labels = None
depends_on = None

_MOMENTS = (
    *("began_at", "gone_at", "filed_at", "first_accepted_at", "first_dispatched_at"),
    *("first_handled_at", "judged_at"),
)
_FLAGS = ("was_warned", "is_double")

_INDEX = (
    *("reported_at", "type", "state", "source", "camera_id", "grid_code", "place_key"),
    *("number", "external_id", "recurrence_of", "duplicate_of", "lon", "lat", "occurred_at"),
    *("accepted_at", "handled_at", "ended_at", "deadline", "measure", "began_at", "gone_at"),
    *("filed_at", "first_accepted_at", "first_dispatched_at", "first_handled_at"),
    *("was_warned", "is_double", "judged_by", "judged_at"),
)

_AT_ONCE = 2_000

_CASE = sa.table(
    "desk_case",
    *(sa.column(name, sa.Float) for name in ("occurred_at", "reported_at", *_MOMENTS)),
    *(sa.column(name, sa.Boolean) for name in _FLAGS),
    *(sa.column(name, sa.String) for name in ("number", "duplicate_of", "judged_by")),
    *(sa.column(name, sa.JSON) for name in ("document", "history")),
)


def upgrade() -> None:
    for name in _MOMENTS:
        op.add_column("desk_case", sa.Column(name, sa.Float))
    for name in _FLAGS:
        no = sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())
        op.add_column("desk_case", no)
    op.add_column("desk_case", sa.Column("judged_by", sa.String))
    _fill(op.get_bind())
    op.create_index("ix_desk_case_facts", "desk_case", list(_INDEX))


def downgrade() -> None:
    op.drop_index("ix_desk_case_facts", "desk_case")
    for name in (*_MOMENTS, *_FLAGS, "judged_by"):
        op.drop_column("desk_case", name)


def _fill(connection: sa.Connection) -> None:
    """Write the columns of what is there, some thousand cases at a time."""
    names = ("number", "occurred_at", "reported_at", "duplicate_of", "document", "history")
    last = ""
    while True:
        wanted = sa.select(*(_CASE.c[name] for name in names)).where(_CASE.c.number > last)
        rows = connection.execute(wanted.order_by(_CASE.c.number).limit(_AT_ONCE)).mappings().all()
        if not rows:
            return
        last = rows[-1]["number"]
        changed: dict[str, Any] = {
            name: sa.bindparam(name) for name in (*_MOMENTS, *_FLAGS, "judged_by")
        }
        update = sa.update(_CASE).where(_CASE.c.number == sa.bindparam("here")).values(changed)
        connection.execute(update, [_columns(row) for row in rows])


def _columns(row: Any) -> dict[str, Any]:  # noqa: ANN401 -- a row
    """Return a case's columns, as `service.desk.way` had them when this was written."""
    first: dict[str, float] = {}
    reason = judged_by = judged_at = None
    for line in _moves(row["history"]):
        state, who = line["state"], line.get("by")
        first.setdefault(state, _seconds(line["at"]))
        reason = line.get("reason") if state == "rejected" else reason
        is_verdict = state in {"accepted", "rejected"} and who and who != "streetwatch"
        if is_verdict and judged_by is None:
            judged_by, judged_at = who, _seconds(line["at"])
    began, gone = row["document"].get("first_seen"), row["document"].get("cleared_at")
    was_warned = "warned" in first
    return {
        "here": row["number"],
        "began_at": _seconds(began) if began else row["occurred_at"],
        "gone_at": _seconds(gone) if gone else None,
        "filed_at": first.get("reported") if was_warned else row["reported_at"],
        "first_accepted_at": first.get("accepted"),
        "first_dispatched_at": first.get("dispatched"),
        "first_handled_at": first.get("handled"),
        "was_warned": was_warned,
        "is_double": row["duplicate_of"] is not None or reason == "duplicate",
        "judged_by": judged_by,
        "judged_at": judged_at,
    }


def _moves(history: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the moves that were not taken back."""
    kept: list[dict[str, Any]] = []
    for line in history:
        if line.get("action") != "undo":
            kept.append(line)
            continue
        undone = line["undone"]
        places = [
            at for at, one in enumerate(kept) if undone in (one.get("state"), one.get("action"))
        ]
        place = places[-1] if places else len(kept)
        kept[place:] = [after for after in kept[place + 1 :] if "state" not in after]
    return [line for line in kept if "state" in line]


def _seconds(written: str) -> float:
    return datetime.fromisoformat(written).timestamp()
