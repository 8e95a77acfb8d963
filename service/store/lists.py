"""Many numbers of one group as one text: hundreds of thousands are read in a tenth of the time."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import Final

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

#: Between words: nobody's name has it.
_BETWEEN: Final = "\x1f"


def listed(column: sa.ColumnElement[float]) -> sa.ColumnElement[str]:
    """Return the numbers of a group as the database writes them, in no order but all alike."""
    return sa.func.aggregate_strings(sa.cast(column, sa.String), ",")


def listed_parts(column: sa.ColumnElement[float], of: int = 10) -> sa.ColumnElement[str]:
    """Return the numbers of a group to a tenth, or to one of so many parts.

    A database writes whole numbers far sooner.
    """
    return listed(sa.cast(column * of, sa.BigInteger))


def parts_in(written: Iterable[str | None], of: int = 10) -> Iterator[npt.NDArray[np.float64]]:
    """Yield each group's numbers; none where a question without groups met nothing."""
    return (one / of for one in whole_in(each or "" for each in written))


def listed_words(column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    """Return the words of all rows as one text, in the order of their numbers."""
    return sa.func.aggregate_strings(column, _BETWEEN)


def words_in(written: str | None) -> tuple[str, ...]:
    """Return the words; none where nothing was met."""
    return tuple(written.split(_BETWEEN)) if written is not None else ()


def whole_in(written: Iterable[str]) -> Iterator[npt.NDArray[np.int64]]:
    """Yield each group's whole numbers."""
    none = np.zeros(0, np.int64)
    return (np.fromstring(one, np.int64, sep=",") if one else none for one in written)


def repeated(names: Sequence[str], many: Sequence[int]) -> tuple[str, ...]:
    """Return each group's name as often as it has numbers."""
    return tuple(chain.from_iterable(map(repeat, names, many)))
