"""The incidents that a transaction has to itself: read once, written together.

A look renews everything that stands. One by one that is two locks, a question and an answer for
each, and all but a twentieth of the time goes into making the statements, not into the database.
"""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from streetwatch.service.incidents.incident import Incident
from streetwatch.service.store import codec
from streetwatch.service.store.schema import incident
from streetwatch.service.store.transactions import locked

#: A key that is set anew, even to itself, is looked for in every table that refers to it: it is
#: named apart from the columns that are written.
_AGAIN = sa.update(incident).where(incident.c.id == sa.bindparam("known_id"))


class HeldIncidents:
    """What no other writer has until the transaction ends, as it is by now.

    Args:
        connection: Of the transaction.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._held: dict[str, Incident | None] = {}
        self._rows: set[str] = set()
        self._unwritten: dict[str, Incident] = {}

    def hold(self, names: Iterable[str]) -> None:
        """Hold incidents and the cases that they are views of.

        All at once: two cameras that see each other's cases would else wait for each other.
        """
        fresh = set(names) - self._held.keys()
        if not fresh:
            return
        cases = sa.select(incident.c.duplicate_of).where(incident.c.id.in_(sorted(fresh)))
        fresh.update(filter(None, self._connection.execute(cases).scalars()))
        self._read(fresh - self._held.keys())

    def one(self, name: str) -> Incident | None:
        """Return an incident as it was put or else read, None where there is none."""
        if name not in self._held:
            self._read({name})
        return self._held[name]

    def put(self, one: Incident) -> None:
        """Have an incident written with whatever else is, before anything is asked of them."""
        if one.id not in self._held:
            self._read({one.id})
        self._held[one.id] = self._unwritten[one.id] = one

    def write(self) -> None:
        """Write what was put, each once."""
        rows = [codec.incident_row(one) for one in self._unwritten.values()]
        if new := [row for row in rows if row["id"] not in self._rows]:
            self._connection.execute(sa.insert(incident), new)
        if again := [_known(row) for row in rows if row["id"] in self._rows]:
            self._connection.execute(_AGAIN, again)
        self._rows.update(self._unwritten)
        self._unwritten.clear()

    def _read(self, names: Collection[str]) -> None:
        locked(self._connection, *(f"incident {name}" for name in names))
        wanted = sa.select(incident).where(incident.c.id.in_(sorted(names)))
        rows = self._connection.execute(wanted).mappings()
        found = {row["id"]: codec.incident_of(row) for row in rows}
        self._rows.update(found)
        self._held.update({name: found.get(name) for name in names})


def _known(row: dict[str, object]) -> dict[str, object]:
    return {"known_id" if name == "id" else name: value for name, value in row.items()}
