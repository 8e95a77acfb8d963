"""the months' pages that were made"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_page",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("made_at", sa.Float, nullable=False),
        sa.Column("made_of", sa.String(64), nullable=False),
        sa.Column("zh", sa.Text, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("month_page")
