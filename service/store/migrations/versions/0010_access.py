"""users, their sessions, links for one use, passwords that were wrong"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_user",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("password_hash", sa.String),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("disabled_at", sa.Float),
        sa.Column("signed_in_at", sa.Float),
        sa.PrimaryKeyConstraint("key", name="pk_access_user"),
    )
    op.create_table(
        "access_session",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_key", sa.String, nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("seen_at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_access_session"),
        sa.ForeignKeyConstraint(
            ["user_key"], ["access_user.key"], name="fk_access_session_user_key_access_user"
        ),
    )
    op.create_index("ix_access_session_user_key", "access_session", ["user_key"])
    op.create_table(
        "access_link",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_key", sa.String),
        sa.Column("expires_at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_access_link"),
        sa.ForeignKeyConstraint(
            ["user_key"], ["access_user.key"], name="fk_access_link_user_key_access_user"
        ),
    )
    op.create_index("ix_access_link_user_key", "access_link", ["user_key"])
    op.create_table(
        "access_failure",
        sa.Column("position", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_access_failure"),
    )
    op.create_index("ix_access_failure_who_at", "access_failure", ["who", "at"])
    op.create_index("ix_access_failure_at", "access_failure", ["at"])


def downgrade() -> None:
    for table in ("access_failure", "access_link", "access_session", "access_user"):
        op.drop_table(table)
