"""Who is let in, and where they land."""

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from commands import lines_of, streetwatch
from console_parts import PASSWORD, Console, barriers, sign_in
from live_service import Service
from waiting import PATIENCE_S

pytestmark = pytest.mark.browser


def test_who_is_not_signed_in_signs_in_and_comes_to_the_page_they_wanted(
    console: Console, picture: Callable[[Page, str], None]
) -> None:
    with console.page("/console/cases?type=exposed_garbage", role="") as page:
        expect(page.get_by_role("heading", name="登录")).to_be_visible()
        assert barriers(page) == []
        picture(page, "login-zh")
        sign_in(page, "viewer", "not-The-Password-1")
        expect(page.get_by_role("alert")).to_have_text("用户名或密码错误。")
        expect(page.get_by_label("用户名")).to_have_value("viewer")
        sign_in(page, "viewer")
        expect(page).to_have_url(f"{console.service.url}/console/cases?type=exposed_garbage")


def test_who_signs_out_is_out_in_every_window(console: Console) -> None:
    with console.page(role="", language="en-GB") as page:
        sign_in(page, "viewer")
        page.get_by_text("viewer", exact=True).click()
        page.get_by_role("button", name="Sign out").click()
        expect(page).to_have_title("Sign in · streetwatch")
        page.go_back()
        page.reload()
        expect(page).to_have_title("Sign in · streetwatch")


def test_a_page_that_takes_more_of_a_role_says_which(console: Console) -> None:
    with console.page("/console/settings", role="viewer", language="en-GB") as page:
        expect(page.get_by_role("heading")).to_contain_text("Administrator")
        page.get_by_role("link", name="To the wall").click()
        expect(page.get_by_role("banner")).to_be_visible()
        expect(page.get_by_role("link", name="Settings")).to_have_count(0)


def added(service: Service, name: str) -> str:
    """Add somebody by command; return the link that it printed."""
    config = service.folder / "streetwatch.yaml"
    (made,) = lines_of(streetwatch("users", "add", name, "--config", config))
    link = str(made["link"])
    return link[link.index("/console/") :]


def test_whoever_is_added_by_command_chooses_a_password_once(console: Console) -> None:
    link = added(console.service, "王晓明")
    with console.page(link, role="", language="en-GB") as page:
        assert barriers(page) == []
        new, again = page.get_by_label("New password"), page.get_by_label("The same again")
        new.fill("short")
        again.fill("short")
        page.get_by_role("button").click()
        expect(page.get_by_role("alert")).to_have_text("Write at least 10 characters.")
        new.fill(PASSWORD)
        again.fill(PASSWORD)
        page.get_by_role("button").click()
        expect(page).to_have_url(f"{console.service.url}/console/wall")
        expect(page.get_by_role("banner")).to_contain_text("王晓明")
        page.goto(link)
        expect(page.get_by_role("alert")).to_contain_text("This link was used")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("GET", "/console/wall", 303, id="a page"),
        pytest.param("GET", "/_nicegui_ws/socket.io/?EIO=4&transport=polling", 401, id="a socket"),
        pytest.param("POST", "/console/alive", 401, id="a question of a page"),
        pytest.param("GET", "/console/login", 200, id="the login"),
        pytest.param("GET", "/desk/cases", 200, id="the API, which is not the console's"),
        pytest.param("GET", "/nowhere", 404, id="nothing"),
    ],
)
def test_nothing_of_the_console_answers_whom_nobody_knows(
    console: Console, method: str, path: str, status: int
) -> None:
    assert (
        httpx.request(method, console.service.url + path, timeout=PATIENCE_S).status_code == status
    )


def test_another_site_cannot_sign_anybody_in_or_out(console: Console) -> None:
    told = {"name": "viewer", "password": PASSWORD}
    site = {"Origin": "http://elsewhere.example"}
    answer = httpx.post(
        f"{console.service.url}/console/login", data=told, headers=site, timeout=PATIENCE_S
    )
    assert (answer.status_code, answer.headers.get("Set-Cookie")) == (403, None)


def test_the_cookie_is_hidden_from_scripts_and_from_other_sites(console: Console) -> None:
    told = {"name": "viewer", "password": PASSWORD}
    url = f"{console.service.url}/console/login"
    plain = httpx.post(url, data=told, timeout=PATIENCE_S).headers["Set-Cookie"]
    behind_tls = httpx.post(
        url, data=told, headers={"X-Forwarded-Proto": "https"}, timeout=PATIENCE_S
    )
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(plain.split("; "))
    assert "Secure" in behind_tls.headers["Set-Cookie"].split("; ")
