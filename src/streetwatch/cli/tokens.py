"""Which programs may use the API: `streetwatch tokens add`, `list`, `revoke`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import time
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.cli.opened import (
    CONFIG,
    Cameras,
    Config,
    Grids,
    me,
    opened,
    reach_of,
    rights_of,
    role_of,
)
from streetwatch.cli.output import AsJson, print_json

if TYPE_CHECKING:
    from streetwatch.service.access.tokens import Token

app = typer.Typer(no_args_is_help=True, help="Which programs may use the API, and for what.")

_DAY_S = 86_400.0


@app.command()
def add(  # noqa: PLR0913 -- one argument per option
    name: Annotated[str, typer.Argument(help="Of the program.")],
    *,
    role: Annotated[str, typer.Option(help="viewer, analyst, operator or admin.")] = "viewer",
    right: Annotated[
        list[str] | None, typer.Option(help="Only this right of the role; may be given again.")
    ] = None,
    camera: Cameras = None,
    grid: Grids = None,
    days: Annotated[float, typer.Option(min=0.001, max=3660, help="Good for so long.")] = 365,
    config: Config = CONFIG,
    as_json: AsJson = True,
) -> None:
    """Make a token; prints it this once. Send it as `Authorization: Bearer TOKEN`."""
    from streetwatch.service.access.tokens import Grant

    del as_json
    now, wanted = time.time(), role_of(role)
    grant = Grant(
        name, wanted, rights_of(right, wanted), reach_of(camera, grid), now + days * _DAY_S
    )
    with opened(config) as service:
        token, secret = service.access.tokens.add(grant, by=me(), now=now)
        service.note("token.added", token.name, id=token.id, role=token.role.value)
        print_json(_line(token) | {"token": secret})


@app.command(name="list")
def list_(*, config: Config = CONFIG, as_json: AsJson = True) -> None:
    """Print a line for each token; none tells what it is."""
    del as_json
    with opened(config) as service:
        for token in service.access.tokens.all():
            print_json(_line(token))


@app.command()
def revoke(
    name: Annotated[str, typer.Argument(help="Of the token, or its id.")],
    *,
    config: Config = CONFIG,
    as_json: AsJson = True,
) -> None:
    """Let a token in no more, within 5 s."""
    del as_json
    with opened(config) as service:
        token = service.access.tokens.revoke(name, now=time.time())
        service.note("token.revoked", token.name, id=token.id)
        print_json({"id": token.id, "name": token.name, "revoked": True})


def _line(token: "Token") -> dict[str, object]:
    return {
        "id": token.id,
        "name": token.name,
        "role": token.role,
        "rights": token.rights,
        "cameras": sorted(token.reach.cameras),
        "grids": list(token.reach.grids),
        "created_at": token.created_at,
        "created_by": token.created_by,
        "expires_at": token.expires_at,
        "used_at": token.used_at,
        "revoked_at": token.revoked_at,
    }
