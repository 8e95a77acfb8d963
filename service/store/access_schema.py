"""The tables of who may do what; their rows are written by `service.access` alone."""

import sqlalchemy as sa

from streetwatch.service.store.schema import metadata

#: `key` is the folded name: `Wang`, `wang` and full-width letters mean the same person.
access_user = sa.Table(
    "access_user",
    metadata,
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("password_hash", sa.String),  # null: the link to choose one was not used yet
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("disabled_at", sa.Float),
    sa.Column("signed_in_at", sa.Float),
)

#: Of a token only its hash is kept: who reads the database can't sign in with what it holds.
access_session = sa.Table(
    "access_session",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("user_key", sa.ForeignKey("access_user.key"), nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("seen_at", sa.Float, nullable=False),
    sa.Index(None, "user_key"),
)

#: Links that are good for one use: to choose a password; without a user, to become the first admin.
access_link = sa.Table(
    "access_link",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("user_key", sa.ForeignKey("access_user.key")),
    sa.Column("expires_at", sa.Float, nullable=False),
    sa.Index(None, "user_key"),
)

#: Passwords that were wrong: `who` is a name or the address that it was tried from.
access_failure = sa.Table(
    "access_failure",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Index(None, "who", "at"),
    sa.Index(None, "at"),
)
