"""What commands about who may do what open, and in whose name they write it down."""

# ruff: noqa: PLC0415 -- imports inside: `streetwatch --help` must not wait for them

import getpass
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from streetwatch.service.access.access import Access
    from streetwatch.service.access.role import Right, Role
    from streetwatch.service.incidents.reach import Reach
    from streetwatch.service.settings import Settings
    from streetwatch.service.store.audit import Audit

Config = Annotated[Path, typer.Option(help="Settings of the service.")]
CONFIG = Path("streetwatch.yaml")

Cameras = Annotated[
    list[str] | None, typer.Option("--camera", help="Only this camera; may be given again.")
]
Grids = Annotated[
    list[str] | None,
    typer.Option("--grid", help="Only this unit grid, or what its code begins with."),
]


@dataclass(frozen=True, slots=True)
class Opened:
    """A service's users, tokens and audit log."""

    access: "Access"
    settings: "Settings"
    audit: "Audit"

    def note(self, what: str, on: str, **facts: Any) -> None:  # noqa: ANN401 -- as the log has it
        """Write down what the command has done."""
        noted(self.audit.engine, what, on, **facts)


def noted(engine: "Engine", what: str, on: str, **facts: Any) -> None:  # noqa: ANN401
    """Write down in a database what the command has done."""
    from streetwatch.service.store.audit import Audit, Deed

    Audit(engine).note(Deed(what, me(), on=on, facts=facts), now=time.time())


def me() -> str:
    """Return who runs the command, as the audit log names them."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a user without a name, as in a container
        return f"cli:{os.getuid()}"


@contextmanager
def opened(config: Path) -> Iterator[Opened]:
    """Open them for the length of a `with` block; the service may run, or not yet."""
    from streetwatch.service.openings import access_of, audit_of
    from streetwatch.service.settings_file import load_settings
    from streetwatch.service.store.sql_store import open_store

    settings = load_settings(config, environ=os.environ)
    store = open_store(settings.database_url)
    try:
        yield Opened(access_of(settings, store), settings, audit_of(store))
    finally:
        store.close()


def role_of(word: str) -> "Role":
    """Return the role that an option names."""
    from streetwatch.service.access.role import Role
    from streetwatch.service.incidents.errors import InputError

    try:
        return Role(word)
    except ValueError:
        raise InputError(f"--role {word}: is unknown: write {', '.join(Role)}") from None


def rights_of(words: list[str] | None, role: "Role") -> "tuple[Right, ...] | None":
    """Return the rights that options name, of those that a role has; None: all of them."""
    from streetwatch.service.access.role import Right
    from streetwatch.service.incidents.errors import InputError

    for word in words or ():
        if word not in set(role.rights):
            raise InputError(f"--right {word}: {role} has none: write {_listed(role.rights)}")
    return None if not words else tuple(map(Right, words))


def reach_of(cameras: list[str] | None, grids: list[str] | None) -> "Reach":
    """Return the part of the city that options name."""
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.incidents.reach import Reach

    for name in cameras or ():
        if not name.strip():  # an empty variable must not mean the whole city
            raise InputError("--camera: is empty: write a camera's id, or leave it out")
    for code in grids or ():
        if not (code.isascii() and code.isdigit() and len(code) <= 15):
            raise InputError(f"--grid {code}: is no grid: write up to 15 digits")
    return Reach.of(cameras, grids)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
