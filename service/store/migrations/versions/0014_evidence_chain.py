"""signed records in a chain for each camera; what the sealed original of a file hashes to"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachment", sa.Column("original_sha256", sa.String(64)))
    op.create_table(
        "evidence_link",
        sa.Column("camera_id", sa.String, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("incident_id", sa.String(26), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64)),
        sa.Column("public_key", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("body", sa.Text),
        sa.PrimaryKeyConstraint("camera_id", "position", name="pk_evidence_link"),
    )
    for column in ("incident_id", "sha256", "public_key"):
        op.create_index(f"ix_evidence_link_{column}", "evidence_link", [column])


def downgrade() -> None:
    op.drop_table("evidence_link")
    op.drop_column("attachment", "original_sha256")
