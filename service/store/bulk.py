"""Many rows at once, as fast as the database takes them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any, Final

import sqlalchemy as sa

_TOGETHER: Final = 1000

Row = Mapping[str, Any]


class Written(str):
    """JSON that is written already: what many rows share is written once."""

    __slots__ = ()


def insert_many(connection: sa.Connection, table: sa.Table, rows: Iterable[Row]) -> None:
    """Insert rows past SQLAlchemy: it would take most of the time.

    Args:
        connection: In a transaction.
        table: Of ours.
        rows: Values as the database has them, each with the columns of the first; a column that
            holds JSON has what is to be written as JSON.
    """
    every = iter(rows)
    first = next(every, None)
    if first is None:
        return
    names = [column.name for column in table.c if column.name in first]
    is_json = [isinstance(table.c[name].type, sa.JSON) for name in names]

    def values(row: Row) -> tuple[Any, ...]:
        return tuple(
            json.dumps(value) if is_one and type(value) is not Written else value
            for value, is_one in zip(map(row.__getitem__, names), is_json, strict=True)
        )

    written = (values(row) for row in chain((first,), every))
    _write(connection, table.name, names, written)


def _write(
    connection: sa.Connection, table: str, names: list[str], rows: Iterator[tuple[Any, ...]]
) -> None:
    columns = ", ".join(names)
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for one in rows:
                copy.write_row(one)
        return
    marks = ", ".join("?" * len(names))
    insert = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 -- our own names
    while batch := list(islice(rows, _TOGETHER)):
        connection.exec_driver_sql(insert, batch)
