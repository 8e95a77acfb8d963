"""The page `Settings`: users, targets, codes, retention, calendar, and the rest of what is set."""

from typing import Final

from nicegui import ui

from streetwatch.service.access.role import Account
from streetwatch.service.console.language import mark, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.settings.codes import calendar, codes
from streetwatch.service.console.settings.log import audit_log
from streetwatch.service.console.settings.nodes import nodes
from streetwatch.service.console.settings.people import people
from streetwatch.service.console.settings.platforms import platforms
from streetwatch.service.console.settings.programs import programs
from streetwatch.service.console.settings.table import values_table
from streetwatch.service.console.settings.values import KEPT, SERVED
from streetwatch.service.console.shell import Shell, page_at

SECTIONS: Final = {
    "users": mark("Users"),
    "tokens": mark("API tokens"),
    "delivery": mark("Delivery targets"),
    "codes": mark("Codes and deadlines"),
    "retention": mark("Retention"),
    "calendar": mark("Holidays"),
    "service": mark("Service"),
    "nodes": mark("Nodes"),
    "audit": mark("Audit log"),
}


def register(parts: Parts, shell: Shell) -> None:
    """Declare the page; each section has an address of its own."""

    @page_at("/console/settings")
    async def front() -> None:
        await page("users")

    @page_at("/console/settings/{section}")
    async def page(section: str) -> None:
        words = SECTIONS.get(section, SECTIONS["users"])
        with (
            shell.page(say(words), active="settings") as account,
            ui.element("div").classes("sw-beside"),
        ):
            _contents(section)
            with ui.element("div").classes("sw-column sw-fill"):
                ui.label(say(words)).classes("sw-title").props("role=heading aria-level=1")
                await _section(section, parts, shell, account)


def _contents(active: str) -> None:
    nav = ui.element("nav").classes("sw-contents").props(f'aria-label="{say("Sections")}"')
    with nav:
        for section, words in SECTIONS.items():
            link = ui.link(say(words), f"/console/settings/{section}")
            if section == active:
                link.props("aria-current=page")


async def _section(section: str, parts: Parts, shell: Shell, account: Account) -> None:
    match section:
        case "tokens":
            await programs(parts, account)
        case "audit":
            await audit_log(parts)
        case "nodes":
            await nodes(parts, account)
        case "delivery":
            platforms(parts, shell)
        case "codes":
            await codes(parts)
        case "retention":
            await values_table(parts, KEPT)
        case "calendar":
            await calendar(parts)
        case "service":
            await values_table(parts, SERVED)
        case _:
            await people(parts, account)
