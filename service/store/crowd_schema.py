"""The tables of how many people were seen in each zone, and of the crowds that were warned of."""

from typing import Final

import sqlalchemy as sa

from streetwatch.service.store.schema import metadata

#: An hour has so many slots of ten minutes.
SLOTS: Final = 6

#: What a slot has: detections made, people in all of them together, the most in one, stalls in all
#: of them together, and those in which there was one.
FIGURES: Final = ("looks", "people", "most", "stalls", "stalled")

#: Counts only. A row holds an hour of a zone: a baseline of eight weeks reads 1,344 rows.
zone_count = sa.Table(
    "zone_count",
    metadata,
    sa.Column("camera_id", sa.String(64), primary_key=True),
    sa.Column("zone_id", sa.String, primary_key=True),
    sa.Column("hour", sa.Integer, primary_key=True, autoincrement=False),  # hours since 1970
    *(
        sa.Column(f"{name}_{slot}", sa.Integer, nullable=False, server_default="0")
        for name in FIGURES
        for slot in range(SLOTS)
    ),
    sa.Index(None, "hour"),
)

#: `ended_at` is null while the crowd is there; a zone has one such row at most.
crowd = sa.Table(
    "crowd",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("camera_id", sa.String(64), nullable=False),
    sa.Column("zone_id", sa.String, nullable=False),
    sa.Column("warned_at", sa.Float, nullable=False),
    sa.Column("people", sa.Float, nullable=False),
    sa.Column("usual", sa.Float),
    sa.Column("heads_to", sa.Float, nullable=False),
    sa.Column("level", sa.Float, nullable=False),
    sa.Column("is_usual", sa.Boolean, nullable=False),
    sa.Column("peak", sa.Float, nullable=False),
    sa.Column("peak_at", sa.Float, nullable=False),
    sa.Column("ended_at", sa.Float),
    sa.Index(None, "warned_at"),
    sa.Index(
        "ix_crowd_open",
        "camera_id",
        "zone_id",
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
)
