"""Who may use the console: `streetwatch users add`, `list`, `link`, `limit`, `disable`."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.cli.opened import (
    CONFIG,
    Cameras,
    Config,
    Grids,
    Opened,
    me,
    opened,
    reach_of,
    role_of,
)
from streetwatch.cli.output import AsJson, print_json

if TYPE_CHECKING:
    from streetwatch.service.access.users import User

app = typer.Typer(no_args_is_help=True, help="Who may use the console, and as what.")

Name = Annotated[str, typer.Argument(help="Of the user.")]


@app.command()
def add(  # noqa: PLR0913 -- one argument per option
    name: Name,
    *,
    role: Annotated[str, typer.Option(help="viewer, analyst, operator or admin.")] = "viewer",
    camera: Cameras = None,
    grid: Grids = None,
    config: Config = CONFIG,
    as_json: AsJson = True,
) -> None:
    """Add somebody; prints the link with which they choose a password, good for a day."""
    del as_json
    wanted, reach = role_of(role), reach_of(camera, grid)
    with opened(config) as service:
        user = service.access.users.add(name, wanted, reach=reach, now=time.time())
        service.note("user.added", user.name, role=user.role.value, **_limits(user))
        link = _link(service, name)
        print_json({"name": user.name, "role": user.role, "link": link})


@app.command(name="list")
def list_(*, config: Config = CONFIG, as_json: AsJson = True) -> None:
    """Print a line for each user."""
    del as_json
    with opened(config) as service:
        for user in service.access.users.all():
            print_json(_line(user))


@app.command()
def link(name: Name, *, config: Config = CONFIG, as_json: AsJson = True) -> None:
    """Print a link with which somebody chooses a new password; an earlier link is dead."""
    del as_json
    with opened(config) as service:
        print_json({"name": name, "link": _link(service, name)})


@app.command()
def limit(
    name: Name,
    *,
    camera: Cameras = None,
    grid: Grids = None,
    config: Config = CONFIG,
    as_json: AsJson = True,
) -> None:
    """Limit somebody to cameras and unit grids; to none of them: they see the whole city again."""
    del as_json
    with opened(config) as service:
        service.access.users.limit(name, reach_of(camera, grid))
        user = service.access.users.named(name)
        service.note("user.limited", user.name, **_limits(user))
        print_json(_line(user))


@app.command()
def disable(name: Name, *, config: Config = CONFIG, as_json: AsJson = True) -> None:
    """Let somebody in no more; what they have open ends within seconds."""
    del as_json
    with opened(config) as service:
        service.access.users.disable(name, now=time.time())
        service.note("user.disabled", name)
        print_json({"name": name, "disabled": True})


@app.command(name="factor-off")
def factor_off(name: Name, *, config: Config = CONFIG, as_json: AsJson = True) -> None:
    """Take off the second factor of somebody who has lost it."""
    del as_json
    with opened(config) as service:
        user = service.access.users.named(name)
        service.access.factor.take_off(user.name, by=me(), now=time.time())
        print_json({"name": user.name, "has_factor": False})


def _link(service: Opened, name: str) -> str:
    token = service.access.door.link(name, now=time.time())
    service.note("user.linked", name)
    return f"{service.settings.address}/console/welcome?token={token}"


def _line(user: "User") -> dict[str, object]:
    return {
        "name": user.name,
        "role": user.role,
        "has_password": user.has_password,
        "created_at": user.created_at,
        "disabled_at": user.disabled_at,
        "signed_in_at": user.signed_in_at,
        "has_factor": user.has_factor,
        **_limits(user),
    }


def _limits(user: "User") -> dict[str, list[str]]:
    return {"cameras": sorted(user.reach.cameras), "grids": list(user.reach.grids)}
