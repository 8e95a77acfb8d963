"""The audit log: the newest entries, all of it as CSV, and the head to be written down."""

import asyncio
from functools import partial
from typing import Final
from urllib.parse import urlencode

from nicegui import ui

from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.settings.acts import ACTS, act_words
from streetwatch.service.console.settings.table import cell, head, moment
from streetwatch.service.store.audit import Asked
from streetwatch.service.store.audit_chain import Entry, Mark

_SHOWN: Final = 200


async def audit_log(parts: Parts) -> None:
    """Draw it."""
    with ui.element("div").classes("sw-row sw-wrap sw-card"):
        who = ui.input(say("Who")).props("dense outlined clearable debounce=300")
        acts = {code: say(words) for code, words in ACTS.items()}
        what = ui.select(acts, label=say("What"), with_input=True, clearable=True)
        what.props("dense outlined options-dense").classes("sw-act")
        ui.element("div").classes("sw-grow")
        export = ui.link(say("Export as CSV"), "/audit.csv").props("download")
    table = ui.element("div")

    async def draw() -> None:
        asked = Asked(who=who.value or "", what=what.value or "")
        entries, mark = await asyncio.to_thread(partial(_read, parts, asked))
        export.props(f'href="/audit.csv?{urlencode({"who": asked.who, "what": asked.what})}"')
        table.clear()
        with table:
            _draw(entries, mark)

    who.on_value_change(draw)
    what.on_value_change(draw)
    await draw()


def _read(parts: Parts, asked: Asked) -> tuple[tuple[Entry, ...], Mark]:
    return parts.audit.page(asked, limit=_SHOWN), parts.audit.head()


def _draw(entries: tuple[Entry, ...], mark: Mark) -> None:
    with ui.element("table").classes("sw-table"):
        head(say("When"), say("Who"), say("From"), say("What"), say("On"), say("Facts"))
        with ui.element("tbody"):
            for one in entries:
                with ui.element("tr"):
                    moment(one.at)
                    cell(one.who)
                    cell(one.address, "sw-code")
                    with ui.element("td").props(f"title={one.what}"):
                        ui.label(act_words(one.what))
                    cell(one.subject)
                    cell(one.facts, "sw-code")
    ui.label(say("Write this down elsewhere: with it nothing can be cut off unseen.")).classes(
        "sw-quiet"
    )
    ui.label(str(mark)).classes("sw-code")
