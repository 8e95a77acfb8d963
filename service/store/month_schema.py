"""The table of the months' pages that were made."""

import sqlalchemy as sa

from streetwatch.service.store.schema import metadata

#: A month's page as it is read, so that what takes seconds is done once for all processes.
month_page = sa.Table(
    "month_page",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),  # of the month, the grid, whose part of it
    sa.Column("made_at", sa.Float, nullable=False),
    sa.Column("made_of", sa.String(64), nullable=False),  # names the state of all that it tells of
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
)
