"""The pictures whose masked copies are to be made, as whoever makes them sees them."""

from collections.abc import Collection

import sqlalchemy as sa

from streetwatch.service.incidents.case import Attachment, Awaited
from streetwatch.service.incidents.incident import State
from streetwatch.service.store import codec
from streetwatch.service.store.leases import held_by_another
from streetwatch.service.store.schema import attachment, incident
from streetwatch.service.store.transactions import reading, writing

#: As the index of the table has it: only then is it used.
IS_AWAITED = sa.text("attachment.sha256 = ''")

_COLUMNS = [attachment.c[name] for name in Attachment.__dataclass_fields__]


class AwaitedCopies:
    """Asks and tells the database.

    Args:
        engine: Of the database.
        node_id: Who makes copies, where several nodes share the cameras: whoever has a camera.
            None: whoever asks.
    """

    def __init__(self, engine: sa.Engine, node_id: str | None = None) -> None:
        self._engine = engine
        self._is_mine: sa.ColumnElement[bool] = sa.true()
        if node_id is not None:
            self._is_mine = ~held_by_another(incident.c.camera_id, node_id)

    def some(self, *, besides: Collection[str] = ()) -> tuple[Awaited, ...]:
        """Return those of the incident that has waited longest; none: all are made.

        Most candidates never become a case: theirs are not made before.
        """
        oldest = (
            sa.select(attachment.c.incident_id)
            .join(incident, incident.c.id == attachment.c.incident_id)
            .where(IS_AWAITED, incident.c.state != State.CANDIDATE, self._is_mine)
            .where(attachment.c.incident_id.not_in(besides))
            .order_by(attachment.c.captured_at)
            .limit(1)
        )
        with reading(self._engine) as connection:
            name = connection.execute(oldest).scalar_one_or_none()
            if name is None:
                return ()
            mine = sa.select(*_COLUMNS).where(IS_AWAITED, attachment.c.incident_id == name)
            rows = connection.execute(mine.order_by(attachment.c.position)).mappings().all()
        return tuple(Awaited(name, codec.attachment_of(row)) for row in rows)

    def made(self, one: Awaited, sha256: str) -> bool:
        """Note that a copy is there; False: another original came meanwhile, or none is kept."""
        row = codec.attachment_row(one.attachment.made(sha256))
        with writing(self._engine) as connection:
            done = connection.execute(sa.update(attachment).where(*_same(one)).values(row))
            return bool(done.rowcount)

    def is_made(self, one: Awaited, sha256: str) -> bool:
        """Tell whether a very same copy is there: another process has made it meanwhile."""
        same = (
            attachment.c.incident_id == one.incident_id,
            attachment.c.name == one.attachment.name,
            attachment.c.sha256 == sha256,
        )
        with reading(self._engine) as connection:
            return connection.execute(sa.select(attachment.c.name).where(*same)).first() is not None

    def lost(self, one: Awaited) -> None:
        """Await a copy no more: there is nothing that it could be made of."""
        with writing(self._engine) as connection:
            connection.execute(sa.delete(attachment).where(*_same(one)))

    def count(self) -> int:
        """Return how many are awaited, candidates' too."""
        with reading(self._engine) as connection:
            question = sa.select(sa.func.count()).select_from(attachment).where(IS_AWAITED)
            return connection.execute(question).scalar_one()


def _same(one: Awaited) -> tuple[sa.ColumnElement[bool] | sa.TextClause, ...]:
    """Return the condition for the very picture: a later one of its name is another."""
    original = one.attachment.original_sha256
    return (
        IS_AWAITED,
        attachment.c.incident_id == one.incident_id,
        attachment.c.name == one.attachment.name,
        attachment.c.original_sha256 == original,
    )
