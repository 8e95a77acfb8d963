"""The audit log: who did what, to what, when and from where. Only added to, and chained.

    audit.note(Deed("camera.changed", "li", on="kerb", address="10.0.0.7"), now=now)

Inside a transaction that does the thing itself, `noted(connection, deed, now=now)`: both are kept,
or neither.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.store.audit_chain import (
    GENESIS,
    PRUNED,
    Entry,
    Fact,
    Mark,
    Wrong,
    hash_of,
    written,
    wrongs,
)
from streetwatch.service.store.audit_schema import audit_checkpoint, audit_entry, audit_head
from streetwatch.service.store.transactions import locked, reading, writing
from streetwatch.vision.types import Seconds

#: The service itself, where no person asked.
THE_SERVICE: Final = "streetwatch"

#: Rows held at once.
_HELD: Final = 1_000

#: A name or an address that somebody typed is kept as far as it can be one.
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done.

    Attributes:
        what: A stable name: `user.added`, `case.moved`.
        who: A user, a token (`token:NAME`), a command (`cli:NAME`), or the service itself.
        on: What it was done to: a camera's id, a case's number, a user's name.
        address: Where the request came from.
        facts: More of it. Never a secret.
    """

    what: str
    who: str = THE_SERVICE
    on: str = ""
    address: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which entries are wanted; what is left out does not filter.

    Attributes:
        what: The deed's name, or what it begins with: `user.`.
        since: Then or later.
        until: Then or earlier.
        after: Positions behind this one.
    """

    who: str = ""
    what: str = ""
    since: Seconds | None = None
    until: Seconds | None = None
    after: int = 0


def noted(connection: sa.Connection, deed: Deed, *, now: Seconds) -> Mark:
    """Write an entry inside a transaction; return where the log has come to."""
    locked(connection, "audit")
    last = _head(connection)
    entry = Entry(
        position=last.position + 1,
        at=now,
        who=_plain(deed.who),
        address=_plain(deed.address),
        what=deed.what,
        subject=_plain(deed.on),
        facts=written(deed.facts),
        previous=last.hash,
        hash="",
    )
    entry = replace(entry, hash=hash_of(entry))
    connection.execute(sa.insert(audit_entry).values(asdict(entry)))
    mark = Mark(entry.position, entry.hash)
    _set_head(connection, mark)
    return mark


@dataclass(frozen=True, slots=True)
class Audit:
    """The log in the database. Safe between threads and processes."""

    engine: sa.Engine

    def note(self, deed: Deed, *, now: Seconds) -> None:
        """Write an entry.

        Raises:
            StorageError: the database refused.
        """
        with writing(self.engine) as connection:
            noted(connection, deed, now=now)

    def head(self) -> Mark:
        """Return the last entry's place and hash: to be written down elsewhere."""
        with reading(self.engine) as connection:
            return _head(connection)

    def entries(self, asked: Asked = Asked()) -> Iterator[Entry]:
        """Yield the entries that are asked for, oldest first."""
        yield from self._read(_question(asked))

    def page(self, asked: Asked, *, limit: int) -> tuple[Entry, ...]:
        """Return the newest entries that are asked for, newest first."""
        question = _question(asked, newest=True).limit(limit)
        return tuple(self._read(question))

    def wrongs(self, anchors: tuple[Mark, ...] = ()) -> Iterator[Wrong]:
        """Yield what is wrong with the log, of one state of it.

        Args:
            anchors: Entries that were written down elsewhere.
        """
        with reading(self.engine) as connection:
            rows = _rows(connection, _question(Asked()))
            yield from wrongs(
                map(_entry, rows),
                head=_marked(connection, audit_head),
                checkpoint=_marked(connection, audit_checkpoint),
                anchors=anchors,
            )

    def prune(self, *, before: Seconds, now: Seconds) -> int:
        """Delete what is older than a moment; return how many entries that were.

        What is deleted is told: by a checkpoint, which the chain goes on from, and by an entry.
        """
        position = audit_entry.c.position
        newest = sa.select(audit_entry).where(_is_older(before))
        with writing(self.engine) as connection:
            locked(connection, "audit")
            row = connection.execute(newest.order_by(position.desc()).limit(1)).mappings().first()
            if row is None:
                return 0
            mark = Mark(row["position"], row["hash"])
            connection.execute(sa.insert(audit_checkpoint).values(**asdict(mark), at=now))
            gone = connection.execute(sa.delete(audit_entry).where(position <= mark.position))
            noted(connection, Deed(PRUNED, on=str(mark), facts={"count": gone.rowcount}), now=now)
        return gone.rowcount

    def _read(self, question: sa.Select[Any]) -> Iterator[Entry]:
        with reading(self.engine) as connection:
            yield from map(_entry, _rows(connection, question))


def old_entries(before: Seconds) -> sa.Select[int]:
    """Return the question how many entries `prune` would delete."""
    return sa.select(sa.func.count()).select_from(audit_entry).where(_is_older(before))


def _is_older(before: Seconds) -> sa.ColumnElement[bool]:
    """Tell of what stands before the first that is kept: a clock set back leaves no hole."""
    other = audit_entry.alias("kept")
    first = sa.select(sa.func.min(other.c.position)).where(other.c.at >= before).scalar_subquery()
    position = audit_entry.c.position
    return position < sa.func.coalesce(first, position + 1)


def _rows(connection: sa.Connection, question: sa.Select[Any]) -> Iterator[Mapping[Any, Any]]:
    yield from connection.execution_options(yield_per=_HELD).execute(question).mappings()


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(**row)


def _question(asked: Asked, *, newest: bool = False) -> sa.Select[Any]:
    entry = audit_entry.c
    question = sa.select(audit_entry).where(entry.position > asked.after)
    if asked.who:
        question = question.where(entry.who == asked.who)
    if asked.what:
        question = question.where(entry.what.startswith(asked.what, autoescape=True))
    if asked.since is not None:
        question = question.where(entry.at >= asked.since)
    if asked.until is not None:
        question = question.where(entry.at <= asked.until)
    return question.order_by(entry.position.desc() if newest else entry.position)


def _head(connection: sa.Connection) -> Mark:
    """Return the last entry: the head says which, so that what was cut off leaves a gap."""
    known = _marked(connection, audit_head) or _marked(connection, audit_entry)
    return known or _marked(connection, audit_checkpoint) or Mark(0, GENESIS)


def _marked(connection: sa.Connection, table: sa.Table) -> Mark | None:
    newest = sa.select(table.c.position, table.c.hash).order_by(table.c.position.desc()).limit(1)
    row = connection.execute(newest).first()
    return None if row is None else Mark(row.position, row.hash)


def _set_head(connection: sa.Connection, mark: Mark) -> None:
    changed = connection.execute(sa.update(audit_head).values(asdict(mark)))
    if changed.rowcount == 0:
        connection.execute(sa.insert(audit_head).values(id=1, **asdict(mark)))


def _plain(text: str) -> str:
    """Return what a line of a log can hold."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:_LONGEST])
