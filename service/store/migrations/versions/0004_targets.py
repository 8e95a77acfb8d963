"""an outbox row per target, and what the targets call the cases"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("target", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("uncertain", sa.Boolean(), nullable=True))
    # Until now there was one target. Nobody knows of a pending message whether it has arrived.
    op.execute("UPDATE outbox SET target = 'desk'")
    was_sent = sa.text("UPDATE outbox SET uncertain = (attempts > 0 AND state <> 'delivered')")
    op.execute(was_sent)
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.alter_column("target", existing_type=sa.String(), nullable=False)
        batch_op.alter_column("uncertain", existing_type=sa.Boolean(), nullable=False)
        batch_op.drop_constraint(batch_op.f("uq_outbox_key"), type_="unique")
        batch_op.drop_index(batch_op.f("ix_outbox_state_due_at"))
        batch_op.drop_index(batch_op.f("ix_outbox_incident_id_position"))
        batch_op.create_unique_constraint(batch_op.f("uq_outbox_target_key"), ["target", "key"])
        batch_op.create_index(
            batch_op.f("ix_outbox_target_state_due_at"), ["target", "state", "due_at"]
        )
        batch_op.create_index(
            batch_op.f("ix_outbox_incident_id_target_position"),
            ["incident_id", "target", "position"],
        )
    op.create_table(
        "receipt",
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("token", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("said_at", sa.Float(), nullable=False),
        sa.Column("asked_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_receipt_incident_id_incident")
        ),
        sa.PrimaryKeyConstraint("target", "incident_id", name=op.f("pk_receipt")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_target_number"), ["target", "number"])
        batch_op.create_index(batch_op.f("ix_receipt_target_asked_at"), ["target", "asked_at"])
    op.execute(
        "INSERT INTO receipt (target, incident_id, state, said_at) "
        "SELECT DISTINCT 'desk', incident_id, 'open', 0.0 FROM outbox WHERE state = 'delivered'"
    )


def downgrade() -> None:
    op.drop_table("receipt")
    # What only other targets were told can't be said any more.
    op.execute("DELETE FROM outbox WHERE target <> 'desk'")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_incident_id_target_position"))
        batch_op.drop_index(batch_op.f("ix_outbox_target_state_due_at"))
        batch_op.drop_constraint(batch_op.f("uq_outbox_target_key"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_outbox_key"), ["key"])
        batch_op.create_index(batch_op.f("ix_outbox_state_due_at"), ["state", "due_at"])
        batch_op.create_index(
            batch_op.f("ix_outbox_incident_id_position"), ["incident_id", "position"]
        )
        batch_op.drop_column("uncertain")
        batch_op.drop_column("target")
