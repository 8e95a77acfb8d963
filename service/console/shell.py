"""What is around every page: header, navigation, language, account, the lost-connection banner."""

import copy
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Literal
from urllib.parse import quote

from nicegui import context, ui
from starlette.requests import Request

from streetwatch.service.access.asking import RULE
from streetwatch.service.access.role import ROLE_NEEDED, Account, Role
from streetwatch.service.console.crowd_banner import CROWDS_EVERY_S, CrowdNow, draw_banner
from streetwatch.service.console.language import (
    LANGUAGE_NAMES,
    Language,
    language_here,
    mark,
    say,
)
from streetwatch.service.console.live import Draw, Feeds
from streetwatch.service.incidents.reach import Reach
from streetwatch.vision.types import Seconds

#: A page may take so long to be built: where a hundred cameras are watched there is little left.
BUILT_WITHIN_S: Final[Seconds] = 30.0

#: Keeps whether somebody has chosen dark or light; left out, the system's own.
THEME_COOKIE: Final = "streetwatch_theme"


ROLE_NAMES: Final = {
    Role.VIEWER: mark("Viewer"),
    Role.ANALYST: mark("Analyst"),
    Role.OPERATOR: mark("Operator"),
    Role.ADMIN: mark("Administrator"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation.

    Attributes:
        name: Of the page: it is at `/console/NAME`.
        words: What it is called.
        icon: Of the Material icons.
        role: Whoever lacks it isn't shown the way there.
    """

    name: str
    words: str
    icon: str
    role: Role = Role.VIEWER

    def is_for(self, account: Account) -> bool:
        """Tell whether somebody is shown the way there."""
        return account.role.reaches(self.role)


ENTRIES: Final = (
    Entry("wall", mark("Wall"), "grid_view"),
    Entry("cameras", mark("Cameras"), "videocam", Role.OPERATOR),
    Entry("review", mark("Review"), "rule", Role.ANALYST),
    Entry("cases", mark("Cases"), "folder_open"),
    Entry("numbers", mark("Numbers"), "bar_chart"),
    Entry("foresight", mark("Foresight"), "insights"),
    Entry("settings", mark("Settings"), "settings", Role.ADMIN),
)


class RoleNeededError(Exception):
    """Who is signed in may not see this page."""

    def __init__(self, needed: Role) -> None:
        super().__init__(f"needs the role {needed}")
        self.needed = needed


@dataclass(frozen=True, slots=True)
class Shell:
    """Draws what all pages have in common.

    Attributes:
        who: Says who asks.
        feeds: What the open pages follow.
        crowds: Those that are there now, in a part of the city.
    """

    who: Callable[[Request], Account]
    feeds: Feeds = field(default_factory=Feeds)
    crowds: Callable[[Reach], Sequence[CrowdNow]] = lambda _: ()

    @contextmanager
    def page(self, title: str, *, active: str = "", bare: bool = False) -> Iterator[Account]:
        """Draw a page around what is drawn inside the `with` block.

        Args:
            title: Already in the page's language.
            active: The navigation's entry that the page belongs to.
            bare: Without header and navigation: for a control room's full screen.

        Raises:
            RoleNeededError: who asks may not see it; answered by a page that says so.
        """
        account = self.who(context.client.request)
        need = context.client.request.scope[RULE].need
        if not account.may(need):
            raise RoleNeededError(ROLE_NEEDED[need])
        dress(title)
        if not bare:
            _header(account, active)
            with ui.element("div").props(f'role=region aria-label="{say("Crowds")}"') as banner:
                read = partial(self.crowds, account.reach)
                self.live("crowds", read, partial(draw_banner, banner), every_s=CROWDS_EVERY_S)
        with ui.element("main").classes("sw-main").props("id=main tabindex=-1"):
            yield account
        if not bare:
            _keys_dialog()

    def keys(self, *keys: tuple[str, str]) -> None:
        """Say which keys the page that is being drawn knows: `?` shows them.

        Args:
            keys: Of each what is written on it (`Ctrl+Z`) and what it does, already said.
        """
        known: list[tuple[str, str]] = context.client.storage.setdefault("keys", [])
        known.extend(keys)

    def live(
        self,
        name: Hashable,
        read: Callable[[], Any],
        draw: Draw,
        *,
        every_s: Seconds = 1.0,
    ) -> None:
        """Redraw a part of the page that is being drawn whenever a value changes (see `Feeds`)."""
        reach = account_here(self).reach  # others see another part of the same thing
        self.feeds.follow(context.client, (reach, name), read, draw, every_s=every_s)


def page_at(path: str) -> ui.page:
    """Declare the page of an address."""
    return ui.page(path, response_timeout=BUILT_WITHIN_S)


def account_here(shell: Shell) -> Account:
    """Return who acts on the page: its name belongs into the history of what is done."""
    return shell.who(context.client.request)


def dress(title: str) -> None:
    """Give a page its title, language, theme and style sheet."""
    client = context.client
    client.page = copy.copy(client.page)  # shared by all who look at it, each in their language
    client.page.language = _quasar_language(language_here())
    client.page.dark = _dark(client.request)
    # Quasar calls its whole page <main>; ours is what is below the header.
    inside = client.content.parent_slot
    if inside is not None:
        inside.parent.props("role=presentation")
    ui.page_title(f"{title} · streetwatch")
    ui.add_head_html('<link rel="stylesheet" href="/console/static/console.css">')
    ui.add_body_html('<script src="/console/static/console.js" defer></script>')


def _quasar_language(language: Language) -> Literal["zh-CN", "en-US"]:
    return "zh-CN" if language is Language.ZH else "en-US"


def _dark(request: Request) -> bool | None:
    return {"dark": True, "light": False}.get(request.cookies.get(THEME_COOKIE, ""))


def _header(account: Account, active: str) -> None:
    ui.link(say("Skip to the content"), "#main").classes("sw-skip")
    with ui.element("header").classes("sw-header").props("role=banner"):
        ui.link("streetwatch", "/console/wall").classes("sw-brand")
        with ui.element("nav").classes("sw-nav").props(f'aria-label="{say("Pages")}"'):
            for entry in ENTRIES:
                if entry.is_for(account):
                    _way(entry, is_active=entry.name == active)
        ui.element("div").classes("sw-grow")
        _choices()
        _account(account)


def _way(entry: Entry, *, is_active: bool) -> None:
    link = ui.link(target=f"/console/{entry.name}").classes("sw-way")
    if is_active:
        link.props("aria-current=page")
    with link:
        ui.icon(entry.icon).props("aria-hidden=true")
        ui.label(say(entry.words))


def _choices() -> None:
    """Draw the switches of language and theme: plain links, which keep the place."""
    keys = ui.element("button").props("data-keys type=button").classes("sw-choice sw-plain")
    keys.props(f'aria-label="{say("Keys")}" title="{say("Keys")} (?)"')
    with keys:
        ui.icon("keyboard").props("aria-hidden=true")
    back = quote(_here())
    other = Language.EN if language_here() is Language.ZH else Language.ZH
    link = ui.link(LANGUAGE_NAMES[other], f"/console/language/{other}?next={back}")
    link.classes("sw-choice").props(f"lang={other} hreflang={other}")
    dark = _dark(context.client.request)
    theme = "light" if dark else "dark"
    words = say("Light colours") if dark else say("Dark colours")
    turn = ui.link(target=f"/console/theme/{theme}?next={back}").classes("sw-choice")
    turn.props(f'aria-label="{words}" title="{words}"')
    with turn:
        ui.icon("light_mode" if dark else "dark_mode").props("aria-hidden=true")


def _keys_dialog() -> None:
    """Draw the list of keys, which `console.js` opens."""
    keys = [*context.client.storage.get("keys", []), ("?", say("Show these keys"))]
    with ui.element("dialog").classes("sw-keys sw-card").props('id=keys aria-labelledby="keys-of"'):
        title = ui.label(say("Keys")).classes("sw-subtitle")
        title.props('id="keys-of" role=heading aria-level=2')
        with ui.element("dl"):
            for key, does in keys:
                with ui.element("dt"):
                    ui.label(key).classes("sw-key")
                with ui.element("dd"):
                    ui.label(does)
        with ui.element("button").props("data-close type=button").classes("sw-plain"):
            ui.label(say("Close"))


def _account(account: Account) -> None:
    with ui.element("details").classes("sw-account"):
        with ui.element("summary"):
            ui.icon("person").props("aria-hidden=true")
            ui.label(account.name)
        with ui.element("div").classes("sw-menu sw-card"):
            ui.label(say(ROLE_NAMES[account.role])).classes("sw-quiet")
            ui.link(say("Change your password"), "/console/password")
            ui.link(say("Second factor"), "/console/second-factor")
            with ui.element("form").props("method=post action=/console/sign-out"):
                ui.html(f"<button>{say('Sign out')}</button>", sanitize=False)


def _here() -> str:
    url = context.client.request.url
    return f"{url.path}?{url.query}" if url.query else url.path
