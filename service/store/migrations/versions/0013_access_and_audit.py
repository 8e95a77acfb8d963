"""API tokens, what users and tokens are limited to, second factors, the audit log"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: What is younger than 183 days can't be deleted, whatever the settings say.
_SQLITE = (
    (
        "CREATE TRIGGER audit_entry_kept BEFORE UPDATE ON audit_entry "
        "BEGIN SELECT RAISE(ABORT, 'audit_entry is only added to'); END"
    ),
    (
        "CREATE TRIGGER audit_entry_due BEFORE DELETE ON audit_entry "
        "WHEN OLD.position > COALESCE((SELECT MAX(position) FROM audit_checkpoint), 0) "
        "BEGIN SELECT RAISE(ABORT, 'audit_entry is only added to'); END"
    ),
    (
        "CREATE TRIGGER audit_checkpoint_kept BEFORE UPDATE ON audit_checkpoint "
        "BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is only added to'); END"
    ),
    (
        "CREATE TRIGGER audit_checkpoint_stays BEFORE DELETE ON audit_checkpoint "
        "BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is only added to'); END"
    ),
    (
        "CREATE TRIGGER audit_checkpoint_old BEFORE INSERT ON audit_checkpoint "
        "WHEN EXISTS (SELECT 1 FROM audit_entry "
        "WHERE position <= NEW.position AND at > NEW.at - 183 * 86400) "
        "BEGIN SELECT RAISE(ABORT, 'audit entries are kept for 183 days'); END"
    ),
    (
        "CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head "
        "BEGIN SELECT RAISE(ABORT, 'audit_head is only moved on'); END"
    ),
    (
        "CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head "
        "WHEN NEW.position <= OLD.position "
        "BEGIN SELECT RAISE(ABORT, 'audit_head is only moved on'); END"
    ),
)

_POSTGRES = (
    (
        "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is only added to'; END $$"
    ),
    (
        "CREATE FUNCTION audit_due() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF OLD.position > COALESCE((SELECT MAX(position) FROM audit_checkpoint), 0) THEN "
        "RAISE EXCEPTION 'audit_entry is only added to'; END IF; RETURN OLD; END $$"
    ),
    (
        "CREATE FUNCTION audit_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM audit_entry "
        "WHERE position <= NEW.position AND at > NEW.at - 183 * 86400) THEN "
        "RAISE EXCEPTION 'audit entries are kept for 183 days'; END IF; RETURN NEW; END $$"
    ),
    (
        "CREATE FUNCTION audit_on() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.position <= OLD.position THEN "
        "RAISE EXCEPTION 'audit_head is only moved on'; END IF; RETURN NEW; END $$"
    ),
    (
        "CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    ),
    (
        "CREATE TRIGGER audit_entry_due BEFORE DELETE ON audit_entry "
        "FOR EACH ROW EXECUTE FUNCTION audit_due()"
    ),
    (
        "CREATE TRIGGER audit_checkpoint_kept BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON audit_checkpoint FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    ),
    (
        "CREATE TRIGGER audit_checkpoint_old BEFORE INSERT ON audit_checkpoint "
        "FOR EACH ROW EXECUTE FUNCTION audit_old()"
    ),
    (
        "CREATE TRIGGER audit_head_stays BEFORE DELETE OR TRUNCATE ON audit_head "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
    ),
    (
        "CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head "
        "FOR EACH ROW EXECUTE FUNCTION audit_on()"
    ),
)


def upgrade() -> None:
    _add_access()
    _add_audit()
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE if is_sqlite else _POSTGRES:
        op.get_bind().exec_driver_sql(statement)


def _add_access() -> None:
    for name in ("cameras", "grids"):
        column = sa.Column(name, sa.JSON, nullable=False, server_default="[]")
        op.add_column("access_user", column)
    op.add_column("access_user", sa.Column("totp_sealed", sa.String))
    op.add_column("access_user", sa.Column("totp_step", sa.Integer))
    op.create_table(
        "access_token",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("rights", sa.JSON),
        sa.Column("cameras", sa.JSON, nullable=False),
        sa.Column("grids", sa.JSON, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("created_at", sa.Float, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.Column("expires_at", sa.Float),
        sa.Column("used_at", sa.Float),
        sa.Column("revoked_at", sa.Float),
        sa.PrimaryKeyConstraint("id", name="pk_access_token"),
        sa.UniqueConstraint("token_hash", name="uq_access_token_token_hash"),
    )
    op.create_table(
        "access_recovery",
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("user_key", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("code_hash", name="pk_access_recovery"),
        sa.ForeignKeyConstraint(
            ["user_key"], ["access_user.key"], name="fk_access_recovery_user_key_access_user"
        ),
    )
    op.create_index("ix_access_recovery_user_key", "access_recovery", ["user_key"])


def _add_audit() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("who", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("what", sa.String, nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.create_table(
        "audit_checkpoint",
        sa.Column("position", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_audit_checkpoint"),
    )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("audit_entry", "audit_checkpoint", "audit_head"):
        op.drop_table(table)
    if not is_sqlite:
        for function in ("audit_refuse", "audit_due", "audit_old", "audit_on"):
            op.get_bind().exec_driver_sql(f"DROP FUNCTION {function}()")
    op.drop_table("access_recovery")
    op.drop_table("access_token")
    for name in ("totp_step", "totp_sealed", "grids", "cameras"):
        op.drop_column("access_user", name)
