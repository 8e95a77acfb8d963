"""nodes, and which of them has which camera"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "node",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("incarnation", sa.String(32), nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("version", sa.String, nullable=False),
        sa.Column("capacity", sa.Float, nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("planned_at", sa.Float, nullable=False),
        sa.Column("leaving", sa.Boolean, nullable=False),
    )
    op.create_table(
        "lease",
        sa.Column("camera_id", sa.String(64), primary_key=True),
        sa.Column("node", sa.String(64)),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("wanted", sa.String(64)),
        sa.Column("cost", sa.Float),
    )
    op.create_index("ix_lease_node", "lease", ["node"])
    op.create_index("ix_lease_wanted", "lease", ["wanted"])


def downgrade() -> None:
    op.drop_table("lease")
    op.drop_table("node")
