"""What is taken out of the desk: `report`, `evidence`."""

# ruff: noqa: PLC0415 -- imports inside the commands: `streetwatch --help` must not wait for them

import json
import os
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from streetwatch.cli.opened import noted
from streetwatch.cli.output import EXIT_FOUND_WRONG, print_json

if TYPE_CHECKING:
    from streetwatch.service.settings import Settings

Config = Annotated[Path, typer.Option(help="Settings of the service.")]

_CONFIG = Path("streetwatch.yaml")


class ReportFormat(StrEnum):
    """How a month is written."""

    JSON = "json"
    CSV = "csv"
    MD = "md"
    HTML = "html"
    PDF = "pdf"


class ReportLanguage(StrEnum):
    """What a month's page is written in."""

    ZH = "zh"
    EN = "en"


def report(  # noqa: PLR0913 -- a parameter for each option
    month: Annotated[str, typer.Option(help="Like 2026-11.")],
    *,
    grid: Annotated[
        str | None, typer.Option(help='Only this unit grid: 15 digits, or "310101*".')
    ] = None,
    style: Annotated[
        ReportFormat, typer.Option("--format", help="md, html and pdf are pages for people.")
    ] = ReportFormat.JSON,
    language: Annotated[ReportLanguage, typer.Option(help="Of html and pdf.")] = ReportLanguage.ZH,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="A file. Left out: standard output.")
    ] = None,
    config: Config = _CONFIG,
) -> None:
    """Print a month of the desk: in words, over all cases, for each type, grid and camera."""
    from streetwatch.service.settings_file import load_settings

    settings = load_settings(config, environ=os.environ)
    if style in {ReportFormat.HTML, ReportFormat.PDF}:
        written = _page(settings, month, grid, language, is_printed=style is ReportFormat.PDF)
    else:
        written = _figures(settings, month, grid, style).encode()
    if out is None:
        sys.stdout.buffer.write(written)
    else:
        _write_whole([written], out)


def _figures(settings: "Settings", month: str, grid: str | None, style: ReportFormat) -> str:
    """Return a month's figures as text."""
    from streetwatch.service.desk.reports.formats import as_csv, month_json
    from streetwatch.service.desk.reports.monthly import as_markdown
    from streetwatch.service.openings import desk_of

    with desk_of(settings) as desk:
        made = desk.reporter.month(month, grid=grid)
    if style is ReportFormat.CSV:
        return as_csv(made.rows)
    return (
        as_markdown(made)
        if style is ReportFormat.MD
        else f"{json.dumps(month_json(made), ensure_ascii=False)}\n"
    )


def _page(
    settings: "Settings",
    month: str,
    grid: str | None,
    language: ReportLanguage,
    *,
    is_printed: bool,
) -> bytes:
    """Return a month's page, as HTML or as PDF."""
    from streetwatch.service.desk.foresight.month import month_page
    from streetwatch.service.desk.foresight.month_html import as_html, as_part
    from streetwatch.service.desk.foresight.month_pdf import as_pdf
    from streetwatch.service.desk.foresight.month_words import Tongue
    from streetwatch.service.foreseeing import foreseer_of
    from streetwatch.service.openings import desk_of

    with desk_of(settings) as desk:
        foreseer = foreseer_of(settings, desk.reporter, environ=os.environ)
        page = month_page(desk.reporter, foreseer, month, grid=grid)
    tongue = Tongue(language)
    html = as_html(as_part(page, tongue), month, tongue)
    return as_pdf(html, month) if is_printed else html.encode()


def evidence(
    case: Annotated[str, typer.Argument(help="A case's number or external id.")],
    *,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Left out: NUMBER.zip.")] = None,
    config: Config = _CONFIG,
) -> None:
    """Write everything about a case into one ZIP; exit 1 where something is wrong with it."""
    from streetwatch.service.desk.errors import NoSuchCaseError
    from streetwatch.service.evidence.pack import pack
    from streetwatch.service.incidents.errors import InputError
    from streetwatch.service.openings import desk_of
    from streetwatch.service.settings_file import load_settings

    with desk_of(load_settings(config, environ=os.environ)) as desk:
        try:
            made = pack(desk.book.case(case), desk.evidence, desk.signing())
        except NoSuchCaseError as error:
            raise InputError(f"{error}: give a number like SW-20261123-0001") from error
        noted(desk.book.engine, "evidence.exported", case)
    path = out or Path(made.name)
    _write_whole(made.stream(), path)
    print_json({"file": str(path), "files": len(made.entries), "findings": list(made.findings)})
    if made.findings:
        raise typer.Exit(EXIT_FOUND_WRONG)


def _write_whole(parts: Iterable[bytes], path: Path) -> None:
    """Write a file whole or not at all."""
    from streetwatch.service.incidents.errors import InputError

    unfinished = path.with_name(f".{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            file.writelines(parts)
        unfinished.replace(path)
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
