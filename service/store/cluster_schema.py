"""The tables of those who share the cameras: nodes, and which of them has which camera."""

import sqlalchemy as sa

from streetwatch.service.store.schema import metadata

#: A process that watches cameras. Times are the database's: `until` is how long it is believed to
#: live, `since` since when it has been without a break, `planned_at` when it last placed cameras.
node = sa.Table(
    "node",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("incarnation", sa.String(32), nullable=False),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("version", sa.String, nullable=False),
    sa.Column("capacity", sa.Float, nullable=False),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("since", sa.Float, nullable=False),
    sa.Column("until", sa.Float, nullable=False),
    sa.Column("planned_at", sa.Float, nullable=False),
    sa.Column("leaving", sa.Boolean, nullable=False),
    sa.Column("most", sa.Integer, nullable=False, server_default="200"),
)

#: Who has a camera. `epoch` rises whenever it changes hands and never falls: a row is not deleted.
#: A lease lasts as long as its node's `until`: one row to renew for any number of cameras. `ready`
#: tells that whoever is to have the camera has pictures of it.
lease = sa.Table(
    "lease",
    metadata,
    sa.Column("camera_id", sa.String(64), primary_key=True),
    sa.Column("node", sa.String(64)),
    sa.Column("epoch", sa.Integer, nullable=False),
    sa.Column("since", sa.Float, nullable=False),
    sa.Column("wanted", sa.String(64)),
    sa.Column("ready", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("cost", sa.Float),
    sa.Index(None, "node"),
    sa.Index(None, "wanted"),
)

#: A process that looks at pictures for the nodes: where, with which model, how long it is believed
#: to live by the database's time.
detector = sa.Table(
    "detector",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("address", sa.String, nullable=False),
    sa.Column("model_sha256", sa.String(64), nullable=False),
    sa.Column("until", sa.Float, nullable=False),
)
