"""The cameras of a service: `streetwatch cameras list|export`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.cli.output import AsJson, print_json

if TYPE_CHECKING:
    from streetwatch.service.cameras.catalogue import Catalogue

app = typer.Typer(no_args_is_help=True, help="The cameras: the file's and the console's.")

Config = Annotated[Path, typer.Option(help="Settings of the service.")]
_CONFIG = Path("streetwatch.yaml")


@app.callback()
def cameras() -> None:
    """The cameras: the file's and the console's."""


@app.command(name="list")
def list_(*, config: Config = _CONFIG, as_json: AsJson = True) -> None:
    """Print all cameras, a line each, with where each one's description comes from."""
    from streetwatch.zones.moment import utc

    del as_json
    with _catalogue(config) as catalogue:
        for one in catalogue.listed:
            print_json(
                {
                    "id": one.camera.id,
                    "name": one.camera.name,
                    "source": one.camera.source.redacted,
                    "zones": len(one.camera.zones),
                    "origin": one.origin.value,
                    "changed_at": None if one.changed_at is None else utc(one.changed_at),
                    "changed_by": one.changed_by,
                }
            )


@app.command()
def export(*, config: Config = _CONFIG) -> None:
    """Print all cameras as a cameras.yaml; each password as a variable to be set."""
    from streetwatch.service.cameras.export import exported

    with _catalogue(config) as catalogue:
        out = exported(catalogue.cameras)
    sys.stdout.write(out.text)
    for name in out.variables:
        sys.stderr.write(f"set {name} before the start: it stands for a password\n")


@contextmanager
def _catalogue(config: Path) -> "Iterator[Catalogue]":
    from streetwatch.service.cameras import load_cameras
    from streetwatch.service.logs import configure_logs
    from streetwatch.service.openings import catalogue_of, stored
    from streetwatch.service.settings_file import load_settings

    settings = load_settings(config, environ=os.environ)
    configure_logs(settings.log_format)
    file = load_cameras(settings.cameras, environ=os.environ)
    store = stored(settings)
    try:
        yield catalogue_of(settings, file, store)
    finally:
        store.close()
