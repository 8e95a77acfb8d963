"""API tokens: made, shown once, revoked."""

import asyncio
from functools import partial
from typing import Any, Final

from nicegui import ui

from streetwatch.service.access.errors import BadNameError, NameTakenError
from streetwatch.service.access.role import Account, Right, Role
from streetwatch.service.access.tokens import Grant, Token
from streetwatch.service.console.deeds import note
from streetwatch.service.console.language import mark, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.settings.limits import grid_codes, limits_form
from streetwatch.service.console.settings.table import cell, chip, head, moment
from streetwatch.service.console.shell import ROLE_NAMES
from streetwatch.service.incidents.reach import Reach
from streetwatch.vision.types import Seconds

_DAY_S: Final[Seconds] = 86_400.0
_USUAL_DAYS: Final = 365

RIGHTS: Final = {
    Right.LOOK: mark("Read cases, pictures, figures"),
    Right.JUDGE: mark("Give verdicts"),
    Right.FILE: mark("Report cases"),
    Right.HANDLE: mark("Handle cases"),
    Right.CAMERAS: mark("Attach cameras"),
    Right.DELIVER: mark("See and resend deliveries"),
    Right.ADMIN: mark("Administer"),
}


async def programs(parts: Parts, account: Account) -> None:
    """Draw the tokens, and the form that makes one."""
    page = _Programs(parts, account)
    page.adding()
    page.told = ui.element("div").props("role=status")
    page.table = ui.element("div")
    await page.draw()


class _Programs:
    """The section while it is open."""

    told: ui.element
    table: ui.element

    def __init__(self, parts: Parts, account: Account) -> None:
        self._parts, self._account = parts, account

    def adding(self) -> None:
        """Draw the form."""
        with ui.element("div").classes("sw-row sw-wrap sw-card"):
            name = ui.input(say("Name of a program")).props("dense outlined")
            role = _choice({one: say(ROLE_NAMES[one]) for one in Role}, say("Role"))
            role.value = Role.VIEWER
            rights = _choice({one: say(RIGHTS[one]) for one in RIGHTS}, say("Only"), many=True)
            cameras, grids = limits_form(self._parts)
            days = ui.number(say("Days"), value=_USUAL_DAYS, min=1, max=3660, precision=0)
            days.props("dense outlined")

            async def add() -> None:
                reach = Reach.of(cameras.value, grid_codes(grids.value))
                ends = self._parts.clock() + float(days.value or _USUAL_DAYS) * _DAY_S
                wanted = tuple(map(Right, rights.value or ())) or None
                await self._add(Grant(name.value or "", Role(role.value), wanted, reach, ends))

            ui.button(say("Make a token"), on_click=add).props("unelevated color=primary")

    async def draw(self) -> None:
        """Draw all of them anew."""
        tokens = await asyncio.to_thread(self._parts.access.tokens.all)
        self.table.clear()
        with self.table, ui.element("table").classes("sw-table"):
            head(say("Token"), say("Role"), say("Limits"), say("Ends"), say("Last used"), "")
            with ui.element("tbody"):
                for token in tokens:
                    self._row(token)

    def _row(self, token: Token) -> None:
        rights = [say(RIGHTS[one]) for one in token.rights or ()]
        limits = ", ".join([*rights, *sorted(token.reach.cameras), *token.reach.grids])
        with ui.element("tr"):
            cell(token.name)
            cell(say(ROLE_NAMES[token.role]))
            cell(limits or "—")
            moment(token.expires_at)
            moment(token.used_at)
            with ui.element("td"):
                if not token.is_good(self._parts.clock()):
                    chip(say("dead"), "bad")
                else:
                    button = ui.button(say("Revoke"), on_click=partial(self._revoke, token))
                    button.props(f'flat dense aria-label="{say("Revoke")}: {token.name}"')

    async def _add(self, grant: Grant) -> None:
        self.told.clear()
        add = partial(self._parts.access.tokens.add, grant, by=self._account.name)
        try:
            token, secret = await asyncio.to_thread(add, now=self._parts.clock())
        except (BadNameError, NameTakenError) as error:
            taken = isinstance(error, NameTakenError)
            words = say("There is a token of this name.") if taken else say("Write a name.")
            with self.told:
                ui.label(words).classes("sw-error")
            return
        await note(self._parts, self._account, "token.added", token.name, id=token.id)
        self._show(token, secret)
        await self.draw()

    async def _revoke(self, token: Token) -> None:
        self.told.clear()
        revoke = partial(self._parts.access.tokens.revoke, token.id, now=self._parts.clock())
        await asyncio.to_thread(revoke)
        await note(self._parts, self._account, "token.revoked", token.name, id=token.id)
        await self.draw()

    def _show(self, token: Token, secret: str) -> None:
        with self.told, ui.element("div").classes("sw-card sw-column"):
            ui.label(say("The token of {name}: it is shown this once.", name=token.name)).classes(
                "sw-subtitle"
            )
            with ui.element("div").classes("sw-row"):
                ui.label(secret).classes("sw-code sw-link")
                copy = ui.button(say("Copy"), on_click=lambda: ui.clipboard.write(secret))
                copy.props("flat dense")


def _choice(options: dict[Any, str], label: str, *, many: bool = False) -> ui.select:
    known = {str(one): words for one, words in options.items()}
    choice = ui.select(known, label=label, multiple=many)
    return choice.props("dense outlined options-dense").classes("sw-role")
