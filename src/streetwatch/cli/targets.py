"""What concerns the case platforms: `targets test`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from streetwatch.cli.output import EXIT_FOUND_WRONG, AsJson, print_json

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _targets() -> None:
    """The case platforms that cases are delivered to."""


@app.command("test")
def try_target(
    target: Annotated[str, typer.Argument(metavar="ID", help="Of the target in the settings.")],
    *,
    config: Annotated[
        Path, typer.Option(help="Settings of the service: docs/reference/settings.md.")
    ] = Path("streetwatch.yaml"),
    as_json: AsJson = True,
) -> None:
    """Try a target without filing: does it answer, does it let us in, what would it be sent."""
    from streetwatch.service.delivery.build import surroundings_of
    from streetwatch.service.delivery.check import Level, SampleFiles, check
    from streetwatch.service.delivery.targets import named
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.keyring import links_of, own_token_of
    from streetwatch.service.settings_file import load_settings

    del as_json
    settings = load_settings(config, environ=os.environ)
    entries = {entry.id: entry for entry in named(settings.targets)}
    if target not in entries:
        raise InputError(f"{target}: no such target: write one of {', '.join(entries)}")
    around = surroundings_of(
        settings,
        evidence=SampleFiles(),
        clock=time.time,
        own_token=own_token_of(settings),
        links=links_of(settings),
    )
    findings = check(entries[target], around)
    for finding in findings:
        print_json(finding.line())
    if any(finding.level is Level.WRONG for finding in findings):
        raise typer.Exit(EXIT_FOUND_WRONG)
