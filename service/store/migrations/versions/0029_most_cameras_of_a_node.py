"""how many cameras a node takes at most"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("node", sa.Column("most", sa.Integer, nullable=False, server_default="200"))


def downgrade() -> None:
    op.drop_column("node", "most")
