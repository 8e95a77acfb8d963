"""where incidents are on the ground, whose case they are views of; recurrences by their origin"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ADDED = (
    ("lon", sa.Float()),
    ("lat", sa.Float()),
    ("width_m", sa.Float()),
    ("duplicate_of", sa.String(26)),
    ("left_at", sa.Float()),
)

_RECURS = sa.text("recurrence_of IS NOT NULL")

_INDEXES = (("type", "state", "lat"), ("duplicate_of",))


def upgrade() -> None:
    for name, kind in _ADDED:
        op.add_column("incident", sa.Column(name, kind))
    for columns in _INDEXES:
        op.create_index("ix_incident_" + "_".join(columns), "incident", list(columns))
    op.create_index(
        "ix_desk_case_recurrence_of_occurred_at",
        "desk_case",
        ["recurrence_of", "occurred_at"],
        sqlite_where=_RECURS,
        postgresql_where=_RECURS,
    )


def downgrade() -> None:
    op.drop_index("ix_desk_case_recurrence_of_occurred_at", "desk_case")
    for columns in _INDEXES:
        op.drop_index("ix_incident_" + "_".join(columns), "incident")
    # No batch: messages and receipts hold on to the table, which a batch would drop.
    for name, _ in _ADDED:
        op.drop_column("incident", name)
