"""The table of campaigns."""

import sqlalchemy as sa

from streetwatch.service.store.schema import metadata

#: When something was done about a place: what stands there before and after is compared. Days are
#: written out (`2026-11-01`), both inside.
campaign = sa.Table(
    "campaign",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("type", sa.String),  # null: all types
    sa.Column("grid", sa.String(16)),  # a unit grid, or how its code begins with *
    sa.Column("camera_id", sa.String(64)),
    sa.Column("zone_id", sa.String),
    sa.Column("first_day", sa.String(10), nullable=False),
    sa.Column("last_day", sa.String(10), nullable=False),
    sa.Column("told_by", sa.String, nullable=False),
    sa.Column("told_at", sa.Float, nullable=False),
)
