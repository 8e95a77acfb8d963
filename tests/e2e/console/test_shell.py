"""What is around every page."""

import pytest
from playwright.sync_api import Page, expect

from console_parts import TABLET, Console, barriers

pytestmark = pytest.mark.browser

NAMES = ["wall", "cameras", "review", "cases", "numbers", "foresight", "settings"]


def ways(page: Page, name: str) -> list[str]:
    return (
        page.get_by_role("navigation", name=name, exact=True).get_by_role("link").all_inner_texts()
    )


@pytest.mark.parametrize(
    ("language", "nav", "first"),
    [
        pytest.param("zh-CN", "页面", "总览", id="Chinese"),
        pytest.param("en-GB", "Pages", "Wall", id="English"),
        pytest.param("de-DE", "页面", "总览", id="one that we don't have"),
    ],
)
def test_the_front_door_leads_to_the_wall_in_the_browsers_language(
    console: Console, language: str, nav: str, first: str
) -> None:
    with console.page("/", language=language) as page:
        expect(page).to_have_url(f"{console.service.url}/console/wall")
        here = page.get_by_role("navigation", name=nav, exact=True).locator("[aria-current=page]")
        expect(here).to_contain_text(first)
        assert len(ways(page, nav)) == len(NAMES)


def test_a_language_that_was_chosen_stays(console: Console) -> None:
    with console.page("/console/cases", language="zh-CN") as page:
        page.get_by_role("link", name="English").click()
        expect(page).to_have_url(f"{console.service.url}/console/cases")
        expect(page.locator("html")).to_have_attribute("lang", "en-US")
        page.goto("/console/numbers")
        expect(page).to_have_title("Numbers · streetwatch")


def test_dark_colours_that_were_chosen_stay(console: Console) -> None:
    with console.page("/console/cases", language="en-GB") as page:
        page.get_by_role("link", name="Dark colours").click()
        expect(page.locator("body")).to_contain_class("body--dark")
        page.goto("/console/numbers")
        expect(page.get_by_role("link", name="Light colours")).to_be_visible()


@pytest.mark.parametrize("size", [pytest.param(TABLET, id="tablet")])
def test_the_way_to_every_page_fits_a_tablet(console: Console, size: tuple[int, int]) -> None:
    with console.page(size=size, language="en-GB") as page:
        for link in page.get_by_role("banner").get_by_role("link").all():
            expect(link).to_be_in_viewport(ratio=1)


def test_who_uses_the_keyboard_skips_to_the_content(console: Console) -> None:
    with console.page("/console/cases", language="en-GB") as page:
        expect(page.get_by_role("banner")).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_be_focused()


def test_a_page_that_is_not_there_says_so(console: Console) -> None:
    with console.page("/console/nowhere", language="en-GB") as page:
        expect(page.get_by_role("heading")).to_have_text("There is no such page.")
        page.get_by_role("link", name="To the wall").click()
        expect(page).to_have_url(f"{console.service.url}/console/wall")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_around_a_page_keeps_anybody_from_using_it(console: Console, theme: str) -> None:
    with console.page(f"/console/theme/{theme}?next=/console/settings/service") as page:
        expect(page.get_by_role("banner")).to_be_visible()
        assert barriers(page) == []
