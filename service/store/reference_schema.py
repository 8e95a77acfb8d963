"""The table of what the cameras showed when their zones were drawn."""

import sqlalchemy as sa

from streetwatch.service.store.schema import metadata

#: What a camera showed when its zones were drawn: small, grey, masked. Whoever moves it while the
#: service is down is found out.
camera_reference = sa.Table(
    "camera_reference",
    metadata,
    sa.Column("camera_id", sa.String(64), primary_key=True),
    sa.Column("drawn", sa.String, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("sharpness", sa.Float, nullable=False),
    sa.Column("picture", sa.LargeBinary, nullable=False),
)
