"""What is taken out of the desk: `report`, `evidence`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.cli.opened import noted
from streetwatch.cli.output import EXIT_FOUND_WRONG, print_json

if TYPE_CHECKING:
    from streetwatch.service.evidence.pack import Pack

Config = Annotated[Path, typer.Option(help="Settings of the service.")]

_CONFIG = Path("streetwatch.yaml")


class ReportFormat(StrEnum):
    """How a month is written."""

    JSON = "json"
    CSV = "csv"
    MD = "md"


def report(
    month: Annotated[str, typer.Option(help="Like 2026-11.")],
    *,
    grid: Annotated[
        str | None, typer.Option(help='Only this unit grid: 15 digits, or "310101*".')
    ] = None,
    style: Annotated[
        ReportFormat, typer.Option("--format", help="md is a page for people.")
    ] = ReportFormat.JSON,
    config: Config = _CONFIG,
) -> None:
    """Print a month of the desk: in words, over all cases, for each type, grid and camera."""
    from streetwatch.service.desk.reports.formats import as_csv, month_json
    from streetwatch.service.desk.reports.monthly import as_markdown
    from streetwatch.service.openings import desk_of
    from streetwatch.service.settings import load_settings

    with desk_of(load_settings(config, environ=os.environ)) as desk:
        made = desk.reporter.month(month, grid=grid)
    match style:
        case ReportFormat.JSON:
            print_json(month_json(made))
        case ReportFormat.CSV:
            sys.stdout.write(as_csv(made.rows))
        case ReportFormat.MD:
            sys.stdout.write(as_markdown(made))


def evidence(
    case: Annotated[str, typer.Argument(help="A case's number or external id.")],
    *,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Left out: NUMBER.zip.")] = None,
    config: Config = _CONFIG,
) -> None:
    """Write everything about a case into one ZIP; exit 1 where something is wrong with it."""
    from streetwatch.service.desk.book import NoSuchCaseError
    from streetwatch.service.evidence.pack import pack
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.openings import desk_of
    from streetwatch.service.settings import load_settings

    with desk_of(load_settings(config, environ=os.environ)) as desk:
        try:
            made = pack(desk.book.case(case), desk.evidence, desk.signing())
        except NoSuchCaseError as error:
            raise InputError(f"{error}: give a number like SW-20261123-0001") from error
        noted(desk.book.engine, "evidence.exported", case)
    path = out or Path(made.name)
    _write(made, path)
    print_json({"file": str(path), "files": len(made.entries), "findings": list(made.findings)})
    if made.findings:
        raise typer.Exit(EXIT_FOUND_WRONG)


def _write(made: "Pack", path: Path) -> None:
    """Write a pack whole or not at all."""
    from streetwatch.service.incidents.errors import InputError

    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            file.writelines(made.stream())
        unfinished.replace(path)
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
