"""who looks at pictures for the nodes"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "detector",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("model_sha256", sa.String(64), nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("detector")
