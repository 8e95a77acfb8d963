"""Who may use the console: `streetwatch users add`, `list`, `link`, `disable`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.cli.output import AsJson, print_json

if TYPE_CHECKING:
    from streetwatch.service.access.access import Access
    from streetwatch.service.access.role import Role
    from streetwatch.service.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Who may use the console, and as what.")

Config = Annotated[Path, typer.Option(help="Settings of the service.")]
Name = Annotated[str, typer.Argument(help="Of the user.")]

_CONFIG = Path("streetwatch.yaml")


@app.command()
def add(
    name: Name,
    *,
    role: Annotated[str, typer.Option(help="viewer, analyst, operator or admin.")] = "viewer",
    config: Config = _CONFIG,
    as_json: AsJson = True,
) -> None:
    """Add somebody; prints the link with which they choose a password, good for a day."""
    del as_json
    with _access(config) as (access, settings):
        user = access.users.add(name, _role(role), now=time.time())
        print_json({"name": user.name, "role": user.role, "link": _link(access, settings, name)})


@app.command(name="list")
def list_(*, config: Config = _CONFIG, as_json: AsJson = True) -> None:
    """Print a line for each user."""
    from dataclasses import asdict

    del as_json
    with _access(config) as (access, _):
        for user in access.users.all():
            print_json(asdict(user))


@app.command()
def link(name: Name, *, config: Config = _CONFIG, as_json: AsJson = True) -> None:
    """Print a link with which somebody chooses a new password; an earlier link is dead."""
    del as_json
    with _access(config) as (access, settings):
        print_json({"name": name, "link": _link(access, settings, name)})


@app.command()
def disable(name: Name, *, config: Config = _CONFIG, as_json: AsJson = True) -> None:
    """Let somebody in no more; what they have open ends within seconds."""
    del as_json
    with _access(config) as (access, _):
        access.users.disable(name, now=time.time())
        print_json({"name": name, "disabled": True})


@contextmanager
def _access(config: Path) -> "Iterator[tuple[Access, Settings]]":
    from streetwatch.service.openings import access_of
    from streetwatch.service.settings import load_settings
    from streetwatch.service.store.sql_store import open_store

    settings = load_settings(config, environ=os.environ)
    store = open_store(settings.database_url)
    try:
        yield access_of(settings, store), settings
    finally:
        store.close()


def _role(word: str) -> "Role":
    from streetwatch.service.access.role import Role
    from streetwatch.service.incidents.errors import InputError

    try:
        return Role(word)
    except ValueError:
        raise InputError(f"--role {word}: is unknown: write {', '.join(Role)}") from None


def _link(access: "Access", settings: "Settings", name: str) -> str:
    token = access.door.link(name, now=time.time())
    return f"{settings.address}/console/welcome?token={token}"
