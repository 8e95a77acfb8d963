"""Signing in at an identity provider and out of it again, in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from console_parts import barriers
from live_service import Service, free_port
from oidc_provider import IdentityProvider, provider

pytestmark = pytest.mark.browser

SETTINGS = """\
log_format: json
access:
  oidc:
    issuer: {issuer}
    client_id: streetwatch
    client_secret: not-told-to-anybody
    public_url: {url}
    users: made
    role_claim: groups
    roles: {{city-ops: operator}}
"""
CAMERAS = 'cameras: [{id: kerb, source: {kind: rtsp, url: "rtsp://127.0.0.1:9/s"}}]\n'


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    with provider() as idp:
        idp.knows("s-li", preferred_username="李雷", groups=["city-ops"])
        yield idp


@pytest.fixture
def service(idp: IdentityProvider, tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path, free_port())
    (tmp_path / "cameras.yaml").write_text(CAMERAS)
    (tmp_path / "streetwatch.yaml").write_text(
        SETTINGS.format(issuer=idp.url, url=service.url), "utf-8"
    )
    service.start()
    yield service
    assert service.stop() == 0


def test_somebody_signs_in_at_the_provider_and_out_of_it(
    service: Service,
    idp: IdentityProvider,
    browser: Browser,
    picture: Callable[[Page, str], None],
) -> None:
    with browser.new_context(locale="zh-CN") as context:
        page = context.new_page()
        page.goto(f"{service.url}/console/cases")
        button = page.get_by_role("link", name="统一身份认证登录")
        expect(button).to_be_visible()
        assert barriers(page) == []
        picture(page, "single-sign-on-zh")
        page.get_by_role("link", name="English").click()
        page.emulate_media(color_scheme="dark")
        page.get_by_role("link", name="Single sign-on").click()
        page.get_by_placeholder("sub").fill("s-li")
        page.get_by_role("button", name="Authorize").click()
        expect(page).to_have_url(f"{service.url}/console/cases")
        page.get_by_text("李雷", exact=True).click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{idp.url}/oauth2/end_session?**")
        page.get_by_role("button", name="End session").click()
        expect(page).to_have_title("Sign in · streetwatch")
        page.goto(f"{service.url}/console/cases")
        expect(page).to_have_title("Sign in · streetwatch")
    assert "not-told-to-anybody" not in service.log[-1].read_text()
