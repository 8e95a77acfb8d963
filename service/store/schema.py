"""The tables. Alembic's revisions build them; a test holds the two together."""

from typing import Final

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Cases that people told of.
TOLD: Final = "source <> 'video'"

#: Times are seconds since the epoch, or since the clip's start in a replay.
incident = sa.Table(
    "incident",
    metadata,
    sa.Column("id", sa.String(26), primary_key=True),
    sa.Column("camera_id", sa.String, nullable=False),
    sa.Column("zone_id", sa.String, nullable=False),
    sa.Column("type", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("first_seen", sa.Float, nullable=False),
    sa.Column("last_seen", sa.Float, nullable=False),
    sa.Column("observed_s", sa.Float, nullable=False),
    sa.Column("unobserved_s", sa.Float, nullable=False),
    sa.Column("anchor", sa.JSON, nullable=False),
    sa.Column("bbox", sa.JSON, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("versions", sa.JSON, nullable=False),
    sa.Column("violation_at", sa.Float),
    sa.Column("cleared_at", sa.Float),
    sa.Column("closed_at", sa.Float),
    sa.Column("recurrence_of", sa.String(26)),
    sa.Column("recurrences", sa.Integer, nullable=False),
    sa.Column("rejected_at", sa.Float),
    sa.Column("disputed_at", sa.Float),
    sa.Column("warned_at", sa.Float),
    sa.Column("opened_at", sa.Float),
    sa.Column("surface", sa.String),
    sa.Column("lon", sa.Float),
    sa.Column("lat", sa.Float),
    sa.Column("width_m", sa.Float),
    sa.Column("duplicate_of", sa.String(26)),
    sa.Column("left_at", sa.Float),
    sa.Column("muted_until", sa.Float),
    sa.Index(None, "camera_id", "zone_id", "type", "violation_at"),
    sa.Index(None, "type", "state", "lat"),
    sa.Index(None, "duplicate_of"),
    # Few at any time: candidates are deleted after days, and few cases are rejected.
    sa.Index(
        "ix_incident_candidate_last_seen",
        "last_seen",
        sqlite_where=sa.text("violation_at IS NULL"),
        postgresql_where=sa.text("violation_at IS NULL"),
    ),
    sa.Index(
        "ix_incident_rejected_at",
        "rejected_at",
        sqlite_where=sa.text("rejected_at IS NOT NULL"),
        postgresql_where=sa.text("rejected_at IS NOT NULL"),
    ),
    # What hot spots are counted from, without reading a row of it (`store.happened`).
    sa.Index(
        "ix_incident_happened",
        *("violation_at", "camera_id", "zone_id", "type", "opened_at"),
        *("duplicate_of", "rejected_at"),
    ),
)

attachment = sa.Table(
    "attachment",
    metadata,
    sa.Column("incident_id", sa.ForeignKey("incident.id"), primary_key=True),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("media_type", sa.String, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("captured_at", sa.Float, nullable=False),
    sa.Column("original_sha256", sa.String(64)),
    sa.Column("copying", sa.JSON(none_as_null=True)),
    sa.Index(None, "captured_at"),
    sa.Index(
        "ix_attachment_awaited",
        "captured_at",
        sqlite_where=sa.text("sha256 = ''"),
        postgresql_where=sa.text("sha256 = ''"),
    ),
)

presence = sa.Table(
    "presence",
    metadata,
    sa.Column("camera_id", sa.String, primary_key=True),
    sa.Column("state", sa.JSON, nullable=False),
)

#: What the console last did with a camera, beside `cameras.yaml`; `address` is closed with a key
#: that is not in the database.
camera = sa.Table(
    "camera",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("act", sa.String, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("changed_at", sa.Float, nullable=False),
    sa.Column("changed_by", sa.String, nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Column("address", sa.String),
)

#: One row for each target that a message is promised to.
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("target", sa.String, nullable=False),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("incident_id", sa.ForeignKey("incident.id"), nullable=False),
    sa.Column("occasion", sa.String, nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("queued_at", sa.Float, nullable=False),
    sa.Column("due_at", sa.Float, nullable=False),
    sa.Column("lease_until", sa.Float, nullable=False),
    sa.Column("uncertain", sa.Boolean, nullable=False),
    sa.Column("delivered_at", sa.Float),
    sa.Column("last_error", sa.String),
    sa.UniqueConstraint("target", "key"),
    sa.Index(None, "target", "state", "due_at"),
    sa.Index(None, "incident_id", "target", "position"),
    sa.Index(None, "state", "delivered_at"),
    sa.Index(None, "state", "position"),
    sa.Index(None, "target", "state", "position"),
)

#: What a target calls a case, and how it says that it stands.
receipt = sa.Table(
    "receipt",
    metadata,
    sa.Column("target", sa.String, primary_key=True),
    sa.Column("incident_id", sa.ForeignKey("incident.id"), primary_key=True),
    sa.Column("number", sa.String),
    sa.Column("token", sa.String),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("said_at", sa.Float, nullable=False),
    sa.Column("asked_at", sa.Float),  # null: not asked about any more
    sa.Index(None, "incident_id"),
    sa.Index(None, "target", "number"),
    sa.Index(None, "target", "asked_at"),
)

#: The next number in the order of the book's changes: every write of a case takes one, whoever
#: writes it. Cases that one statement changes share theirs.
_NEXT_REVISION: sa.ColumnClause[int] = sa.literal_column(
    "(SELECT coalesce(max(revision), 0) + 1 FROM desk_case)"
)

#: `document` is the report as it was taken, `history` who did what when and why. The columns beside
#: them are what is asked for by value; `docs/reference/case.md` says what each means.
desk_case = sa.Table(
    "desk_case",
    metadata,
    sa.Column("number", sa.String, primary_key=True),
    sa.Column("external_id", sa.String, nullable=False, unique=True),
    sa.Column("idempotency_key", sa.String, nullable=False, unique=True),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("type", sa.String, nullable=False),
    sa.Column("camera_id", sa.String),
    sa.Column("zone_id", sa.String),
    sa.Column("lon", sa.Float),
    sa.Column("lat", sa.Float),
    sa.Column("grid_code", sa.String(15)),
    sa.Column("place_key", sa.String),
    sa.Column("authority", sa.String),
    sa.Column("assignee", sa.String),
    sa.Column("code", sa.String),
    sa.Column("code_standard", sa.String),
    sa.Column("code_kind", sa.String),
    sa.Column("urgency", sa.String),
    sa.Column("occurred_at", sa.Float, nullable=False),
    sa.Column("reported_at", sa.Float, nullable=False),
    sa.Column("accepted_at", sa.Float),
    sa.Column("dispatched_at", sa.Float),
    sa.Column("handled_at", sa.Float),
    sa.Column("ended_at", sa.Float),
    sa.Column("deadline", sa.Float),
    sa.Column("remaining_s", sa.Float),
    sa.Column("suspended_until", sa.Float),
    sa.Column("remind_at", sa.Float),
    sa.Column("urged_at", sa.Float),
    sa.Column("overdue_at", sa.Float),
    sa.Column("level", sa.String),
    sa.Column("first_offence", sa.Boolean),
    sa.Column("suggestion", sa.String),
    sa.Column("measure", sa.String),
    sa.Column("triage", sa.JSON),
    sa.Column("subject", sa.String),
    sa.Column("recurrence_of", sa.String),
    sa.Column("repeat_count", sa.Integer, nullable=False),
    sa.Column("duplicate_of", sa.String),
    sa.Column("verification", sa.String),
    sa.Column("verified_at", sa.Float),
    sa.Column("legal_hold", sa.Boolean, nullable=False),
    sa.Column("confidence", sa.Float),
    sa.Column("review_rank", sa.Float, nullable=False, server_default="0"),
    sa.Column("unsure_at", sa.Float),
    # What the document and the history say, so that reports need not read either (`desk.way`).
    sa.Column("began_at", sa.Float),
    sa.Column("gone_at", sa.Float),
    sa.Column("filed_at", sa.Float),
    sa.Column("first_accepted_at", sa.Float),
    sa.Column("first_dispatched_at", sa.Float),
    sa.Column("first_handled_at", sa.Float),
    sa.Column("was_warned", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("is_double", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("judged_by", sa.String),
    sa.Column("judged_at", sa.Float),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Column("history", sa.JSON, nullable=False),
    sa.Column(
        "revision", sa.Integer, nullable=False, default=_NEXT_REVISION, onupdate=_NEXT_REVISION
    ),
    sa.Index(None, "revision", "number"),
    sa.Index(None, "reported_at"),
    sa.Index(None, "state", "reported_at"),
    sa.Index(None, "type", "reported_at"),
    sa.Index(None, "type", "state", "reported_at"),
    sa.Index(None, "camera_id", "reported_at"),
    sa.Index(None, "camera_id", "state", "reported_at"),
    sa.Index(None, "grid_code", "reported_at"),
    sa.Index(None, "place_key", "type", "reported_at"),
    sa.Index(
        "ix_desk_case_recurrence_of_occurred_at",
        "recurrence_of",
        "occurred_at",
        sqlite_where=sa.text("recurrence_of IS NOT NULL"),
        postgresql_where=sa.text("recurrence_of IS NOT NULL"),
    ),
    sa.Index(None, "deadline"),
    sa.Index(None, "remind_at"),
    sa.Index(None, "subject", "type", "reported_at"),
    # What waits for a verdict is found and ordered without reading a row of it.
    sa.Index(
        "ix_desk_case_review",
        *("review_rank", "reported_at", "number", "type", "camera_id", "grid_code"),
        *("assignee", "confidence", "unsure_at", "state"),
        sqlite_where=sa.text("state = 'reported'"),
        postgresql_where=sa.text("state = 'reported'"),
    ),
    # What reports and analyses ask of a period's cases, without reading a row of it.
    sa.Index(
        "ix_desk_case_facts",
        *("reported_at", "type", "state", "source", "camera_id", "grid_code", "place_key"),
        *("number", "external_id", "recurrence_of", "duplicate_of", "lon", "lat", "occurred_at"),
        *("accepted_at", "handled_at", "ended_at", "deadline", "measure", "began_at", "gone_at"),
        *("filed_at", "first_accepted_at", "first_dispatched_at", "first_handled_at"),
        *("was_warned", "is_double", "judged_by", "judged_at"),
    ),
    sa.Index(
        "ix_desk_case_told",
        *("occurred_at", "lon", "lat", "grid_code", "type", "state"),
        sqlite_where=sa.text(TOLD),
        postgresql_where=sa.text(TOLD),
    ),
)

#: Who looks at a case that waits for a verdict, so that nobody else is given it meanwhile.
desk_lease = sa.Table(
    "desk_lease",
    metadata,
    sa.Column("number", sa.ForeignKey("desk_case.number"), primary_key=True),
    sa.Column("reviewer", sa.String, nullable=False),
    sa.Column("holder", sa.String, nullable=False),
    sa.Column("until", sa.Float, nullable=False),
    sa.Index(None, "holder"),
    sa.Index(None, "until"),
)

#: What a webhook is told about cases that wait: promised with the line in the case's history.
notice = sa.Table(
    "notice",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("key", sa.String, nullable=False, unique=True),
    sa.Column("case_number", sa.String, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("promised_at", sa.Float, nullable=False),
    sa.Column("due_at", sa.Float, nullable=False),
    sa.Column("delivered_at", sa.Float),
    sa.Column("last_error", sa.String),
    sa.Index(None, "state", "due_at"),
)

#: Unit grids: `revision` counts the imports that changed something; a retired one is kept.
desk_grid = sa.Table(
    "desk_grid",
    metadata,
    sa.Column("code", sa.String(15), primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("geometry", sa.JSON, nullable=False),
    sa.Column("workers", sa.JSON, nullable=False),
    sa.Column("authorities", sa.JSON, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("imported_at", sa.Float, nullable=False),
    sa.Column("retired_at", sa.Float),
    sa.Index(None, "revision"),
)

#: Reports that another case had already: each has a name of its own and the case's number.
desk_merged = sa.Table(
    "desk_merged",
    metadata,
    sa.Column("external_id", sa.String, primary_key=True),
    sa.Column("idempotency_key", sa.String, nullable=False, unique=True),
    sa.Column("number", sa.ForeignKey("desk_case.number"), nullable=False),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("camera_id", sa.String),
    sa.Column("merged_at", sa.Float, nullable=False),
    sa.Column("document", sa.JSON, nullable=False),
    sa.Index(None, "number"),
)

#: The last number of a day: `SW-20261123-` and how many cases were numbered so. Cases that are
#: deleted leave no number to be given again.
desk_day = sa.Table(
    "desk_day",
    metadata,
    sa.Column("day", sa.String, primary_key=True),
    sa.Column("last", sa.Integer, nullable=False),
)

#: What was deleted because its time was over. A row is written before anything goes and ended when
#: all is gone: what a killed process left is deleted by the next.
deletion = sa.Table(
    "deletion",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("files", sa.JSON, nullable=False),
    sa.Column("begun_at", sa.Float, nullable=False),
    sa.Column("done_at", sa.Float),
    sa.Index(None, "name"),
    sa.Index(
        "ix_deletion_unfinished",
        "position",
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    ),
)
