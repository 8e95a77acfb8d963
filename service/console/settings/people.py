"""Users and their roles: added, changed, let in no more."""

import asyncio
from collections.abc import Callable
from functools import partial

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from streetwatch.service.access.errors import BadNameError, LastAdminError, NameTakenError
from streetwatch.service.access.role import Account, Role
from streetwatch.service.access.users import User
from streetwatch.service.console.deeds import note
from streetwatch.service.console.entrance import WELCOME
from streetwatch.service.console.language import mark, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.settings.limits import grid_codes, limits_form
from streetwatch.service.console.settings.table import cell, chip, head, moment
from streetwatch.service.console.shell import ROLE_NAMES
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.audit_chain import Fact

_REFUSALS: dict[type[InputError], str] = {
    BadNameError: mark("Nobody can be called so."),
    NameTakenError: mark("Somebody is called so already. Choose another name."),
    LastAdminError: mark("The last administrator stays one: make somebody else one first."),
}


async def people(parts: Parts, account: Account) -> None:
    """Draw everybody, and the form that adds somebody."""
    page = _People(parts, account)
    page.adding()
    page.told = ui.element("div").props("role=status")
    page.table = ui.element("div")
    await page.draw()


class _People:
    """The section while it is open."""

    told: ui.element
    table: ui.element

    def __init__(self, parts: Parts, account: Account) -> None:
        self._parts = parts
        self._users, self._door = parts.access.users, parts.access.door
        self._account = account

    def adding(self) -> None:
        """Draw the form."""
        with ui.element("div").classes("sw-row sw-wrap sw-card"):
            name = ui.input(say("Name of a new user")).props("dense outlined")
            role = _roles(Role.VIEWER, say("Role"))
            add = ui.button(say("Add"), on_click=lambda: self._add(name, role))
            add.props("unelevated color=primary")
            name.on("keydown.enter", lambda: self._add(name, role))

    async def draw(self) -> None:
        """Draw everybody anew."""
        users = await asyncio.to_thread(self._users.all)
        self.table.clear()
        with self.table, ui.element("table").classes("sw-table"):
            head(
                *(say("User"), say("Role"), say("Limits"), say("Last signed in")),
                *(say("State"), say("Actions")),
            )
            with ui.element("tbody"):
                for user in users:
                    self._row(user)

    def _row(self, user: User) -> None:
        with ui.element("tr"):
            cell(user.name)
            with ui.element("td"):
                label = say("Role of {name}", name=user.name)
                _roles(user.role, label, partial(self._give, user.name))
            cell(", ".join((*sorted(user.reach.cameras), *user.reach.grids)) or "—")
            moment(user.signed_in_at)
            with ui.element("td"):
                _state(user)
            with ui.element("td"), ui.element("div").classes("sw-row"):
                self._actions(user)

    def _actions(self, user: User) -> None:
        if user.disabled_at is not None:
            _action(say("Let in again"), partial(self._enable, user.name), user.name)
            return
        _action(say("Link for a new password"), partial(self._link, user.name), user.name)
        if user.role is not Role.ADMIN:
            _action(say("Limit…"), partial(self._ask_limits, user), user.name)
        if user.has_factor:
            words = say("Take off the second factor")
            _action(words, partial(self._take_off, user.name), user.name)
        self._sign_on_action(user)
        if user.name != self._account.name:
            _action(say("Let in no more"), partial(self._disable, user.name), user.name)

    def _sign_on_action(self, user: User) -> None:
        """Offer to let somebody sign in at the identity provider, or not any more."""
        sign_on = self._parts.access.sign_on
        if sign_on is None:
            return
        issuer = "" if user.issuer else sign_on.told.issuer
        words = say("Let sign in at the provider") if issuer else say("Not at the provider")
        give = partial(self._users.sign_on, user.name, issuer)
        facts: dict[str, Fact] = {"single_sign_on": bool(issuer)}
        done = partial(self._done, give, "user.given_sign_on", user.name, **facts)
        _action(words, done, user.name)

    async def _add(self, name: ui.input, role: ui.select) -> None:
        now = self._parts.clock()
        add = partial(self._users.add, name.value or "", Role(role.value), now=now)
        if await self._done(add, "user.added", name.value, role=role.value):
            await self._link(name.value)
            name.value = ""

    async def _give(self, name: str, event: ValueChangeEventArguments[str]) -> None:
        give = partial(self._users.give, name, Role(event.value))
        await self._done(give, "user.given_role", name, role=event.value)

    async def _disable(self, name: str) -> None:
        disable = partial(self._users.disable, name, now=self._parts.clock())
        await self._done(disable, "user.disabled", name)

    async def _enable(self, name: str) -> None:
        await self._done(partial(self._users.enable, name), "user.enabled", name)

    def _ask_limits(self, user: User) -> None:
        """Ask what part of the city somebody is limited to."""
        with ui.dialog() as dialog, ui.card().classes("cw-form"):
            title = say("What {name} may know of", name=user.name)
            ui.label(title).classes("sw-subtitle").props("role=heading aria-level=2")
            cameras, grids = limits_form(self._parts, user.reach)
            ui.label(say("Nothing chosen: the whole city.")).classes("sw-quiet")

            async def keep() -> None:
                reach = Reach.of(cameras.value, grid_codes(grids.value))
                dialog.close()
                limit = partial(self._users.limit, user.name, reach)
                facts: dict[str, Fact] = {
                    "cameras": sorted(reach.cameras),
                    "grids": list(reach.grids),
                }
                await self._done(limit, "user.limited", user.name, **facts)

            with ui.element("div").classes("sw-row"):
                ui.element("div").classes("sw-grow")
                ui.button(say("Leave it"), on_click=dialog.close).props("flat dense")
                ui.button(say("Keep"), on_click=keep).props("unelevated dense")
        dialog.on("hide", dialog.delete)
        dialog.open()

    async def _take_off(self, name: str) -> None:
        take_off = partial(
            self._parts.access.factor.take_off,
            name,
            by=self._account.name,
            now=self._parts.clock(),
        )
        await asyncio.to_thread(take_off)
        await self.draw()

    async def _link(self, name: str) -> None:
        link = partial(self._door.link, name, now=self._parts.clock())
        token = await asyncio.to_thread(link)
        await note(self._parts, self._account, "user.linked", name)
        self._show_link(name, f"{WELCOME}?token={token}")

    async def _done(
        self, change: Callable[[], object], what: str, name: str, **facts: Fact
    ) -> bool:
        """Make a change, and draw what is so now; say why where it was refused."""
        self.told.clear()
        try:
            await asyncio.to_thread(change)
        except InputError as error:
            words = _REFUSALS.get(type(error))
            with self.told:
                ui.label(say(words) if words else str(error)).classes("sw-error")
            await self.draw()
            return False
        self._parts.access.sessions.forget()
        await note(self._parts, self._account, what, name, **facts)
        await self.draw()
        return True

    def _show_link(self, name: str, path: str) -> None:
        self.told.clear()
        base = str(ui.context.client.request.base_url).rstrip("/")
        with self.told, ui.element("div").classes("sw-card sw-column"):
            ui.label(
                say("Give this link to {name}: good for one use, for a day.", name=name)
            ).classes("sw-subtitle")
            with ui.element("div").classes("sw-row"):
                ui.label(base + path).classes("sw-code sw-link")
                copy = ui.button(say("Copy"), on_click=lambda: ui.clipboard.write(base + path))
                copy.props("flat dense")


def _roles(
    role: Role,
    label: str,
    on_change: Callable[[ValueChangeEventArguments[str]], object] | None = None,
) -> ui.select:
    names = {one.value: say(ROLE_NAMES[one]) for one in Role}
    choice = ui.select(names, value=role.value, on_change=on_change)
    return choice.props(f'dense outlined options-dense aria-label="{label}"').classes("sw-role")


def _action(words: str, act: Callable[[], object], name: str) -> None:
    ui.button(words, on_click=act).props(f'flat dense aria-label="{words}: {name}"')


def _state(user: User) -> None:
    if user.disabled_at is not None:
        chip(say("let in no more"), "bad")
    elif user.has_password or user.issuer:
        chip(say("active"), "good")
    else:
        chip(say("has not chosen a password yet"), "warn")
