"""How a connection is had: for writing, or for one consistent read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.store.dialect import dialect_of
from streetwatch.service.store.refusals import refusals_named

#: How far lists are counted. A page for people needs to know that there are many, not how many.
COUNTED: Final = 10_000


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Begin a transaction: committed at the end of the block, undone by an exception.

    Raises:
        StorageError: the database refused; nothing of the block was kept.
    """
    with refusals_named(dialect_of(engine)), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """See one state of the database, whatever is written meanwhile.

    Raises:
        StorageError: the database refused.
    """
    dialect = dialect_of(engine)
    with (
        refusals_named(dialect),
        engine.connect().execution_options(**dialect.READS) as connection,
    ):
        yield connection


def plain_rows(connection: sa.Connection, wanted: sa.Executable) -> list[tuple[Any, ...]]:
    """Return all rows as the driver has them: for hundreds of thousands, of numbers and strings.

    SQLAlchemy's own rows would take as long as the database.
    """
    cursor: Any = connection.execute(wanted).cursor
    return list(cursor.fetchall())


def plain_parts(
    connection: sa.Connection, wanted: sa.Select[Any], size: int
) -> Iterator[list[tuple[Any, ...]]]:
    """Yield all rows as the driver has them, so many at a time: no more are held so."""
    cursor: Any = connection.execute(wanted).cursor
    while part := list(cursor.fetchmany(size)):
        yield part


def counted(
    table: sa.Table, where: Sequence[sa.ColumnElement[bool]], *, limit: int = COUNTED
) -> sa.Select[int]:
    """Return the question how many rows there are, up to a limit."""
    some = sa.select(sa.literal(1)).select_from(table).where(*where).limit(limit)
    return sa.select(sa.func.count()).select_from(some.subquery())


def locked(connection: sa.Connection, *names: str) -> None:
    """Be the only writer of what is named until the transaction ends; wait for an earlier one."""
    dialect_of(connection).lock(connection, *names)
