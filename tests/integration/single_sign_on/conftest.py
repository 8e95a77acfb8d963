"""A service before a real OpenID Connect provider."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from oidc_provider import IdentityProvider, provider
from signing_on import LI, House
from streetwatch.service.store.sql_store import open_store


@pytest.fixture(scope="module")
def running() -> Iterator[IdentityProvider]:
    with provider() as idp:
        idp.knows("s-li", **LI)
        idp.knows("s-wang", preferred_username="wang")
        yield idp


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database: making one takes longer than a test."""
    file = tmp_path_factory.mktemp("migrated") / "streetwatch.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def house(running: IdentityProvider, migrated: Path, tmp_path: Path) -> House:
    """A house before a provider that is honest again."""
    copy(migrated, tmp_path)
    running.be_honest()
    return House(running, tmp_path)
