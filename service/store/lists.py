"""Many numbers of one group as one text: hundreds of thousands are read in a tenth of the time."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa


def listed(column: sa.ColumnElement[float]) -> sa.ColumnElement[str]:
    """Return the numbers of a group as the database writes them, in no order but all alike."""
    return sa.func.aggregate_strings(sa.cast(column, sa.String), ",")


def listed_tenths(column: sa.ColumnElement[float]) -> sa.ColumnElement[str]:
    """Return the numbers of a group to a tenth: a database writes whole ones far sooner."""
    return listed(sa.cast(column * 10, sa.BigInteger))


def tenths_in(written: Iterable[str | None]) -> Iterator[npt.NDArray[np.float64]]:
    """Yield each group's numbers; none where a question without groups met nothing."""
    return (one / 10.0 for one in whole_in(each or "" for each in written))


def whole_in(written: Iterable[str]) -> Iterator[npt.NDArray[np.int64]]:
    """Yield each group's whole numbers."""
    none = np.zeros(0, np.int64)
    return (np.fromstring(one, np.int64, sep=",") if one else none for one in written)


def repeated(names: Sequence[str], many: Sequence[int]) -> tuple[str, ...]:
    """Return each group's name as often as it has numbers."""
    return tuple(chain.from_iterable(map(repeat, names, many)))
