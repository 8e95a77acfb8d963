"""Signing in at a real OpenID Connect provider, honest or not, over real HTTP."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from oidc_provider import led_back, now, signs_in
from signing_on import MADE, PASSWORD, ROLES, House, a_browser, alert, between
from streetwatch.service.access.role import Role
from streetwatch.service.access.sign_on.provider import KEYS_EVERY_S
from streetwatch.service.access.sign_on.single_sign_on import WAY_S
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.outbound.networks import Networks


def test_whom_the_provider_gives_a_role_is_made_and_let_in(house: House) -> None:
    with house.open(**MADE) as browser:
        answer = signs_in(browser, house.url)
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/cases")
        assert browser.get(f"{house.url}/console/cases").json() == "li operator"
        user = house.access.users.named("li")
        assert (user.role, user.has_password, user.issuer) == (Role.OPERATOR, False, house.idp.url)
        assert house.deeds("user.signed_in") == [{"by": "provider"}]


def test_what_the_provider_is_asked_has_state_nonce_and_pkce(house: House) -> None:
    with house.open(**MADE, acr=["gold"]) as browser:
        begun = browser.get(f"{house.url}/console/sign-on?next=//evil.example")
        asked = parse_qs(urlsplit(begun.headers["location"]).query)
        assert {len(asked[name][0]) >= 43 for name in ("state", "nonce", "code_challenge")} == {
            True
        }
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["acr_values"] == ["gold"]
        assert asked["redirect_uri"] == [f"{house.url}/console/sign-on/back"]
        cookie = begun.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "Path=/console/sign-on" in cookie
        assert asked["state"][0] not in cookie


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param({"amends": {"nonce": "another"}}, id="another sign-in's nonce"),
        pytest.param({"amends": {"nonce": None}}, id="no nonce"),
        pytest.param({"amends": {"aud": "payroll"}}, id="for another client"),
        pytest.param({"amends": {"aud": ["streetwatch", "payroll"]}}, id="for others too"),
        pytest.param({"amends": {"azp": "payroll"}}, id="asked for by another"),
        pytest.param({"amends": {"iss": "https://evil.example"}}, id="another issuer"),
        pytest.param({"amends": {"exp": 1_000_000_000}}, id="expired"),
        pytest.param({"amends": {"exp": None}}, id="never expires"),
        pytest.param({"amends": {"iat": 99_999_999_999}}, id="made in the future"),
        pytest.param({"amends": {"sub": None}}, id="about nobody"),
        pytest.param({"amends": {"x": 1}, "publishes": False}, id="a key that is not published"),
        pytest.param({"algorithm": "none"}, id="not signed"),
        pytest.param({"algorithm": "HS256"}, id="signed with the public key as a secret"),
        pytest.param({"algorithm": "RS512"}, id="an algorithm that is not allowed"),
    ],
)
def test_what_is_not_proved_lets_nobody_in(house: House, lie: dict[str, Any]) -> None:
    with house.open(**MADE) as browser:
        for name, value in lie.items():
            setattr(house.idp, name, value)
        answer = signs_in(browser, house.url)
        assert answer.status_code == 401
        assert "could not be proved" in alert(answer)
        assert house.access.users.all() == ()
        assert browser.get(f"{house.url}/console/cases").status_code == 303


def test_a_clock_that_is_off_a_little_is_none_that_is_off_much(house: House) -> None:
    with house.open(**MADE, clock_skew_s=60) as browser:
        house.idp.amends = {"exp": int(now()) - 30}
        assert signs_in(browser, house.url).status_code == 303
        house.idp.amends = {"exp": int(now()) - 90}
        assert signs_in(browser, house.url).status_code == 401


def test_a_key_that_came_later_is_asked_for_once(house: House) -> None:
    with house.open(**MADE) as browser:
        assert signs_in(browser, house.url).status_code == 303
        house.idp.key = type(house.idp.key).generate_key(2048, auto_kid=True)
        house.idp.amends = {"x": 1}
        house.late_s = KEYS_EVERY_S
        before = house.idp.asked.count("/jwks")
        assert signs_in(browser, house.url).status_code == 303
        assert signs_in(browser, house.url).status_code == 303
        assert house.idp.asked.count("/jwks") == before + 1


def test_nobody_has_the_keys_asked_for_without_end(house: House) -> None:
    with house.open(**MADE) as browser:
        house.idp.amends, house.idp.publishes = {"x": 1}, False
        before = house.idp.asked.count("/jwks")
        assert {signs_in(browser, house.url).status_code for _ in range(4)} == {401}
        assert house.idp.asked.count("/jwks") == before + 1


def test_no_way_back_is_good_twice_or_in_another_browser_or_late(house: House) -> None:
    with house.open(**MADE) as browser, a_browser() as other:
        back = led_back(browser, house.url)
        ticket = browser.cookies.get("streetwatch_sign_on", path="/console/sign-on")
        assert "began elsewhere" in alert(other.get(back))
        wrong = browser.get(back.replace("state=", "state=x"))
        assert wrong.status_code == 401
        browser.cookies.set(
            "streetwatch_sign_on", str(ticket), domain="127.0.0.1", path="/console/sign-on"
        )
        assert browser.get(back).status_code == 303
        browser.cookies.set(
            "streetwatch_sign_on", str(ticket), domain="127.0.0.1", path="/console/sign-on"
        )
        assert "was over" in alert(browser.get(back))
        late = led_back(browser, house.url)
        house.late_s = WAY_S
        assert browser.get(late).status_code == 401


def test_whom_the_provider_denies_is_told_so(house: House) -> None:
    with house.open(**MADE) as browser:
        begun = browser.get(f"{house.url}/console/sign-on").headers["location"]
        back = browser.post(begun, data={"action": "deny"}).headers["location"]
        state = parse_qs(urlsplit(begun).query)["state"][0]
        denied = f"{house.url}/console/sign-on/back?error=access_denied&state={state}"
        assert back.startswith(denied.partition("?")[0])
        assert "says no" in alert(browser.get(denied))


def test_an_answer_in_another_providers_name_is_not_taken(house: House) -> None:
    house.idp.about_itself = {"authorization_response_iss_parameter_supported": True}
    with house.open(**MADE) as browser:
        assert "proved" in alert(browser.get(led_back(browser, house.url)))
        other = led_back(browser, house.url) + "&iss=https://evil.example"
        assert browser.get(other).status_code == 401
        ours = led_back(browser, house.url) + f"&iss={house.idp.url}"
        assert browser.get(ours).status_code == 303


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param({"is_down": True}, id="answers 503"),
        pytest.param({"about_itself": {"issuer": "https://evil.example"}}, id="another's name"),
        pytest.param(
            {"about_itself": {"token_endpoint": "http://10.0.0.1/token"}}, id="without https"
        ),
        pytest.param({"about_itself": {"jwks_uri": None}}, id="says not where its keys are"),
    ],
)
def test_without_a_provider_the_page_says_so_and_passwords_go_on(
    house: House, lie: dict[str, Any]
) -> None:
    for name, value in lie.items():
        setattr(house.idp, name, value)
    with house.open(**MADE) as browser:
        down = browser.get(f"{house.url}/console/sign-on")
        assert down.status_code == 503
        assert "does not answer" in alert(down)
        house.access.users.add("wang", Role.VIEWER, now=now())
        house.access.door.use(house.access.door.link("wang", now=now()), "", PASSWORD, now=now())
        typed = {"name": "wang", "password": PASSWORD}
        assert browser.post(f"{house.url}/console/login", data=typed).status_code == 303


def test_the_provider_is_asked_in_its_networks_alone(house: House) -> None:
    house.idp.about_itself = {"jwks_uri": "http://127.0.0.1:9/jwks"}
    with house.open(**MADE) as browser:
        assert signs_in(browser, house.url).status_code == 503
    elsewhere = Networks.of(["10.0.0.0/8"])
    with house.open(**MADE, networks=elsewhere, issuer="https://203.0.113.7") as browser:
        assert browser.get(f"{house.url}/console/sign-on").status_code == 503


def test_known_users_alone_are_let_in_where_nobody_is_made(house: House) -> None:
    with house.open() as browser:
        house.access.users.add("li", Role.ANALYST, now=now())
        assert "Nobody has added you" in alert(signs_in(browser, house.url))
        house.access.users.sign_on("li", house.idp.url)
        assert signs_in(browser, house.url).status_code == 303
        assert browser.get(f"{house.url}/console/cases").json() == "li analyst"
        house.idp.knows("s-other", preferred_username="li")
        refused = signs_in(browser, house.url, "s-other")
        assert refused.status_code == 403
        assert house.deeds("user.refused_sign_on") == [{"why": "unknown"}] * 2


def test_nobody_becomes_another_by_bearing_the_name(house: House) -> None:
    with house.open(**MADE) as browser:
        house.access.users.add("li", Role.ADMIN, now=now())
        assert "called as you are" in alert(signs_in(browser, house.url))
        assert house.access.users.named("li").issuer == ""


def test_the_providers_word_on_role_and_part_holds_from_sign_in_to_sign_in(house: House) -> None:
    limits: dict[str, Any] = {"cameras_claim": "cams", "grids_claim": "grids"}
    with house.open(**MADE, **limits) as browser:
        assert "No part of the city" in alert(signs_in(browser, house.url))
        house.late_s = KEYS_EVERY_S
        house.idp.amends = {"cams": "kerb", "grids": ["310101", 7]}
        assert signs_in(browser, house.url).status_code == 303
        assert house.access.users.named("li").reach == Reach.of(["kerb"], ["310101"])
        house.idp.amends = {"realm_access": {"roles": ["ops", "boss"]}}
        with a_browser() as second:
            assert signs_in(second, house.url).status_code == 303
        assert browser.get(f"{house.url}/console/cases").status_code == 303  # was another
        user = house.access.users.named("li")
        assert (user.role, user.reach.is_whole) == (Role.ADMIN, True)
        house.idp.amends = {"realm_access": {"roles": []}}
        assert "no role" in alert(signs_in(browser, house.url))


def test_whoever_is_let_in_no_more_is_not_let_in_by_the_provider(house: House) -> None:
    with house.open(**MADE) as browser:
        signs_in(browser, house.url)
        house.access.users.disable("li", now=now())
        assert "let in no more" in alert(signs_in(browser, house.url))


def test_a_second_factor_of_ours_is_asked_for_unless_the_provider_has_one(house: House) -> None:
    needed = frozenset({Role.OPERATOR})
    with house.open(**MADE, needed=needed) as browser:
        asked = signs_in(browser, house.url)
        assert asked.status_code == 200
        secret = between(asked, "<code>", "</code>")
        ticket = between(asked, 'name="ticket" value="', '"')
        typed = {"ticket": ticket, "code": pyotp.TOTP(secret).at(int(now())), "next": "/"}
        assert browser.post(f"{house.url}/console/code", data=typed).status_code == 200
        assert browser.get(f"{house.url}/console/cases").json() == "li operator"
        assert house.access.sessions.proof(browser.cookies["streetwatch_session"])
        assert {"factor": "set up", "by": "provider"} in house.deeds("user.signed_in")
    with house.open(**ROLES, needed=needed, second_factor="provider") as browser:
        assert signs_in(browser, house.url).status_code == 303


def test_passwords_may_be_for_emergencies_alone(house: House) -> None:
    with house.open(**MADE, only="Admin") as browser:
        door, users = house.access.door, house.access.users
        door.use(str(door.first_link(now=now())), "admin", PASSWORD, now=now())
        users.add("wang", Role.VIEWER, now=now())
        link = door.link("wang", now=now())
        page = browser.get(f"{house.url}/console/login")
        assert "<details" in page.text
        typed = {"password": PASSWORD, "again": PASSWORD, "token": link}
        assert browser.post(f"{house.url}/console/welcome", data=typed).status_code == 403
        for name, status in (("wang", 403), ("nobody", 403), ("ADMIN", 303)):
            typed = {"name": name, "password": PASSWORD}
            answer = browser.post(f"{house.url}/console/login", data=typed)
            assert answer.status_code == status


def test_the_secret_may_come_from_a_file_and_is_shown_to_nobody(
    house: House, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret-of-the-file\n")
    with house.open(**MADE, client_secret=None, client_secret_file=secret) as browser:
        assert signs_in(browser, house.url).status_code == 303
        assert house.access.sign_on is not None
        assert "s3cret" not in repr(house.access.sign_on.told)
