"""how long each zone was looked at, and what the hot spots and the coverage are asked by"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0016"
branch_labels = None
depends_on = None

_HAPPENED = ("violation_at", "camera_id", "zone_id", "type", "opened_at")
_TOLD = sa.text("source <> 'video'")


def upgrade() -> None:
    hours = (f"h{hour:02}" for hour in range(24))
    op.create_table(
        "looked",
        sa.Column("camera_id", sa.String(64), primary_key=True),
        sa.Column("zone_id", sa.String, primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Integer, nullable=False, server_default="0") for name in hours),
    )
    op.create_index("ix_looked_day", "looked", ["day"])
    op.create_index("ix_incident_happened", "incident", [*_HAPPENED, "duplicate_of", "rejected_at"])
    op.create_index(
        "ix_desk_case_told",
        "desk_case",
        ["occurred_at", "lon", "lat", "grid_code", "type", "state"],
        sqlite_where=_TOLD,
        postgresql_where=_TOLD,
    )


def downgrade() -> None:
    op.drop_index("ix_desk_case_told", "desk_case")
    op.drop_index("ix_incident_happened", "incident")
    op.drop_table("looked")
