"""The page of foresight, in a browser: its tabs, and what it says where nothing was measured."""

import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import expect

from console_parts import Console, barriers
from live_service import Service
from streetwatch.service.store.crowds import Crowd, over, warn
from streetwatch.service.store.sql_store import open_store
from streetwatch.service.store.zone_counts import SLOT_S, Count, ZoneSlot, add_counts, slot_of

pytestmark = pytest.mark.browser


def test_every_tab_is_reached_and_says_what_it_knows(console: Console) -> None:
    with console.page("/console/foresight", language="en-GB") as page:
        tabs = page.get_by_role("navigation", name="Parts")
        expect(tabs.get_by_role("link", name="Hot spots")).to_have_attribute("aria-current", "page")
        counting = page.get_by_role("status").filter(has_text="Counting")
        expect(counting).to_have_count(0)
        assert barriers(page) == []
        tabs.get_by_role("link", name="Coverage").click()
        sites = page.get_by_role("region", name="Where the next camera would see most")
        expect(sites).to_be_visible()
        expect(sites).to_contain_text("not measured")
        assert barriers(page) == []
        tabs.get_by_role("link", name="Month").click()
        month = page.get_by_role("region", name="Month 20")
        expect(month).to_contain_text("Where to send people")
        expect(month).to_contain_text("not measured")
        pdf = page.get_by_role("link", name="PDF").get_attribute("href")
        assert pdf is not None
        assert page.request.get(pdf).body().startswith(b"%PDF")
        assert barriers(page) == []


def test_an_address_that_makes_no_sense_shows_what_is_usual(console: Console) -> None:
    wrong = "tab=month&month=2026-99&from=yesterday&to=9999-99-99&cells=circles&type=%00"
    with console.page(f"/console/foresight?{wrong}", language="en-GB") as page:
        month = page.get_by_role("region", name="Month 20")
        expect(month).to_contain_text("Where to send people")


@pytest.fixture
def crowd(watched: Service) -> Iterator[Crowd]:
    """A crowd on the camera's pavement, which is there."""
    last, place = slot_of(time.time()) - 1, ("demo-street", "pavement")
    now = (last + 1) * SLOT_S
    one = Crowd("demo-street/pavement/1", *place, now, 30.0, 4.0, 45.0, 40.0, False, 30.0, now)  # noqa: FBT003
    with closing(open_store(f"sqlite:///{watched.folder / 'data' / 'streetwatch.db'}")) as store:
        rising = {last - back: 30 - 5 * back for back in range(5)}
        usual = {last - back: 4 for back in range(5, 20 * 144)}
        counts = {
            ZoneSlot(*place, number): Count(10, 10 * people, people + 1)
            for number, people in (rising | usual).items()
        }
        add_counts(store.engine, counts)
        assert warn(store.engine, one, None)
        yield one
        over(store.engine, one.id, at=now + SLOT_S)


@pytest.mark.usefixtures("crowd")
def test_a_crowd_stands_above_every_page_and_in_its_zone_s_chart(console: Console) -> None:
    with console.page("/console/cases", language="en-GB") as page:
        banner = page.get_by_role("region", name="Crowds", exact=True)
        expect(banner).to_contain_text("more people than usual. 30 now, heading to 45.")
        banner.get_by_role("link", name="Look at the crowds").click()
        chart = page.get_by_role("region", name="People in")
        expect(chart.locator("canvas")).to_be_visible()
        warned = page.get_by_role("region", name="Crowds that were warned of")
        expect(warned).to_contain_text("there now")
        assert barriers(page) == []
    with console.page("/console/foresight?tab=crowds", language="zh-CN") as page:
        expect(page.get_by_role("region", name="人群", exact=True)).to_contain_text("人比平时多")
