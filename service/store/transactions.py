"""How a connection is had: for writing, or for one consistent read."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from streetwatch.service.store.refusals import refusals_named
from streetwatch.service.store.sqlite import READS


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Begin a transaction: committed at the end of the block, undone by an exception.

    Raises:
        StorageError: the database refused; nothing of the block was kept.
    """
    with refusals_named(), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """See one state of the database, whatever is written meanwhile.

    Raises:
        StorageError: the database refused.
    """
    with refusals_named(), engine.connect().execution_options(**READS) as connection:
        yield connection
