"""whoever is to have a camera says that it has pictures of it"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    ready = sa.Column("ready", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("lease", ready)


def downgrade() -> None:
    op.drop_column("lease", "ready")
