"""campaigns"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("type", sa.String),
        sa.Column("grid", sa.String(16)),
        sa.Column("camera_id", sa.String(64)),
        sa.Column("zone_id", sa.String),
        sa.Column("first_day", sa.String(10), nullable=False),
        sa.Column("last_day", sa.String(10), nullable=False),
        sa.Column("told_by", sa.String, nullable=False),
        sa.Column("told_at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("campaign")
