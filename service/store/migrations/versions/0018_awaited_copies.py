"""pictures whose masked copies are awaited"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("attachment", sa.Column("copying", sa.JSON, nullable=True))
    awaited = sa.text("sha256 = ''")
    op.create_index(
        "ix_attachment_awaited",
        "attachment",
        ["captured_at"],
        sqlite_where=awaited,
        postgresql_where=awaited,
    )
    # A candidate's copy was made in haste: it is made anew should it become a case.
    op.execute(
        "UPDATE attachment SET sha256 = '' WHERE original_sha256 IS NOT NULL AND incident_id IN "
        "(SELECT id FROM incident WHERE state = 'candidate')"
    )


def downgrade() -> None:
    op.drop_index("ix_attachment_awaited", "attachment")
    op.drop_column("attachment", "copying")
