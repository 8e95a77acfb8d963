"""Fixtures for every test, and the promise that CI skips nothing it can run."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

from databases import PostgresServer, copied, migrated_sqlite, postgres_server, sqlite_at
from dealing import Dealing, in_order
from streetwatch.benchmarks.store_faults import s3_server

# How long an example takes says how busy the machine is, and nothing about the code.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")

#: Debian's; its own download has no fonts for Chinese.
CHROMIUM = Path("/usr/bin/chromium")

_SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"

#: Why a test with this marker can't run here; None where it can.
_UNMET = {
    "shared": None if _SHARED.is_dir() else "needs the development data in ../shared/data",
    "train": None if find_spec("ultralytics") else "needs the extra `train`",
    "browser": None if CHROMIUM.is_file() else f"needs {CHROMIUM}",
    "newcomer": None
    if os.environ.get("CI")
    else "installs everything anew, takes minutes: set CI=true to run it",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--screenshots` has the browser tests renew the pictures of the documentation."""
    parser.addoption(
        "--screenshots", action="store_true", help="write docs/images/console/*.png anew"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Dealing:
    """Deal the tests to workers in an order that keeps all of them busy to the end."""
    config.option.loadscopereorder = False
    return Dealing(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests; skip what can't run here and say why, or let it fail where required."""
    items[:] = in_order(items)
    required = os.environ.get("STREETWATCH_REQUIRE", "").split(",")
    for item in items:
        for marker, reason in _UNMET.items():
            if reason and item.get_closest_marker(marker) and marker not in required:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The development data beside the checkout; tests that ask for it are marked `shared`."""
    return _SHARED


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, started by the first test that asks for it."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our tables and nothing in them: copying it is quicker than migrating."""
    return migrated_sqlite(tmp_path_factory.mktemp("sqlite") / "empty.db")


@pytest.fixture(params=["sqlite", "postgres"])
def new_database(
    request: pytest.FixtureRequest, tmp_path: Path, empty_sqlite: Path
) -> Iterator[Callable[..., str]]:
    """Make databases by name, all of one kind: the test runs once for each kind.

    A bare one has no tables yet, or may be left with others than ours.
    """
    with ExitStack() as made:

        def make(name: str = "streetwatch", *, bare: bool = False) -> str:
            if request.param == "sqlite":
                file = tmp_path / "data" / f"{name}.db"
                return sqlite_at(file) if bare else sqlite_at(copied(empty_sqlite, file))
            server: PostgresServer = request.getfixturevalue("postgres")
            lent = server.bare_database() if bare else server.database()
            return made.enter_context(lent)

        yield make


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of a real S3 server."""
    with s3_server() as url:
        yield url
