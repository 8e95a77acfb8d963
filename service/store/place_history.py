"""What was told of a place before, as a question to the database."""

import sqlalchemy as sa

from streetwatch.service.incidents.incident import State
from streetwatch.service.store.schema import incident
from streetwatch.vision.types import Box, Seconds

_ENDED = (State.CLEARED, State.CLOSED)


def place_history(
    *, camera_id: str, zone_id: str, violation_type: str, since: Seconds
) -> sa.Select[tuple[str, list[float]]]:
    """Return the question for what was told of a zone since then and has ended, latest first."""
    return (
        sa.select(incident.c.id, incident.c.anchor)
        .where(
            incident.c.camera_id == camera_id,
            incident.c.zone_id == zone_id,
            incident.c.type == violation_type,
            incident.c.violation_at >= since,
            incident.c.state.in_(_ENDED),
        )
        .order_by(incident.c.violation_at.desc(), incident.c.id)
    )


def overlaps(box: Box) -> tuple[sa.ColumnElement[bool], ...]:
    """Leave out what stands elsewhere in a zone where thousands were filed."""
    left, top, right, bottom = (incident.c.anchor[side].as_float() for side in range(4))
    return (left < box[2], right > box[0], top < box[3], bottom > box[1])
