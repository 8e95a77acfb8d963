"""Which cases are violations that count: SQL shared by what the analyses read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.service.desk.reports.query import Wanted, asked_for
from streetwatch.service.desk.states import REFUSALS
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import plain_rows

#: Cases that one answer reads one by one; a question about more asks for a smaller part.
MOST_CASES: Final = 200_000

_CHINA_S: Final = 8 * 3600
_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Scope:
    """Cases, and one zone of their camera where only that is wanted."""

    wanted: Wanted
    zone: str | None = None


def counted(scope: Scope) -> Iterator[sa.ColumnElement[bool]]:
    """Yield what the cases meet: neither rejected nor withdrawn, and no double of another."""
    case = desk_case.c
    yield from asked_for(scope.wanted)
    yield case.state.not_in(REFUSALS)
    yield case.duplicate_of.is_(None)
    if scope.zone is not None:
        yield case.place_key == f"{scope.wanted.camera}/{scope.zone}"


def day_number(at: sa.ColumnElement[float]) -> sa.ColumnElement[int]:
    """Return the day of China's calendar of a moment, counted from 1970-01-01."""
    return (sa.cast(at, sa.BigInteger) + _CHINA_S) // _DAY_S


def few_rows(connection: sa.Connection, query: sa.Select[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a question that reads cases one by one, where those are not too many.

    Raises:
        InputError: they are; says to ask for less.
    """
    rows = plain_rows(connection, query.limit(MOST_CASES + 1))
    refuse_more(len(rows))
    return rows


def refuse_more(n: int) -> None:
    """Refuse a question that is about too many cases.

    Raises:
        InputError: says to ask for less.
    """
    if n > MOST_CASES:
        raise InputError(
            f"this is about more than {MOST_CASES} cases: ask for a shorter period, one grid, "
            "camera or type"
        )


def columns_of(rows: Sequence[tuple[Any, ...]], many: int) -> tuple[tuple[Any, ...], ...]:
    """Return rows as so many columns."""
    return tuple(zip(*rows, strict=True)) if rows else ((),) * many
