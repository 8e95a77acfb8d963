"""A table of what is set, with where to change it."""

import asyncio
from collections.abc import Sequence

from nicegui import ui

from streetwatch.service.config.errors import ConfigError
from streetwatch.service.console.language import language_here, say
from streetwatch.service.console.moments import moment_words
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.settings.values import Row, Shown, rows
from streetwatch.vision.types import Seconds


async def values_table(parts: Parts, shown: Sequence[Shown]) -> None:
    """Draw settings, and what the file says that is not in force yet."""
    try:
        written, origins = await asyncio.to_thread(parts.reread)
    except ConfigError as error:
        _wrong(error)
        written, origins = parts.settings, lambda _: None
    with ui.element("table").classes("sw-table"):
        head(say("Setting"), say("Value"), say("Written in"), say("Key"))
        with ui.element("tbody"):
            for row in rows(shown, parts.settings, written, origins, language_here()):
                _row(row)
    ui.label(
        say("Change it where it is written; what holds by default, under its key. Then restart.")
    ).classes("sw-quiet")


def head(*words: str) -> None:
    """Draw the head of a table."""
    with ui.element("thead"), ui.element("tr"):
        for one in words:
            with ui.element("th").props("scope=col"):
                ui.label(one)


def cell(text: str, *classes: str) -> None:
    """Draw a cell of text."""
    with ui.element("td"):
        ui.label(text).classes(" ".join(classes))


def moment(at: Seconds | None) -> None:
    """Draw a cell with a moment; a dash where it never was."""
    cell("—" if at is None else moment_words(at, language_here()), "sw-number")


def chip(text: str, level: str = "") -> None:
    """Draw a word in its colour: good, warn, bad."""
    ui.label(text).classes(f"sw-chip {level}")


def _row(row: Row) -> None:
    with ui.element("tr"):
        cell(row.words)
        with ui.element("td"):
            ui.label(row.value).classes("sw-number")
            if row.waiting:
                chip(say("{value} after a restart", value=row.waiting), "warn")
        cell(row.origin or say("nowhere: the default"), *([] if row.origin else ["sw-quiet"]))
        cell(row.key, "sw-code")


def _wrong(error: ConfigError) -> None:
    """Say what is wrong in the file as it is now: the next start would refuse it."""
    with ui.element("div").classes("sw-error").props("role=alert"):
        ui.label(say("The settings were changed since the start, and a restart would refuse them:"))
        for line in str(error).splitlines():
            ui.label(line).classes("sw-code")
