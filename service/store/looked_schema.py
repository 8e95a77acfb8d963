"""The table of how long each zone was looked at."""

from typing import Final

import sqlalchemy as sa

from streetwatch.service.store.schema import metadata

#: `h00` to `h23`: an hour of the day on China's clock.
HOUR_COLUMNS: Final = tuple(f"h{hour:02}" for hour in range(24))

#: Seconds that a zone was looked at while one of its rules applied. A row holds a day: a page that
#: asks for two months of a thousand cameras reads a twenty-fourth of the rows.
looked = sa.Table(
    "looked",
    metadata,
    sa.Column("camera_id", sa.String(64), primary_key=True),
    sa.Column("zone_id", sa.String, primary_key=True),
    sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),  # days since 1970-01-01
    *(sa.Column(name, sa.Integer, nullable=False, server_default="0") for name in HOUR_COLUMNS),
    sa.Index(None, "day"),
)
