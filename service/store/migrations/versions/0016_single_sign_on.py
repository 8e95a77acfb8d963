"""who signs in at the city's identity provider"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("access_user", sa.Column("issuer", sa.String))
    op.add_column("access_user", sa.Column("subject", sa.String))
    op.create_index(
        "ix_access_user_issuer_subject", "access_user", ["issuer", "subject"], unique=True
    )
    op.add_column("access_session", sa.Column("proof_closed", sa.String))
    op.create_table(
        "access_sign_on",
        sa.Column("state_hash", sa.String(64), primary_key=True),
        sa.Column("expires_at", sa.Float, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("access_sign_on")
    op.drop_column("access_session", "proof_closed")
    op.drop_index("ix_access_user_issuer_subject", "access_user")
    op.drop_column("access_user", "subject")
    op.drop_column("access_user", "issuer")
