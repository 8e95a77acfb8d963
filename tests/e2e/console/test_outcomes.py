"""Campaigns told on the page of foresight, and what it says where nothing is known yet."""

import re

import pytest
from playwright.sync_api import expect

from console_parts import Console, barriers

pytestmark = pytest.mark.browser


def test_a_campaign_is_told_on_its_page_and_where_nothing_is_known_that_is_said(
    console: Console,
) -> None:
    camera = str(console.service.get("/cameras")[0]["id"])
    with console.page("/console/foresight?tab=campaigns", language="en-GB") as page:
        page.get_by_text("Tell of a campaign").click()
        form = page.locator("details.fs-form")
        form.get_by_label("Name").fill("Night market")
        form.get_by_label("From").fill("2026-01-05")
        form.get_by_label("To", exact=True).fill("2026-01-04")
        form.get_by_label("Camera").click()
        page.get_by_role("option").first.click()
        form.get_by_role("button", name="Keep").click()
        expect(form.get_by_role("status")).to_contain_text("ends before it begins")
        form.get_by_label("To", exact=True).fill("2026-01-11")
        form.get_by_role("button", name="Keep").click()
        expect(page.get_by_role("cell", name="Night market")).to_be_visible()
        assert barriers(page) == []
    (told,) = console.service.get("/foresight/campaigns")["campaigns"]
    assert (told["camera"], told["first"], told["told_by"]) == (camera, "2026-01-05", "admin")

    for tab, shown in (("patrol", "nothing that is worth going for"), ("fronts", "not measured")):
        with console.page(f"/console/foresight?tab={tab}", language="en-GB") as page:
            expect(page.get_by_text(shown).first).to_be_visible()
    with console.page("/console/foresight?tab=month") as page:
        link = page.get_by_role("link", name="HTML")
        expect(link).to_have_attribute("href", re.compile(r"month=20\d\d-\d\d&language=zh"))
