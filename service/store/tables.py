"""The tables. A change here needs a migration beside it; a test compares the two."""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

incident = sa.Table(
    "incident",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("camera_id", sa.Text, nullable=False),
    sa.Column("zone_id", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("first_seen", sa.Double, nullable=False),
    sa.Column("last_seen", sa.Double, nullable=False),
    sa.Column("observed_s", sa.Double, nullable=False),
    sa.Column("unobserved_s", sa.Double, nullable=False),
    sa.Column("anchor", sa.JSON, nullable=False),
    sa.Column("bbox", sa.JSON, nullable=False),
    sa.Column("confidence", sa.Double, nullable=False),
    sa.Column("model_version", sa.Text, nullable=False),
    sa.Column("zone_version", sa.Text, nullable=False),
    sa.Column("rule_version", sa.Text, nullable=False),
    sa.Column("violation_at", sa.Double),
    sa.Column("cleared_at", sa.Double),
    sa.Column("closed_at", sa.Double),
    sa.Column("recurrence_of", sa.Text),
    sa.Column("recurrences", sa.Integer, nullable=False),
    sa.Index(None, "camera_id", "zone_id", "type", "violation_at"),
)

#: `id` keeps the order in which evidence was added.
attachment = sa.Table(
    "attachment",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("incident_id", sa.Text, sa.ForeignKey("incident.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("captured_at", sa.Double, nullable=False),
    sa.UniqueConstraint("incident_id", "name"),
)

presence = sa.Table(
    "presence",
    metadata,
    sa.Column("camera_id", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)

#: `id` is the order in which messages were promised. `attempts` counts claims, so that a
#: message which kills the process is counted too, and fences off a claimant whose lease ran out.
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("incident_id", sa.Text, sa.ForeignKey("incident.id"), nullable=False),
    sa.Column("occasion", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("promised_at", sa.Double, nullable=False),
    sa.Column("due_at", sa.Double, nullable=False),
    sa.Column("lease_until", sa.Double),
    sa.Column("last_error", sa.Text),
    sa.Column("delivered_at", sa.Double),
    sa.Index(None, "state", "due_at"),
    sa.Index(None, "incident_id", "state"),
)

desk_case = sa.Table(
    "desk_case",
    metadata,
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("external_id", sa.Text, nullable=False, unique=True),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("camera_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reported_at", sa.Double, nullable=False),
    sa.Column("report", sa.Text, nullable=False),
    sa.UniqueConstraint("day", "ordinal"),
)

desk_move = sa.Table(
    "desk_move",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("number", sa.Text, sa.ForeignKey("desk_case.number"), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("note", sa.Text),
    sa.Index(None, "number"),
)

#: Which request has been answered before, and for which case.
desk_key = sa.Table(
    "desk_key",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("number", sa.Text, sa.ForeignKey("desk_case.number"), nullable=False),
)
