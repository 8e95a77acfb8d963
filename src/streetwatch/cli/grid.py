"""The grid layer: `streetwatch grid import`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import os
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from streetwatch.cli.opened import noted
from streetwatch.cli.output import AsJson, print_json

app = typer.Typer(no_args_is_help=True, help="Unit grids: who is in charge of a point on the map.")


@app.callback()
def grid() -> None:
    """Unit grids: who is in charge of a point on the map."""


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="GeoJSON: docs/reference/grids.md.")],
    *,
    config: Annotated[Path, typer.Option(help="Settings of the service.")] = Path(
        "streetwatch.yaml"
    ),
    as_json: AsJson = True,
) -> None:
    """Put a file's unit grids in force; a running service uses them from its next case on."""
    from streetwatch.service.desk.grid.geojson import read_grids
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.openings import grids_of
    from streetwatch.service.settings_file import load_settings

    del as_json
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(f"{file}: can't be read ({error.strerror}): check the path") from error
    read = read_grids(content, name=str(file))
    with grids_of(load_settings(config, environ=os.environ)) as grids:
        taken = grids.take(read, now=time.time())
        noted(grids.engine, "grids.changed", file.name)
    for finding in taken.findings:
        sys.stderr.write(f"{file}: {finding}\n")
    print_json(taken.as_json())
