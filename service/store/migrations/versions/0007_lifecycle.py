"""codes with their standard, clocks that stop, reminders, subjects"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ADDED = (
    ("code_standard", sa.String()),
    ("code_kind", sa.String()),
    ("remaining_s", sa.Float()),
    ("suspended_until", sa.Float()),
    ("remind_at", sa.Float()),
    ("subject", sa.String()),
)

_INDEXES = (("remind_at",), ("subject", "type", "reported_at"))


def upgrade() -> None:
    with op.batch_alter_table("desk_case") as batch_op:
        for name, kind in _ADDED:
            batch_op.add_column(sa.Column(name, kind))
        for columns in _INDEXES:
            batch_op.create_index("ix_desk_case_" + "_".join(columns), list(columns))
    op.create_table(
        "notice",
        sa.Column("position", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("promised_at", sa.Float(), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("delivered_at", sa.Float()),
        sa.Column("last_error", sa.String()),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    op.create_index("ix_notice_state_due_at", "notice", ["state", "due_at"])


def downgrade() -> None:
    op.drop_table("notice")
    with op.batch_alter_table("desk_case") as batch_op:
        for columns in _INDEXES:
            batch_op.drop_index("ix_desk_case_" + "_".join(columns))
        for name, _ in _ADDED:
            batch_op.drop_column(name)
