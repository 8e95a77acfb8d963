"""what was deleted and why; the last number of each day; indexes for a million rows"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_CANDIDATE = sa.text("violation_at IS NULL")
_REJECTED = sa.text("rejected_at IS NOT NULL")
_UNFINISHED = sa.text("done_at IS NULL")

_INDEXES = (
    ("attachment", "captured_at"),
    ("outbox", "state", "delivered_at"),
    ("outbox", "state", "position"),
    ("outbox", "target", "state", "position"),
    ("receipt", "incident_id"),
    ("desk_case", "type", "state", "reported_at"),
    ("desk_case", "camera_id", "state", "reported_at"),
)

#: SW-20261123-0001: eleven letters and a dash name the day.
_DAYS = """
INSERT INTO desk_day (day, last)
SELECT substr(number, 1, 12), max(CAST(substr(number, 13) AS INTEGER))
FROM desk_case WHERE number LIKE 'SW-________-%' GROUP BY substr(number, 1, 12)
"""


def upgrade() -> None:
    op.create_table(
        "desk_day",
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_desk_day"),
    )
    op.execute(_DAYS)
    op.create_table(
        "deletion",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("begun_at", sa.Float(), nullable=False),
        sa.Column("done_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("position", name="pk_deletion"),
    )
    op.create_index("ix_deletion_name", "deletion", ["name"])
    _create_partial("ix_deletion_unfinished", "deletion", "position", _UNFINISHED)
    _create_partial("ix_incident_candidate_last_seen", "incident", "last_seen", _CANDIDATE)
    _create_partial("ix_incident_rejected_at", "incident", "rejected_at", _REJECTED)
    for table, *columns in _INDEXES:
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)


def _create_partial(name: str, table: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table, *columns in _INDEXES:
        op.drop_index(f"ix_{table}_{'_'.join(columns)}", table)
    op.drop_index("ix_incident_rejected_at", "incident")
    op.drop_index("ix_incident_candidate_last_seen", "incident")
    op.drop_table("deletion")
    op.drop_table("desk_day")
