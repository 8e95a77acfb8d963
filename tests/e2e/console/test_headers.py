"""What browsers are told they may do, and that no page needs more."""

import httpx
import pytest
from playwright.sync_api import expect

from console_parts import Console
from waiting import PATIENCE_S

pytestmark = pytest.mark.browser

PAGES = [
    "/console/wall",
    "/console/wall/demo-street",
    "/console/cameras",
    "/console/cameras/new",
    "/console/cameras/demo-street/zones",
    "/console/review",
    "/console/cases",
    "/console/numbers",
    "/console/settings/service",
    "/console/settings/people",
    "/console/nowhere",
]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_does_what_it_says_that_it_does_not(console: Console, path: str) -> None:
    with console.page(path, language="en-GB") as page:
        expect(page.get_by_role("main")).to_be_visible()
        page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("path", ["/console/login", "/console/welcome?token=x"])
def test_the_way_in_has_no_script_but_its_own(console: Console, path: str) -> None:
    with console.page(path, role="") as page:
        expect(page.get_by_role("main")).to_be_visible()


@pytest.mark.parametrize(("path", "shown"), [("/docs", ".swagger-ui .info"), ("/redoc", "h1")])
def test_the_pages_of_the_api_run_nothing_from_elsewhere(
    console: Console, path: str, shown: str
) -> None:
    with console.page("about:blank") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path)
        expect(page.locator(shown).first).to_be_visible()
    ours = ("data:", "blob:", console.service.url)
    assert [url for url in asked if not url.startswith(ours)] == []


def test_a_script_that_somebody_else_wrote_into_a_page_does_not_run(console: Console) -> None:
    forbidden: list[str] = []
    with console.page("/console/cases", language="en-GB", forbidden=forbidden) as page:
        expect(page.get_by_role("main")).to_be_visible()
        ran = page.evaluate(
            """() => new Promise(done => {
                const image = document.createElement("div");
                image.innerHTML = '<img src="x:" onerror="window.ran = true">';
                document.body.append(image);
                setTimeout(() => done(window.ran === true), 300);
            })"""
        )
    assert not ran
    assert forbidden


@pytest.mark.parametrize(
    "path", ["/console/login", "/healthz", "/openapi.json", "/nowhere", "/console/static/icon.svg"]
)
def test_every_answer_has_the_headers_and_no_banner(console: Console, path: str) -> None:
    answer = httpx.get(
        console.service.url + path, headers={"Origin": "https://evil.example"}, timeout=PATIENCE_S
    )
    headers = answer.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert "server" not in headers
    assert not [name for name in headers if name.startswith("access-control-")]
    assert "strict-transport-security" not in headers


def test_behind_tls_browsers_are_told_to_stay_with_it(console: Console) -> None:
    answer = httpx.get(
        f"{console.service.url}/healthz", headers={"X-Forwarded-Proto": "https"}, timeout=PATIENCE_S
    )
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
