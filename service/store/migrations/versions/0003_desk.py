"""the desk's columns: what cases are asked for by value"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ADDED = (
    ("source", sa.String()),
    ("zone_id", sa.String()),
    ("lon", sa.Float()),
    ("lat", sa.Float()),
    ("grid_code", sa.String(15)),
    ("place_key", sa.String()),
    ("authority", sa.String()),
    ("assignee", sa.String()),
    ("code", sa.String()),
    ("urgency", sa.String()),
    ("occurred_at", sa.Float()),
    ("accepted_at", sa.Float()),
    ("dispatched_at", sa.Float()),
    ("handled_at", sa.Float()),
    ("ended_at", sa.Float()),
    ("deadline", sa.Float()),
    ("urged_at", sa.Float()),
    ("overdue_at", sa.Float()),
    ("level", sa.String()),
    ("first_offence", sa.Boolean()),
    ("suggestion", sa.String()),
    ("measure", sa.String()),
    ("triage", sa.JSON()),
    ("recurrence_of", sa.String()),
    ("repeat_count", sa.Integer()),
    ("duplicate_of", sa.String()),
    ("verification", sa.String()),
    ("verified_at", sa.Float()),
    ("legal_hold", sa.Boolean()),
)

_REQUIRED = {name: kind for name, kind in _ADDED if name in {"source", "occurred_at"}} | {
    "repeat_count": sa.Integer(),
    "legal_hold": sa.Boolean(),
}

_INDEXES = (
    ("state", "reported_at"),
    ("type", "reported_at"),
    ("camera_id", "reported_at"),
    ("grid_code", "reported_at"),
    ("place_key", "type", "reported_at"),
    ("deadline",),
)

_TIME_OF = {
    "accepted": "accepted_at",
    "dispatched": "dispatched_at",
    "handled": "handled_at",
    "closed": "ended_at",
    "rejected": "ended_at",
}


def upgrade() -> None:
    with op.batch_alter_table("desk_case") as batch_op:
        for name, kind in _ADDED:
            batch_op.add_column(sa.Column(name, kind))
        batch_op.alter_column("camera_id", existing_type=sa.String(), nullable=True)
    _fill()
    with op.batch_alter_table("desk_case") as batch_op:
        for name, kind in _REQUIRED.items():
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        for columns in _INDEXES:
            batch_op.create_index("ix_desk_case_" + "_".join(columns), list(columns))


def _fill() -> None:
    table = sa.table(
        "desk_case",
        sa.column("number", sa.String()),
        sa.column("type", sa.String()),
        sa.column("camera_id", sa.String()),
        sa.column("document", sa.JSON()),
        sa.column("history", sa.JSON()),
        *(sa.column(name, kind) for name, kind in _ADDED),
    )
    connection, last = op.get_bind(), ""
    columns = (table.c.number, table.c.camera_id, table.c.document, table.c.history)
    while True:  # some at once: all of a large desk would not fit in memory
        page = sa.select(*columns).where(table.c.number > last).order_by(table.c.number).limit(500)
        rows = connection.execute(page).mappings().all()
        if not rows:
            return
        for row in rows:
            here = table.c.number == row["number"]
            connection.execute(sa.update(table).where(here).values(_values(row)))
        last = rows[-1]["number"]


def _values(row: Mapping[Any, Any]) -> dict[str, Any]:
    document, history = _read(row["document"]), _read(row["history"])
    place = document.get("place") or {}
    times = {
        _TIME_OF[one["state"]]: _seconds(one["at"]) for one in history if one["state"] in _TIME_OF
    }
    return {
        "source": document["source"],
        "zone_id": document["zone_id"],
        "lon": place.get("lon"),
        "lat": place.get("lat"),
        "grid_code": place.get("grid_code"),
        "place_key": f"{row['camera_id']}/{document['zone_id']}",
        "occurred_at": _seconds(document["violation_at"]),
        "recurrence_of": document.get("recurrence_of"),
        "repeat_count": document.get("repeat_count", 0),
        "legal_hold": False,
        **times,
    }


def _read(value: object) -> Any:  # noqa: ANN401 -- JSON
    return json.loads(value) if isinstance(value, str) else value


def _seconds(written: str) -> float:
    return datetime.fromisoformat(written).timestamp()


def downgrade() -> None:
    with op.batch_alter_table("desk_case") as batch_op:
        for columns in _INDEXES:
            batch_op.drop_index("ix_desk_case_" + "_".join(columns))
        for name, _ in _ADDED:
            batch_op.drop_column(name)
        batch_op.alter_column("camera_id", existing_type=sa.String(), nullable=False)
