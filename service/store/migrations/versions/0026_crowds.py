"""how many people and stalls were seen in each zone, and the crowds that were warned of"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0028"
branch_labels = None
depends_on = None

_FIGURES = ("looks", "people", "most", "stalls", "stalled")
_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    names = (f"{name}_{slot}" for name in _FIGURES for slot in range(6))
    op.create_table(
        "zone_count",
        sa.Column("camera_id", sa.String(64), primary_key=True),
        sa.Column("zone_id", sa.String, primary_key=True),
        sa.Column("hour", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.Integer, nullable=False, server_default="0") for name in names),
    )
    op.create_index("ix_zone_count_hour", "zone_count", ["hour"])
    op.create_table(
        "crowd",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("camera_id", sa.String(64), nullable=False),
        sa.Column("zone_id", sa.String, nullable=False),
        sa.Column("warned_at", sa.Float, nullable=False),
        sa.Column("people", sa.Float, nullable=False),
        sa.Column("usual", sa.Float),
        sa.Column("heads_to", sa.Float, nullable=False),
        sa.Column("level", sa.Float, nullable=False),
        sa.Column("is_usual", sa.Boolean, nullable=False),
        sa.Column("peak", sa.Float, nullable=False),
        sa.Column("peak_at", sa.Float, nullable=False),
        sa.Column("ended_at", sa.Float),
    )
    op.create_index("ix_crowd_warned_at", "crowd", ["warned_at"])
    op.create_index(
        "ix_crowd_open",
        "crowd",
        ["camera_id", "zone_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_table("crowd")
    op.drop_table("zone_count")
