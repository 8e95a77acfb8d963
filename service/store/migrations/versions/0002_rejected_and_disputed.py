"""when a case was rejected, and when its closing was disputed"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rejected_at", sa.Float(), nullable=True))
        batch_op.add_column(sa.Column("disputed_at", sa.Float(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_column("disputed_at")
        batch_op.drop_column("rejected_at")
