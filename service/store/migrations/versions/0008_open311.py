"""the book's revisions: each write of a case takes the next number"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("desk_case") as batch_op:
        batch_op.add_column(sa.Column("revision", sa.Integer()))
    op.execute("UPDATE desk_case SET revision = 0")
    with op.batch_alter_table("desk_case") as batch_op:
        batch_op.alter_column("revision", existing_type=sa.Integer(), nullable=False)
        batch_op.create_index("ix_desk_case_revision_number", ["revision", "number"])


def downgrade() -> None:
    with op.batch_alter_table("desk_case") as batch_op:
        batch_op.drop_index("ix_desk_case_revision_number")
        batch_op.drop_column("revision")
