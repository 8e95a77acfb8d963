"""What the database refuses, as one clear line."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.store.dialect import Dialect


def reason(error: sa.exc.SQLAlchemyError, dialect: Dialect) -> str:
    """Say what is wrong and how to mend it, without the statement and without its values."""
    cause = (isinstance(error, sa.exc.DBAPIError) and error.orig) or error
    said = str(cause)
    first = said.splitlines()[0] if said else type(error).__name__
    return dialect.mending(cause) or first


@contextmanager
def refusals_named(dialect: Dialect) -> Iterator[None]:
    """Turn what only the database's keeper can mend into `StorageError`.

    A broken constraint is our own mistake and goes through as it is.
    """
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except (sa.exc.DatabaseError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
        raise StorageError(f"the database refused: {reason(error, dialect)}") from error
