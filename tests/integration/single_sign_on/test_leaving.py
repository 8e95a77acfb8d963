"""Whoever leaves a real OpenID Connect provider leaves here, and the other way round."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest

from oidc_provider import now, signs_in
from signing_on import MADE, House, a_browser, between
from streetwatch.service.access.role import Role


def test_signing_out_leads_out_of_the_provider_too(house: House) -> None:
    with house.open(**MADE) as browser:
        signs_in(browser, house.url)
        session = browser.cookies["streetwatch_session"]
        origin = {"Origin": house.url, "Sec-Fetch-Site": "same-origin"}
        out = browser.post(f"{house.url}/console/sign-out", headers=origin)
        there = out.text.split("url=")[1].split('"')[0].replace("&amp;", "&")
        said = parse_qs(urlsplit(there).query)
        assert there.startswith(f"{house.idp.url}/oauth2/end_session")
        assert said["post_logout_redirect_uri"] == [f"{house.url}/console/login"]
        assert said["id_token_hint"][0].count(".") == 2
        assert house.access.sessions.who(session, now=house.clock()) is None


def test_whoever_leaves_the_provider_leaves_here(house: House) -> None:
    with house.open(**MADE) as browser, a_browser() as desk, a_browser() as phone:
        for one, session in ((desk, "at-the-desk"), (phone, "on-the-phone")):
            house.idp.amends = {"sid": session}
            assert signs_in(one, house.url).status_code == 303
        signs_in(browser, house.url, "s-wang")
        assert house.idp.tells_of_leaving(house.url, sid="on-the-phone").status_code == 200
        assert _is_in(house, desk, phone) == [True, False]
        assert house.idp.tells_of_leaving(house.url, sub="s-li").status_code == 200
        assert _is_in(house, desk, phone) == [False, False]
        told = house.deeds("user.left_provider")
        assert told == [{"sessions": 1, "by": "provider"}] * 2


def _is_in(house: House, *browsers: httpx.Client) -> list[bool]:
    return [one.get(f"{house.url}/console/cases").status_code == 200 for one in browsers]


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param({"iss": "https://evil.example"}, id="another issuer"),
        pytest.param({"aud": "somebody-else"}, id="for another client"),
        pytest.param({"aud": None}, id="for nobody"),
        pytest.param({"nonce": "n"}, id="an ID token"),
        pytest.param({"events": None}, id="says not what happened"),
        pytest.param({"events": {"http://schemas.openid.net/event/other": {}}}, id="other event"),
        pytest.param({"events": "backchannel-logout"}, id="events are no object"),
        pytest.param({"sub": None}, id="says not who"),
        pytest.param({"sub": ["s-li"]}, id="who is no text"),
        pytest.param({"jti": None}, id="has no id"),
        pytest.param({"exp": 1_000_000_000}, id="expired"),
        pytest.param({"iat": None}, id="says not when"),
        pytest.param({"iat": 1_700_000_000}, id="old news"),
        pytest.param({"iat": 99_999_999_999}, id="made in the future"),
    ],
)
def test_nobody_is_put_out_by_what_is_not_proved(house: House, lie: dict[str, Any]) -> None:
    with house.open(**MADE) as browser:
        house.idp.amends = {"sid": "one"}
        signs_in(browser, house.url)
        told = house.idp.tells_of_leaving(house.url, **{"sub": "s-li", **lie})
        assert (told.status_code, told.json()) == (400, {"error": "invalid_request"})
        assert told.headers["cache-control"] == "no-store"
        noise = {"logout_token": "a.b.c"}
        at = f"{house.url}/console/sign-on/ended"
        assert house.idp.http.post(at, data=noise).status_code == 400
        assert _is_in(house, browser) == [True]


def test_word_of_leaving_is_good_once(house: House) -> None:
    with house.open(**MADE) as browser:
        house.idp.amends = {"sid": "one"}
        signs_in(browser, house.url)
        told: dict[str, Any] = {"sub": "s-li", "jti": "the-same"}
        assert house.idp.tells_of_leaving(house.url, **told).status_code == 200
        signs_in(browser, house.url)
        assert house.idp.tells_of_leaving(house.url, **told).status_code == 400
        assert _is_in(house, browser) == [True]


def test_a_code_that_is_still_owed_is_no_way_back_in(house: House) -> None:
    with house.open(**MADE, needed=frozenset({Role.OPERATOR})) as browser:
        house.idp.amends = {"sid": "one"}
        asked = signs_in(browser, house.url)
        ticket = between(asked, 'name="ticket" value="', '"')
        code = pyotp.TOTP(between(asked, "<code>", "</code>")).at(int(now()))
        assert house.idp.tells_of_leaving(house.url, sub="s-li").status_code == 200
        browser.post(f"{house.url}/console/code", data={"ticket": ticket, "code": code})
        assert _is_in(house, browser) == [False]


def test_without_the_providers_keys_leaving_is_told_again_later(house: House) -> None:
    house.idp.is_down = True
    with house.open(**MADE):
        assert house.idp.tells_of_leaving(house.url, sub="s-li").status_code == 503
