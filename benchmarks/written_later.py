"""A store for simulations: what every look renews is written when something else is.

A look at a standing car changes nothing but sums, and yet rewrites its incident and the presence
of its camera. In a simulation nobody reads them between two looks: they wait here until somebody
does, at a restart, or when an incident's state changes.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, cast

import sqlalchemy as sa

from streetwatch.service.incidents.incident import Incident
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.service.store.sql_transaction import SqlTransaction
from streetwatch.service.store.transactions import writing
from streetwatch.zones.presence import Presence


class _Waiting:
    """What is not written yet, and every incident there is: nobody else writes any.

    Args:
        engine: Of the database.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.known: dict[str, Incident] = {}
        self.incidents: dict[str, Incident] = {}
        self.presences: dict[str, Presence] = {}

    def write(self, connection: sa.Connection) -> None:
        """Write it."""
        transaction = SqlTransaction(connection)
        for one in self.incidents.values():
            transaction.put_incident(one)
        for camera_id, state in self.presences.items():
            transaction.put_presence(camera_id, state)
        transaction.write()
        self.incidents.clear()
        self.presences.clear()


class _Connection:
    """A connection that is opened by the first question to it, when what waits is written.

    Args:
        waiting: What is not written yet.
        stack: Ends the transaction.
    """

    def __init__(self, waiting: _Waiting, stack: ExitStack) -> None:
        self._waiting = waiting
        self._stack = stack
        self._opened: sa.Connection | None = None

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever a connection has
        if self._opened is None:
            self._opened = self._stack.enter_context(writing(self._waiting.engine))
            self._waiting.write(self._opened)
        return getattr(self._opened, name)


class _Transaction(SqlTransaction):
    """A transaction in which what every look renews waits."""

    def __init__(self, waiting: _Waiting, stack: ExitStack) -> None:
        super().__init__(cast("sa.Connection", _Connection(waiting, stack)))
        self._waiting = waiting

    def hold_incidents(self, incident_ids: Iterable[str]) -> None:
        """Read nothing: all of them are known."""

    def incident(self, incident_id: str) -> Incident | None:
        """Return the incident, None where there is none."""
        return self._waiting.known.get(incident_id)

    def put_incident(self, one: Incident, /) -> None:
        """Insert or replace the incident; one whose state is what it was waits."""
        before = self._waiting.known.get(one.id)
        self._waiting.known[one.id] = one
        if before is not None and before.state is one.state:
            self._waiting.incidents[one.id] = one
        else:
            super().put_incident(one)
            self._waiting.incidents.pop(one.id, None)

    def put_presence(self, camera_id: str, state: Presence, /) -> None:
        """Keep what is at its place on a camera, for the next start."""
        self._waiting.presences[camera_id] = state


class WrittenLater:
    """The store of one process, in which what every look renews waits until it is asked for.

    Args:
        store: What it is written to; an empty one.
    """

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self._waiting = _Waiting(store.engine)

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """Begin a transaction; the database takes part in it from the first question on."""
        with ExitStack() as stack:
            transaction = _Transaction(self._waiting, stack)
            yield transaction
            transaction.write()

    def presence(self, camera_id: str) -> Presence:
        """Return what was at its place on a camera when it was last stored; else nothing."""
        return self._written().presence(camera_id)

    def incident(self, incident_id: str) -> Incident | None:
        """Return the incident, None where there is none."""
        return self._written().incident(incident_id)

    def unsealed(self, camera_id: str) -> tuple[Incident, ...]:
        """Return a camera's incidents, not closed yet, whose evidence is or may be incomplete."""
        return self._written().unsealed(camera_id)

    def incidents(self, *, camera_id: str | None = None) -> tuple[Incident, ...]:
        """Return all incidents, in order of `violation_at`, candidates last."""
        return self._written().incidents(camera_id=camera_id)

    def _written(self) -> SqlStore:
        with writing(self._store.engine) as connection:
            self._waiting.write(connection)
        return self._store
