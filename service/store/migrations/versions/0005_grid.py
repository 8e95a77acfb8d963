"""soft start, unit grids, and reports that were merged into a case"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OF_INCIDENT = (
    ("warned_at", sa.Float()),
    ("opened_at", sa.Float()),
    ("surface", sa.String()),
)


def upgrade() -> None:
    with op.batch_alter_table("incident") as batch_op:
        for name, kind in _OF_INCIDENT:
            batch_op.add_column(sa.Column(name, kind))
    # Until now whatever was a violation was filed in that moment.
    op.execute("UPDATE incident SET opened_at = violation_at WHERE violation_at IS NOT NULL")
    op.create_table(
        "desk_grid",
        sa.Column("code", sa.String(15), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("geometry", sa.JSON(), nullable=False),
        sa.Column("workers", sa.JSON(), nullable=False),
        sa.Column("authorities", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.Float(), nullable=False),
        sa.Column("retired_at", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("code", name="pk_desk_grid"),
    )
    op.create_index("ix_desk_grid_revision", "desk_grid", ["revision"])
    op.create_table(
        "desk_merged",
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=True),
        sa.Column("merged_at", sa.Float(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["desk_case.number"], name="fk_desk_merged_number_desk_case"
        ),
        sa.PrimaryKeyConstraint("external_id", name="pk_desk_merged"),
        sa.UniqueConstraint("idempotency_key", name="uq_desk_merged_idempotency_key"),
    )
    op.create_index("ix_desk_merged_number", "desk_merged", ["number"])


def downgrade() -> None:
    op.drop_table("desk_merged")
    op.drop_table("desk_grid")
    for name, _ in _OF_INCIDENT:  # in place: the rows of other tables point to this one
        op.drop_column("incident", name)
