"""The database: opened and brought to the newest revision."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store import sqlite
from streetwatch.service.store.refusals import reason

_MIGRATIONS = Path(__file__).parent / "migrations"


def open_engine(url: str) -> sa.Engine:
    """Open a database and bring it to the newest revision.

    Args:
        url: As SQLAlchemy has it; `sqlite://` is a database in memory, of this process only.

    Raises:
        InputError: it can't be opened or written to; says where and how to mend it.
    """
    place = _address(url)
    where = str(sqlite.file_of(place) or place.render_as_string(hide_password=True))
    try:
        engine = _connecting(place)
        try:
            _migrate(engine)
        except BaseException:
            engine.dispose()
            raise
    except OSError as error:
        raise InputError(
            f"{where}: the folder of the database can't be made ({error.strerror}): "
            "give the service a folder that it may write to (data_dir)"
        ) from error
    except sa.exc.DBAPIError as error:
        raise InputError(f"{where}: the database can't be used: {reason(error)}") from error
    except CommandError as error:
        raise InputError(
            f"{where}: a newer streetwatch wrote this database ({error}): run that version"
        ) from error
    return engine


def _address(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise InputError(
            "database: this is no address of a database: write sqlite:///path/to/streetwatch.db"
        ) from error


def _connecting(place: sa.URL) -> sa.Engine:
    if sqlite.is_sqlite(place):
        file = sqlite.file_of(place)
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
        return sqlite.create_engine(place)
    try:
        return sa.create_engine(place)
    except (sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise InputError(
            f"database: no driver for {place.drivername} is installed ({error})"
        ) from error


def _migrate(engine: sa.Engine) -> None:
    """Run the missing revisions, all of them or none, in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
