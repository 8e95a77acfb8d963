"""Who may use the console: `streetwatch users add`, `list`, `link`, `limit` and so on."""

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
SingleSignOn = Annotated[bool, typer.Option(help="Whether they sign in at the identity provider.")]


@app.command()
def add(  # noqa: PLR0913 -- one argument per option
    name: Name,
    *,
    role: Annotated[str, typer.Option(help="viewer, analyst, operator or admin.")] = "viewer",
    camera: Cameras = None,
    grid: Grids = None,
    single_sign_on: SingleSignOn = False,
    config: Config = CONFIG,
    as_json: AsJson = True,
) -> None:
    """Add somebody; prints the link with which they choose a password, good for a day.

    With --single-sign-on they sign in at the identity provider, and there is no link.
    """
    del as_json
    wanted, reach = role_of(role), reach_of(camera, grid)
    with opened(config) as service:
        issuer = _issuer(service) if single_sign_on else ""
        add = service.access.users.add
        user = add(name, wanted, reach=reach, issuer=issuer, now=time.time())
        facts = {"role": user.role.value, "single_sign_on": single_sign_on, **_limits(user)}
        service.note("user.added", user.name, **facts)
        way = {"single_sign_on": True} if issuer else {"link": _link(service, name)}
        print_json({"name": user.name, "role": user.role, **way})


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


@app.command(name="single-sign-on")
def single_sign_on(
    name: Name,
    *,
    on: Annotated[bool, typer.Option(help="Off: not any more.")] = True,
    config: Config = CONFIG,
    as_json: AsJson = True,
) -> None:
    """Let somebody sign in at the identity provider, who must be called so there at first."""
    del as_json
    with opened(config) as service:
        service.access.users.sign_on(name, _issuer(service) if on else "")
        user = service.access.users.named(name)
        service.note("user.given_sign_on", user.name, single_sign_on=on)
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


def _issuer(service: Opened) -> str:
    from streetwatch.service.incidents.errors import InputError  # noqa: PLC0415 -- as in `opened`

    if service.access.sign_on is None:
        raise InputError("access.oidc: is not in the settings: write where people sign in")
    return service.access.sign_on.told.issuer


def _line(user: "User") -> dict[str, object]:
    return {
        "name": user.name,
        "role": user.role,
        "has_password": user.has_password,
        "created_at": user.created_at,
        "disabled_at": user.disabled_at,
        "signed_in_at": user.signed_in_at,
        "has_factor": user.has_factor,
        "single_sign_on": bool(user.issuer),
        **_limits(user),
    }


def _limits(user: "User") -> dict[str, list[str]]:
    return {"cameras": sorted(user.reach.cameras), "grids": list(user.reach.grids)}
