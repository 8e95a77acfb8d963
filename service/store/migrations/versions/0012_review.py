"""what waits for a verdict, in which order, and who looks at it; places that are muted"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_WAITS = sa.text("state = 'reported'")

_case = sa.table(
    "desk_case",
    sa.column("state"),
    sa.column("document", sa.JSON),
    sa.column("confidence", sa.Float),
    sa.column("review_rank", sa.Float),
)


def upgrade() -> None:
    op.add_column("incident", sa.Column("muted_until", sa.Float()))
    op.add_column("desk_case", sa.Column("confidence", sa.Float()))
    op.add_column(
        "desk_case", sa.Column("review_rank", sa.Float(), nullable=False, server_default="0")
    )
    op.add_column("desk_case", sa.Column("unsure_at", sa.Float()))
    known = _case.c.document["confidence"].as_float()
    op.execute(sa.update(_case).values(confidence=known))
    # Ranked by what is there; the desk ranks a case anew whenever it changes.
    waits = sa.update(_case).where(_case.c.state == "reported", _case.c.confidence.is_not(None))
    op.execute(waits.values(review_rank=_case.c.confidence - 1.0))
    op.create_index(
        "ix_desk_case_review",
        "desk_case",
        [
            *("review_rank", "reported_at", "number", "type", "camera_id", "grid_code"),
            *("assignee", "confidence", "unsure_at", "state"),
        ],
        sqlite_where=_WAITS,
        postgresql_where=_WAITS,
    )
    op.create_table(
        "desk_lease",
        sa.Column("number", sa.String, nullable=False),
        sa.Column("reviewer", sa.String, nullable=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_desk_lease"),
        sa.ForeignKeyConstraint(
            ["number"], ["desk_case.number"], name="fk_desk_lease_number_desk_case"
        ),
    )
    op.create_index("ix_desk_lease_holder", "desk_lease", ["holder"])
    op.create_index("ix_desk_lease_until", "desk_lease", ["until"])


def downgrade() -> None:
    op.drop_table("desk_lease")
    op.drop_index("ix_desk_case_review", "desk_case")
    # No batch: other tables hold on to these, which a batch would drop.
    for name in ("unsure_at", "review_rank", "confidence"):
        op.drop_column("desk_case", name)
    op.drop_column("incident", "muted_until")
