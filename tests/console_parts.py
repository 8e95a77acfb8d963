"""The console in a real browser: signing in, asking whether all can use a page, its picture."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, StorageState

from live_service import Service
from streetwatch.service.access.access import access_on
from streetwatch.service.access.role import Role
from streetwatch.service.access.rules import Limits
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.service.keyring import cipher_at
from streetwatch.service.store.sql_store import open_store
from waiting import PATIENCE_S

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "images" / "console"

#: Of a desk's screen, and of the pictures in the documentation.
SCREEN: Final = (1280, 720)
TABLET: Final = (1024, 768)

#: What axe judges: WCAG 2.2 up to level AA.
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


#: Of everybody whom the tests sign in.
PASSWORD: Final = "street-Watch-1"  # noqa: S105


def let_in(service: Service) -> None:
    """Have somebody of every role, called as the role is, in a service that has run."""
    for role in Role:
        let_one_in(service, role, role)


def let_one_in(service: Service, name: str, role: Role, reach: Reach = EVERYWHERE) -> None:
    """Have somebody, who may be limited to a part of the city, in a service that has run."""
    store = open_store(f"sqlite:///{service.folder / 'data' / 'streetwatch.db'}")
    access = access_on(
        store.engine, Limits(idle_s=3600, whole_s=3600), cipher_at(service.folder / "data")
    )
    now = time.time()
    access.users.add(name, role, now=now, reach=reach)
    access.door.use(access.door.link(name, now=now), "", PASSWORD, now=now)
    store.close()


@dataclass
class Console:
    """A running service's pages.

    Attributes:
        signed_in: The cookies of each role that was used.
    """

    service: Service
    browser: Browser
    signed_in: dict[str, StorageState] = field(default_factory=dict)

    @contextmanager
    def page(
        self,
        path: str = "/console/wall",
        *,
        role: str = "admin",
        language: str = "zh-CN",
        size: tuple[int, int] = SCREEN,
        forbidden: list[str] | None = None,
    ) -> Iterator[Page]:
        """Open a page as somebody of a role or of a name ('': nobody), in a browser of a language.

        It may do nothing that its Content-Security-Policy forbids, but where a test takes that.
        """
        broken: list[str] = [] if forbidden is None else forbidden
        width, height = size
        around = self.browser.new_context(
            base_url=self.service.url,
            locale=language,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            storage_state=self._cookies(role) if role else None,
        )
        try:
            around.set_default_timeout(PATIENCE_S * 1000)
            page = around.new_page()
            page.on("console", lambda said: broken.extend(_forbidden(said)))
            page.goto(path)
            yield page
            if forbidden is None:
                assert broken == [], broken
        finally:
            around.close()

    def _cookies(self, role: str) -> StorageState:
        """Sign in as somebody of a role, once."""
        if role not in self.signed_in:
            around = self.browser.new_context(base_url=self.service.url)
            around.set_default_timeout(PATIENCE_S * 1000)
            page = around.new_page()
            page.goto("/console/login")
            sign_in(page, role)
            page.wait_for_url("**/console/wall")
            self.signed_in[role] = around.storage_state()
            around.close()
        return self.signed_in[role]


def _forbidden(said: ConsoleMessage) -> Iterator[str]:
    if "Content Security Policy" in said.text:
        yield said.text


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    """Fill in the form of the login page."""
    page.locator("[name=name]").fill(name)
    page.locator("[name=password]").fill(password)
    page.locator("form button").click()


def barriers(page: Page) -> list[str]:
    """Name what keeps somebody from using a page, with the element."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
