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
    sa.Column("cameras", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("grids", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("totp_sealed", sa.String),  # encrypted with the key that seals cameras' passwords
    sa.Column("totp_step", sa.Integer),  # the last one used: no code is good twice
    sa.Column("issuer", sa.String),  # the provider that they may sign in at; null: none
    sa.Column("subject", sa.String),  # who they are there; null: they have not come yet
    sa.Index(None, "issuer", "subject", unique=True),
)

#: Programs that use the API.
access_token = sa.Table(
    "access_token",
    metadata,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("rights", sa.JSON),  # null: all of its role
    sa.Column("cameras", sa.JSON, nullable=False),
    sa.Column("grids", sa.JSON, nullable=False),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("created_by", sa.String, nullable=False),
    sa.Column("expires_at", sa.Float),
    sa.Column("used_at", sa.Float),
    sa.Column("revoked_at", sa.Float),
)

#: Codes for whoever has lost their second factor, each good once.
access_recovery = sa.Table(
    "access_recovery",
    metadata,
    sa.Column("code_hash", sa.String(64), primary_key=True),
    sa.Column("user_key", sa.ForeignKey("access_user.key"), nullable=False),
    sa.Index(None, "user_key"),
)

#: Of a token only its hash is kept: who reads the database can't sign in with what it holds.
access_session = sa.Table(
    "access_session",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    sa.Column("user_key", sa.ForeignKey("access_user.key"), nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("seen_at", sa.Float, nullable=False),
    sa.Column("proof_closed", sa.String),  # the provider's word, shown to it again on leaving
    sa.Index(None, "user_key"),
)

#: Ways to the provider that have led back: none does twice.
access_sign_on = sa.Table(
    "access_sign_on",
    metadata,
    sa.Column("state_hash", sa.String(64), primary_key=True),
    sa.Column("expires_at", sa.Float, nullable=False),
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
