"""What programs are let in to, and the pages and forms of people."""

import json
import re
from contextlib import closing
from dataclasses import replace

import pyotp
import pytest
from pydantic import SecretStr

from filed import NOON, a_message, an_incident
from guarded_city import KERB, OURS, THEIRS, City
from plain_http import client_of
from streetwatch.service.access.role import Right, Role
from streetwatch.service.api.callers import COOKIE
from streetwatch.service.config.target_schema import DeskEntry, WebhookEntry
from streetwatch.service.console.pages.settings import SECTIONS
from streetwatch.service.delivery.build import sink_of, surroundings_of
from streetwatch.service.delivery.sink import DeliveryFailedError
from streetwatch.service.delivery.webhook_sink import WebhookSink
from streetwatch.service.keyring import links_of, own_token_of


def test_the_forms_lead_through_the_second_factor(city: City) -> None:
    access, password = city.service.access, "street-Watch-1"
    access.users.add("zhao", Role.VIEWER, now=NOON)
    access.door.use(access.door.link("zhao", now=NOON), "", password, now=NOON)
    told = {"name": "zhao", "password": password, "next": "/console/cases"}
    with client_of(city.url, headers={"Origin": city.url}) as browser:
        assert browser.post("/console/login", data=told).status_code == 303
        offer = browser.get("/console/second-factor").text
        assert "<svg" in offer
        app = pyotp.TOTP(_shown(r"<code>(\w+)</code>", offer))
        given = {"ticket": _shown(r'name="ticket" value="([^"]+)"', offer), "code": app.at(NOON)}
        assert len(re.findall("<li>", browser.post("/console/code", data=given).text)) == 10
        assert browser.get("/console/cases").status_code == 200
    with client_of(city.url, headers={"Origin": city.url}) as browser:
        asked = browser.post("/console/login", data=told)
        assert (asked.status_code, browser.cookies.get(COOKIE)) == (200, None)
        ticket = _shown(r'name="ticket" value="([^"]+)"', asked.text)
        wrong = browser.post("/console/code", data={"ticket": ticket, "code": app.at(NOON)})
        assert (wrong.status_code, browser.cookies.get(COOKIE)) == (401, None), "used already"
        given = {"ticket": ticket, "code": app.at(NOON + 30), "next": "/console/cases"}
        right = browser.post("/console/code", data=given)
        assert (right.status_code, right.headers["Location"]) == (303, "/console/cases")
        assert browser.get("/console/cases").status_code == 200


def _shown(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    assert found, page
    return found[1]


def test_a_platform_fetches_the_pictures_whose_addresses_it_was_given_and_no_other(
    city: City,
) -> None:
    entry = WebhookEntry(
        id="city",
        kind="webhook",
        url="http://10.0.0.9/in",
        secret=SecretStr("0123456789abcdef"),
        public_url=city.url,
    )
    around = surroundings_of(
        city.service.settings,
        evidence=city.service.evidence,
        clock=lambda: NOON,
        own_token="",
        links=links_of(city.service.settings),
    )
    told = a_message(an_incident(id=OURS["incident"]))
    sink = sink_of(entry, around)
    assert isinstance(sink, WebhookSink)
    with closing(sink):
        address = json.loads(json.dumps(sink.body(told)))["evidence"][0]["url"]
    assert city.http.get(address).content == b"a picture"
    path, seal = address.removeprefix(city.url).split("?")
    other = path.replace(OURS["incident"], THEIRS["incident"])
    for wrong in (path, f"{path}?seal=", f"{path}?seal={'0' * 32}", f"{other}?{seal}"):
        assert city.http.get(wrong).status_code == 401, wrong


def test_a_feed_ends_with_the_token_that_it_was_opened_with(city: City) -> None:
    headers = city.token("screen", Role.VIEWER)
    with city.http.stream("GET", "/desk/events", headers=headers) as feed:
        lines = feed.iter_lines()
        assert next(lines).startswith(":")
        city.service.access.tokens.revoke("screen", now=NOON)
        assert [line for line in lines if line] == []


def test_a_service_hands_its_own_cases_to_its_own_desk_and_nobody_elses_to_it(city: City) -> None:
    settings = city.service.settings
    around = surroundings_of(
        settings,
        evidence=city.service.evidence,
        clock=lambda: NOON,
        own_token=own_token_of(settings),
    )
    entry = DeskEntry(id="desk", kind="desk")
    told = a_message(an_incident(id="d" * 26))
    with closing(sink_of(entry, replace(around, own_url=city.url))) as sink:
        assert sink.deliver(told, known=None).number
    # Another's desk, though it is at our own address, is never shown what is ours.
    for other, token in ((entry, ""), (replace_url(entry, city.url), around.own_token)):
        stranger = replace(around, own_url=city.url, own_token=token)
        with closing(sink_of(other, stranger)) as sink:
            with pytest.raises(DeliveryFailedError) as failed:
                sink.deliver(told, known=None)
            assert failed.value.failure.status == 401


def replace_url(entry: DeskEntry, url: str) -> DeskEntry:
    return entry.model_copy(update={"url": url})


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_of_the_settings_is_drawn(city: City, section: str) -> None:
    city.token(f"of-{section}", Role.OPERATOR, rights=(Right.FILE,), reach=KERB)
    page = city.http.get(f"/console/settings/{section}", headers=city.cookie("admin"))
    assert page.status_code == 200
