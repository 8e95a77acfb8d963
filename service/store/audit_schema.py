"""The tables of the audit log; their rows are written by `store.audit` alone."""

import sqlalchemy as sa

from streetwatch.service.store.schema import metadata

#: Only added to: triggers refuse an update, and a deletion of what no checkpoint covers.
audit_entry = sa.Table(
    "audit_entry",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("who", sa.String, nullable=False),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("what", sa.String, nullable=False),
    sa.Column("subject", sa.String, nullable=False),
    sa.Column("facts", sa.Text, nullable=False),  # as it was hashed: no database writes it anew
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Index(None, "at"),
)

#: The last entry, told a second time: who cuts off the end must change this too.
audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

#: Up to which entry the log was deleted since its time was over, and what that entry's hash was.
audit_checkpoint = sa.Table(
    "audit_checkpoint",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)
