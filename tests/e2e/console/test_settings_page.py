"""What an administrator does in the settings."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from console_parts import PASSWORD, Console, barriers, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def file_as_it_was(console: Console) -> Iterator[None]:
    file = console.service.folder / "streetwatch.yaml"
    kept = file.read_text()
    yield
    file.write_text(kept)


def test_an_administrator_adds_somebody_who_signs_in_and_is_let_in_no_more(
    console: Console, picture: Callable[[Page, str], None]
) -> None:
    with console.page("/console/settings", language="en-GB") as page:
        page.get_by_label("Name of a new user").fill("Zhao")
        page.get_by_role("button", name="Add").click()
        expect(page.get_by_role("status")).to_contain_text("Give this link to Zhao")
        link = page.locator(".sw-link").inner_text()
        assert barriers(page) == []
        with console.page(link, role="", language="en-GB") as theirs:
            theirs.get_by_label("New password").fill(PASSWORD)
            theirs.get_by_label("The same again").fill(PASSWORD)
            theirs.get_by_role("button").click()
            expect(theirs.get_by_role("banner")).to_contain_text("Zhao")
            page.reload()
            row = page.get_by_role("row").filter(has_text="Zhao")
            expect(row).to_contain_text("active")
            picture(page, "settings-users-en")
            row.get_by_role("button", name="Let in no more").click()
            expect(row).to_contain_text("let in no more")
            expect(theirs).to_have_title("Sign in · streetwatch")  # the page that was open
        with console.page("/console/login", role="", language="en-GB") as theirs:
            sign_in(theirs, "Zhao")
            expect(theirs.get_by_role("alert")).to_have_text("The name or the password is wrong.")


def test_the_last_administrator_stays_one(console: Console) -> None:
    with console.page("/console/settings/users", language="en-GB") as page:
        page.get_by_role("combobox", name="Role of admin").click()
        page.get_by_role("option", name="Viewer").click()
        expect(page.get_by_role("status")).to_contain_text("The last administrator stays one")
        expect(page.get_by_role("row").filter(has_text="admin").first).to_contain_text("active")


def test_a_target_is_tried_without_filing_and_its_password_is_not_shown(
    console: Console, picture: Callable[[Page, str], None]
) -> None:
    with console.page("/console/settings/delivery") as page:
        city = page.get_by_role("region", name="city")
        city.get_by_role("button").click()
        expect(city.get_by_role("status")).to_contain_text("有误")
        desk = page.get_by_role("region", name="desk")
        desk.get_by_role("button").click()
        expect(desk.get_by_role("status")).to_contain_text("受理台有应答")
        assert "pass-word" not in page.content()
        assert barriers(page) == []
        picture(page, "settings-delivery-zh")


@pytest.mark.usefixtures("file_as_it_was")
def test_what_the_file_says_now_and_what_is_in_force_are_told_apart(console: Console) -> None:
    file = console.service.folder / "streetwatch.yaml"
    with console.page("/console/settings/retention", language="en-GB") as page:
        row = page.get_by_role("row").filter(has_text="retention.evidence_d")
        expect(row).to_contain_text("200 days")
        expect(row).to_contain_text("streetwatch.yaml:4")
        file.write_text(file.read_text().replace("200", "300"))
        page.reload()
        expect(row).to_contain_text("300 days after a restart")
        file.write_text(file.read_text().replace("300", "many"))
        page.reload()
        expect(page.get_by_role("alert")).to_contain_text("evidence_d")


@pytest.mark.parametrize("section", ["codes", "calendar", "service"])
def test_every_section_can_be_used_by_all(console: Console, section: str) -> None:
    with console.page(f"/console/settings/{section}") as page:
        expect(page.get_by_role("table").first).to_be_visible()
        assert barriers(page) == []


def test_a_process_that_is_alone_says_so_among_the_nodes(console: Console) -> None:
    with console.page("/console/settings/nodes") as page:
        expect(page.get_by_role("main")).to_contain_text("本进程独自看管全部摄像机")
        assert barriers(page) == []
