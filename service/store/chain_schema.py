"""The table of the cameras' chains: rows are added, never changed, never deleted."""

import sqlalchemy as sa

from streetwatch.service.store.schema import metadata

#: `body` is the record of a deletion; that of a manifest is the file itself.
evidence_link = sa.Table(
    "evidence_link",
    metadata,
    sa.Column("camera_id", sa.String, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("incident_id", sa.String(26), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("previous", sa.String(64)),
    sa.Column("public_key", sa.String(64), nullable=False),
    sa.Column("signature", sa.String(128), nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("body", sa.Text),
    sa.Index(None, "incident_id"),
    sa.Index(None, "sha256"),
    sa.Index(None, "public_key"),
)
