"""where incidents are on the ground, and whose case they are views of"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0006"
branch_labels = None
depends_on = None

_ADDED = (
    ("lon", sa.Float()),
    ("lat", sa.Float()),
    ("width_m", sa.Float()),
    ("duplicate_of", sa.String(26)),
    ("left_at", sa.Float()),
)

_INDEXES = (("type", "state", "lat"), ("duplicate_of",))


def upgrade() -> None:
    with op.batch_alter_table("incident") as batch_op:
        for name, kind in _ADDED:
            batch_op.add_column(sa.Column(name, kind))
        for columns in _INDEXES:
            batch_op.create_index("ix_incident_" + "_".join(columns), list(columns))


def downgrade() -> None:
    with op.batch_alter_table("incident") as batch_op:
        for columns in _INDEXES:
            batch_op.drop_index("ix_incident_" + "_".join(columns))
        for name, _ in _ADDED:
            batch_op.drop_column(name)
