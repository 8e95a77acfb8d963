"""The console in a real browser: signing in, asking whether all can use a page, its picture."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from live_service import Service

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "images" / "console"

#: Of a desk's screen, and of the pictures in the documentation.
SCREEN: Final = (1280, 720)
TABLET: Final = (1024, 768)

CHROMIUM_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

#: What axe judges: WCAG 2.2 up to level AA.
RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass
class Console:
    """A running service's pages."""

    service: Service
    browser: Browser

    @contextmanager
    def page(
        self,
        path: str = "/console/wall",
        *,
        role: str = "admin",
        language: str = "zh-CN",
        size: tuple[int, int] = SCREEN,
    ) -> Iterator[Page]:
        """Open a page as somebody of a role, in a browser of a language."""
        width, height = size
        around = self.browser.new_context(
            base_url=self.service.url,
            locale=language,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        try:
            self.sign_in(around.new_page(), role)
            page = around.pages[0]
            page.goto(path)
            yield page
        finally:
            around.close()

    def sign_in(self, page: Page, role: str) -> None:
        """Sign in as somebody of a role."""


def barriers(page: Page) -> list[str]:
    """Name what keeps somebody from using a page, with the element."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
