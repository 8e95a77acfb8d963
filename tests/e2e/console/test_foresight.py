"""The page of foresight, in a browser: its tabs, and what it says where nothing was measured."""

import pytest
from playwright.sync_api import expect

from console_parts import Console, barriers

pytestmark = pytest.mark.browser

SOON_MS = 20_000


def test_every_tab_is_reached_and_says_what_it_knows(console: Console) -> None:
    with console.page("/console/foresight", language="en-GB") as page:
        tabs = page.get_by_role("navigation", name="Parts")
        expect(tabs.get_by_role("link", name="Hot spots")).to_have_attribute("aria-current", "page")
        counting = page.get_by_role("status").filter(has_text="Counting")
        expect(counting).to_have_count(0, timeout=SOON_MS)
        assert barriers(page) == []
        tabs.get_by_role("link", name="Coverage").click()
        sites = page.get_by_role("region", name="Where the next camera would see most")
        expect(sites).to_be_visible(timeout=SOON_MS)
        expect(sites).to_contain_text("not measured")
        assert barriers(page) == []
