"""Every route of the application, asked as everybody there is: who is let through, and who not.

The table in docs/reference/access.md is what is promised; the routes are the application's own.
"""

import itertools
import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr
from starlette.routing import BaseRoute, Mount

from filed import NOON, a_message, an_incident, evidence
from gates import open_gate
from http_parts import serving
from streetwatch.service.access.policy import NOWHERE, RULES, About, Door, Rule
from streetwatch.service.access.role import ROLE_NEEDED, Right, Role
from streetwatch.service.access.tokens import Grant
from streetwatch.service.api.callers import COOKIE
from streetwatch.service.api.guard import Guard
from streetwatch.service.app import Service
from streetwatch.service.cameras import load_cameras
from streetwatch.service.config.target_schema import DeskEntry, WebhookEntry
from streetwatch.service.console.pages.settings import SECTIONS
from streetwatch.service.delivery.build import sink_of, surroundings_of
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.delivery.sink import DeliveryFailedError
from streetwatch.service.delivery.webhook_sink import WebhookSink
from streetwatch.service.desk.report import Report
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.keyring import links_of, own_token_of
from streetwatch.service.settings import Settings
from streetwatch.service.site import site_of
from streetwatch.service.store.audit import Asked, Deed
from streetwatch.service.store.transactions import writing
from waiting import PATIENCE_S

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "access.md"

CAMERAS = """\
cameras:
  - id: kerb
    source: {kind: rtsp, url: "rtsp://127.0.0.1:9/s"}
    place: {lon: 121.47, lat: 31.23, grid_code: "310101001001001"}
  - id: gate
    source: {kind: rtsp, url: "rtsp://127.0.0.1:9/s"}
    place: {lon: 121.47, lat: 31.23, grid_code: "310104001001001"}
"""

#: One case of each camera.
OURS: Final = {"number": "SW-20261123-0001", "incident": "a" * 26, "camera": "kerb"}
THEIRS: Final = {"number": "SW-20261123-0002", "incident": "b" * 26, "camera": "gate"}

#: Whoever is limited, and to what: the camera itself, or the grid that it stands in.
KERB: Final = Reach(frozenset({"kerb"}))
GRID: Final = Reach(frozenset(), ("310101",))

#: What is answered to whoever is not known, and to whoever may not.
REFUSED: Final = frozenset({401, 403, 303})


@dataclass
class City:
    """A service with two cameras and a case of each, and everybody who might ask."""

    service: Service
    site: FastAPI
    url: str = ""
    http: httpx.Client = field(default_factory=httpx.Client)

    def cookie(self, name: str) -> dict[str, str]:
        """Sign somebody in, without the password: that is another test's business."""
        access = self.service.access
        with writing(self.service.store.engine) as connection:
            token = access.sessions.begin(connection, name, now=NOON)
        return {"Cookie": f"{COOKIE}={token}", "Origin": self.url, "Sec-Fetch-Site": "same-origin"}

    def token(self, name: str, role: Role = Role.ADMIN, **grant: Any) -> dict[str, str]:  # noqa: ANN401
        wanted = Grant(name, role, **grant)
        _, secret = self.service.access.tokens.add(wanted, by="tests", now=NOON)
        return {"Authorization": f"Bearer {secret}"}

    def asked(self, rule: Rule, headers: dict[str, str], about: dict[str, str]) -> int:
        """Ask for a route, about one of the two cases; return the status."""
        path = rule.path
        for parameter, value in _values(about, rule).items():
            path = re.sub(rf"\{{{parameter}(:path)?\}}", value, path)
        # Nothing is to happen: what is changed here must not be what it is asked for to have.
        sent = {"If-Match": '"none"', "Content-Type": "application/json", **headers}
        with self.http.stream(rule.method, path, headers=sent, content=_body(rule)) as answer:
            return answer.status_code


def _values(about: dict[str, str], rule: Rule) -> dict[str, str]:
    return {
        "name": about["camera"] if rule.path.startswith("/console/wall") else about["number"],
        "camera_id": about["camera"],
        "incident_id": about["incident"],
        "service_request_id": about["number"],
        "token": about["number"],
        "format": "json",
        "service_code": "bin_overflow",
        "place_key": f"{about['camera']}/carriageway",
        "target": "desk",
        "key": "a-key",
        "language": "en",
        "theme": "dark",
        "section": "users",
        "path": "console.css",
    } | ({"name": "threshold.jpg"} if rule.about is About.INCIDENT else {})


def _body(rule: Rule) -> bytes:
    return b"" if rule.reads else b"{}"


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
    (folder / "cameras.yaml").write_text(CAMERAS)
    settings = Settings.model_validate({"data_dir": folder / "data", "detector_threads": 1})
    cameras = load_cameras(folder / "cameras.yaml", environ={})
    service = Service(settings, cameras, clock=lambda: NOON)
    city = City(service, site_of(service))
    _filed(city, OURS, "310101001001001")
    _filed(city, THEIRS, "310104001001001")
    for role in Role:
        service.access.users.add(role, role, now=NOON)
    for name, reach in (("of-kerb", KERB), ("of-grid", GRID)):
        service.access.users.add(name, Role.OPERATOR, now=NOON, reach=reach)
    with (
        serving(city.site, lifespan="on") as city.url,
        httpx.Client(base_url=city.url, timeout=PATIENCE_S) as city.http,
    ):
        yield city
    service.store.close()


def _filed(city: City, about: dict[str, str], grid: str) -> None:
    incident = an_incident(id=about["incident"], camera_id=about["camera"])
    told = case_json(a_message(incident).case)
    told |= {"camera": {"id": about["camera"], "name": "x"}}
    told |= {"place": {"lon": 121.47, "lat": 31.23, "crs": "wgs84", "grid_code": grid}}
    city.service.desk.book.report(Report.model_validate(told), key=about["incident"], now=NOON)
    with city.service.store.transaction() as transaction:
        transaction.put_incident(incident)
        transaction.put_attachments(incident.id, [evidence()])
    city.service.evidence.write(incident.id, "threshold.jpg", b"a picture")


def routes(of: Sequence[BaseRoute]) -> Iterator[tuple[str, str]]:
    """Return method and path of every route, those of mounted applications too."""
    for route in iter_route_contexts(of):
        for method in (route.methods or set()) - {"HEAD"}:
            yield method, str(route.path)
    for mount in of:
        if isinstance(mount, Mount) and mount.routes:
            yield from routes(mount.routes)
        elif isinstance(mount, Mount):
            yield "GET", f"{mount.path}/{{path:path}}"  # files


# The first test: a page of reviewing that the others open takes what waits for a verdict.
def test_nobody_takes_back_the_verdict_of_another_by_their_name(city: City) -> None:
    about = {"number": "", "incident": f"{next(NUMBERS):026d}", "camera": "of-nobody-limited"}
    _filed(city, about, "310107001001001")
    judged = {"cases": [about["incident"]], "verdict": "confirmed", "by": "operator"}
    ours, theirs = city.cookie("operator"), city.cookie("analyst")
    assert city.http.post("/desk/review/verdicts", json=judged, headers=ours).json()["moved"]
    taken = {"cases": [about["incident"]], "by": "operator"}
    undone = city.http.post("/desk/review/undo", json=taken, headers=theirs).json()
    assert (undone["moved"], len(undone["refused"])) == ([], 1)
    assert city.http.post("/desk/review/undo", json=taken, headers=ours).json()["moved"]


def test_every_route_has_a_rule_and_every_rule_a_route(city: City) -> None:
    there = {one for one in routes(city.site.routes) if not one[1].startswith("/_nicegui")}
    ruled = {(rule.method, rule.path) for rule in RULES if not rule.path.startswith("/_nicegui")}
    assert there - ruled == set(), "write a rule for each into service/access/policy.py"
    assert ruled - there == {("GET", NOWHERE)}, "there is no such route"


def test_a_route_without_a_rule_refuses_even_an_admin(city: City) -> None:
    admin = city.cookie("admin")
    assert city.http.get("/desk/secret", headers=admin).status_code == 404
    assert city.http.get("/desk/secret").status_code == 401
    assert city.http.delete("/desk/cases", headers=admin).status_code == 405


#: Whoever is signed in shows the old password or a code again, and here it is none.
PROVED_ANEW: Final = {"/console/sign-out", "/console/password", "/console/second-factor"}

#: Sockets are asked apart; what the pages load of NiceGUI changes its name with every version.
ASKED: Final = [rule for rule in RULES if rule.method != "WS" and "nicegui" not in rule.path]


def differing(
    city: City, wanted: Callable[[Rule, int], bool], headers: Callable[[], dict[str, str]]
) -> list[tuple[str, str, int]]:
    """Ask for every route about our own case; return those whose answer is not as wanted."""
    asked = ((rule, city.asked(rule, headers(), OURS)) for rule in ASKED)
    return [(rule.method, rule.path, was) for rule, was in asked if not wanted(rule, was)]


def passes(status: int) -> bool:
    return status not in REFUSED and status < 500


def test_whom_nobody_knows_is_let_through_open_doors_alone(city: City) -> None:
    def wanted(rule: Rule, status: int) -> bool:
        if rule.need in {Door.OPEN, Door.LOCAL}:
            return status not in {401, 403, 405, 500}
        if rule.need is Door.OWN:
            return status in {400, 401, 403, 404, 410, 422}
        return status == (303 if rule.is_page else 401)

    assert differing(city, wanted, dict) == []


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_let_through_where_it_has_the_right(city: City, role: Role) -> None:
    def wanted(rule: Rule, status: int) -> bool:
        if not isinstance(rule.need, Right):
            return status != 500
        if rule.path in PROVED_ANEW and not rule.reads:
            return status in {303, 401, 429}  # out; or the password or the code was wrong
        may = role.reaches(ROLE_NEEDED[rule.need])
        return passes(status) if may else status == 403

    assert differing(city, wanted, lambda: city.cookie(role)) == []


def _dead(city: City, how: str) -> dict[str, str]:
    match how:
        case "wrong":
            return {"Authorization": "Bearer swt_guessed"}
        case "expired":
            return city.token("expired", expires_at=NOON)
        case _:
            headers = city.token("revoked")
            city.service.access.tokens.revoke("revoked", now=NOON)
            return headers


@pytest.mark.parametrize("how", ["wrong", "expired", "revoked"])
def test_a_dead_token_is_let_through_nowhere(city: City, how: str) -> None:
    headers = _dead(city, how)
    assert differing(city, lambda _, status: status == 401, lambda: headers) == []


def test_a_token_is_good_for_its_rights_and_never_for_the_pages(city: City) -> None:
    def wanted(rule: Rule, status: int) -> bool:
        if not isinstance(rule.need, Right):
            return status != 500
        if rule.is_console:
            return status == 401
        return passes(status) if rule.need is Right.FILE else status == 403

    headers = city.token("hotline", Role.OPERATOR, rights=(Right.FILE,))
    assert differing(city, wanted, lambda: headers) == []


LIMITED = pytest.mark.parametrize("who", ["of-kerb", "of-grid", "token"])


def _limited(city: City, who: str) -> Callable[[], dict[str, str]]:
    if who != "token":
        return lambda: city.cookie(who)
    named = f"app-{next(NUMBERS)}"
    headers = city.token(named, Role.OPERATOR, reach=KERB)
    return lambda: headers


NUMBERS: Final = itertools.count()


@LIMITED
def test_whoever_is_limited_finds_nothing_of_another_camera(city: City, who: str) -> None:
    headers = _limited(city, who)
    for rule in ASKED:
        if rule.is_console and who == "token":
            continue
        if rule.about is About.NEW_CAMERA:
            assert city.asked(rule, headers(), THEIRS) == 404, rule
        elif rule.about in {About.CASE, About.INCIDENT, About.CAMERA}:
            missing = {"number": "SW-1", "incident": "c" * 26, "camera": "nowhere"}
            theirs = city.asked(rule, headers(), THEIRS)
            assert theirs == city.asked(rule, headers(), missing) == 404, rule
        elif rule.about is About.WHOLE and rule.need is not Door.LOCAL:
            assert city.asked(rule, headers(), THEIRS) == 403, rule


@LIMITED
def test_whoever_is_limited_does_with_their_own_what_others_do(city: City, who: str) -> None:
    headers = _limited(city, who)
    for rule in ASKED:
        if rule.about is About.WHOLE or (rule.is_console and who == "token"):
            continue
        anybody = city.asked(rule, city.cookie(Role.OPERATOR), OURS)
        assert city.asked(rule, headers(), OURS) == anybody, rule


def _attach(city: City, headers: dict[str, str], camera: str, grid: str) -> httpx.Response:
    place = {"lon": 121.47, "lat": 31.23} | ({"grid_code": grid} if grid else {})
    source = {"kind": "rtsp", "url": "rtsp://10.0.0.5/s"}
    body = {"source": source, "place": place, "zones": []}
    return city.http.put(f"/cameras/{camera}", json=body, headers=headers)


def test_whoever_is_limited_to_a_grid_attaches_cameras_there_and_nowhere_else(city: City) -> None:
    mine, other, none = "310101002002002", "310104001001001", ""
    for grid in (other, none):
        refused = _attach(city, city.cookie("of-grid"), "new", grid)
        assert (refused.status_code, "your part of the city" in refused.text) == (422, True)
    assert _attach(city, city.cookie("of-grid"), "new", mine).status_code == 200
    assert _attach(city, city.cookie("of-kerb"), "new", mine).status_code == 404
    assert _attach(city, city.cookie("of-kerb"), "another", mine).status_code == 422
    assert _attach(city, city.cookie("of-grid"), "new", other).status_code == 422  # takes it away
    assert _attach(city, city.cookie("of-grid"), "gate", mine).status_code == 404  # takes one over
    gone = city.http.delete("/cameras/gate", headers=city.cookie("operator"))
    assert gone.status_code == 204
    assert _attach(city, city.cookie("of-grid"), "gate", mine).status_code == 404
    back = "/cameras/gate/revert"
    assert city.http.post(back, headers=city.cookie("of-grid")).status_code == 404
    assert city.http.post(back, headers=city.cookie("operator")).status_code == 200
    assert city.http.delete("/cameras/new", headers=city.cookie("of-grid")).status_code == 204


def test_whoever_is_limited_borrows_no_password_of_another_camera(city: City) -> None:
    body = {"url": "rtsp://127.0.0.1:9/s", "camera": "gate"}
    probed = city.http.post("/cameras/probe", json=body, headers=city.cookie("of-grid"))
    assert probed.status_code == 404


#: What tells of more than one thing, and what stands in it of each camera.
LISTS: Final = [
    pytest.param("/desk/cases", id="cases"),
    pytest.param("/desk/cases.csv", id="as CSV"),
    pytest.param("/desk/cases.geojson", id="on the map"),
    pytest.param("/desk/review", id="what waits for a verdict"),
    pytest.param("/desk/reports/figures?by=camera&from=2026-11-01", id="figures"),
    pytest.param("/desk/reports/figures?by=camera&format=csv&from=2026-11-01", id="figures as CSV"),
    pytest.param("/desk/reports/month?month=2026-11", id="a month"),
    pytest.param("/desk/reports/hot-spots?from=2026-11-01", id="hot spots"),
    pytest.param("/cameras", id="cameras"),
    pytest.param("/console/live", id="what they show"),
    pytest.param("/open311/v2/requests.json?extensions=true", id="Open311"),
    pytest.param("/console/wall", id="the wall"),
    pytest.param("/console/cases", id="the page of cases"),
]


@LIMITED
@pytest.mark.parametrize("path", LISTS)
def test_a_list_leaves_out_what_is_not_theirs(city: City, who: str, path: str) -> None:
    told = city.http.get(path, headers=_limited(city, who)())
    if who == "token" and path.startswith("/console"):
        assert told.status_code in REFUSED, "pages are for people"
        return
    assert told.status_code == 200
    assert any(own in told.text for own in (OURS["camera"], OURS["number"], OURS["incident"]))
    for foreign in (f'"{THEIRS["camera"]}', f"{THEIRS['camera']}/", THEIRS["number"]):
        assert foreign not in told.text
    assert THEIRS["incident"] not in told.text


@LIMITED
def test_the_feed_and_the_place_of_another_camera_tell_nothing(city: City, who: str) -> None:
    headers = _limited(city, who)()
    told = city.http.get("/desk/places/gate/carriageway/history", headers=headers).json()
    assert (told["cases"], told["recurrences"]) == ([], {"7": 0, "30": 0, "90": 0})
    with city.http.stream("GET", "/desk/events?after=0", headers=headers) as feed:
        told_of = next(line for line in feed.iter_lines() if line.startswith("data:"))
    assert OURS["number"] in told_of
    shares = city.http.get("/desk/shares", headers=headers).json()
    assert shares["undecided"] == 1


@LIMITED
def test_many_cases_at_once_are_no_way_around(city: City, who: str) -> None:
    headers = _limited(city, who)()
    numbers = [THEIRS["number"]]
    for path, body in (
        ("/desk/moves", {"state": "accepted", "by": "x"}),
        ("/desk/review/verdicts", {"verdict": "confirmed", "by": "x"}),
        ("/desk/review/undo", {"by": "x"}),
    ):
        answer = city.http.post(path, json={"cases": numbers, **body}, headers=headers).json()
        assert [one["status"] for one in answer["refused"]] == [404]
    keep = {"cases": numbers, "by": "x", "holder": "x"}
    assert city.http.put("/desk/review/claims", json=keep, headers=headers).json()["cases"] == []


def test_a_socket_is_for_whoever_is_signed_in_on_our_own_page(city: City) -> None:
    handshake = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    handshake |= {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    polling = "/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    assert city.http.get(polling).status_code == 401
    assert city.http.get(polling, headers=city.token("polls")).status_code == 401
    foreign = city.cookie("viewer") | {"Origin": "http://elsewhere.example"}
    assert city.http.post(polling, headers=foreign).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Origin": "http://elsewhere.example"}, 403, id="another site"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="another site, by its fetch"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a neighbour of ours"),
        pytest.param({"Origin": "null"}, 403, id="a page without an origin"),
        pytest.param({}, 403, id="no browser: it has no business with a cookie"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 422, id="our own page"),
    ],
)
def test_with_a_cookie_only_our_own_pages_change_anything(
    city: City, headers: dict[str, str], status: int
) -> None:
    cookie = {"Cookie": city.cookie("operator")["Cookie"]}
    assert city.http.post("/desk/moves", json={}, headers=cookie | headers).status_code == status


def table() -> str:
    """Return the table of the reference, as the rules have it."""
    words = {
        About.NOTHING: "",
        About.PART: "their part",
        About.WHOLE: "refused",
        About.CASE: "their cases",
        About.INCIDENT: "their cases",
        About.CAMERA: "their cameras",
        About.NEW_CAMERA: "their cameras, and new ones in their part",
    }
    lines = ["| route | takes | role | limited accounts | noted as |", "|---|---|---|---|---|"]
    for rule in RULES:
        role = ROLE_NEEDED[rule.need] if isinstance(rule.need, Right) else ""
        deed = f"`{rule.deed}`" if rule.deed else ""
        where = f"`{rule.method} {rule.path}`"
        about = words[rule.about]
        lines.append(f"| {where} | {rule.need.value} | {role} | {about} | {deed} |")
    return "\n".join(lines)


def test_the_reference_has_every_rule_and_no_other() -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    rows = re.compile(r"^\| (?:route|`[A-Z]+ /).*$|^\|(?:---\|){5}$", re.MULTILINE)
    written = "\n".join(rows.findall(page))
    assert written == table(), f"put this into {REFERENCE.name}:\n{table()}"


def test_the_forms_lead_through_the_second_factor(city: City) -> None:
    access, password = city.service.access, "street-Watch-1"
    access.users.add("zhao", Role.VIEWER, now=NOON)
    access.door.use(access.door.link("zhao", now=NOON), "", password, now=NOON)
    told = {"name": "zhao", "password": password, "next": "/console/cases"}
    with httpx.Client(
        base_url=city.url, headers={"Origin": city.url}, timeout=PATIENCE_S
    ) as browser:
        assert browser.post("/console/login", data=told).status_code == 303
        offer = browser.get("/console/second-factor").text
        assert "<svg" in offer
        app = pyotp.TOTP(_shown(r"<code>(\w+)</code>", offer))
        given = {"ticket": _shown(r'name="ticket" value="([^"]+)"', offer), "code": app.at(NOON)}
        assert len(re.findall("<li>", browser.post("/console/code", data=given).text)) == 10
        assert browser.get("/console/cases").status_code == 200
    with httpx.Client(
        base_url=city.url, headers={"Origin": city.url}, timeout=PATIENCE_S
    ) as browser:
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


def told(city: City, what: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Return who did it, to what, and the facts."""
    found = city.service.audit.entries(Asked(what=what))
    return [(one.who, one.subject, json.loads(one.facts)) for one in found]


def test_what_is_done_over_the_api_is_written_down_with_who_and_from_where(city: City) -> None:
    app = city.token("app-of-the-log", Role.OPERATOR, reach=KERB)
    hold = {"held": True, "by": "somebody else", "why": "a complaint"}
    held = f"/desk/cases/{OURS['number']}/legal-hold"
    assert city.http.put(held, json=hold, headers=app).status_code == 200
    facts = {"status": 200, "on_behalf_of": "somebody else"}
    assert told(city, "case.held")[-1] == ("token:app-of-the-log", OURS["number"], facts)
    for _ in range(2):
        picture = city.http.get(f"/evidence/{OURS['incident']}/threshold.jpg", headers=app)
        assert picture.content == b"a picture"
    mine = [one for one in told(city, "evidence.opened") if one[0] == "token:app-of-the-log"]
    assert mine == [
        ("token:app-of-the-log", OURS["incident"], {"status": 200, "names": ["threshold.jpg"]})
    ]
    assert city.http.put("/desk/grids", json={}, headers=app).status_code == 403
    assert told(city, "grids.changed")[-1] == ("token:app-of-the-log", "", {"status": 403})
    last = city.service.audit.page(Asked(), limit=1)[0]
    assert last.address == "127.0.0.1"
    assert list(city.service.audit.wrongs()) == []


def test_the_log_is_read_by_admins_as_json_and_as_csv(city: City) -> None:
    admin = city.cookie("admin")
    city.service.audit.note(Deed("tests.began", "tests"), now=NOON)
    page = city.http.get("/audit", params={"limit": 3}, headers=admin).json()
    positions = [one["position"] for one in page["entries"]]
    assert positions == sorted(positions, reverse=True)
    assert page["head"] == f"{positions[0]}:{page['entries'][0]['hash']}"
    lines = city.http.get("/audit.csv", headers=admin).text.splitlines()
    assert lines[0].startswith("\ufeffposition,at,who")
    exported = [int(line.split(",")[0]) for line in lines[1:]]
    assert exported == list(range(1, len(exported) + 1))
    assert set(positions) <= set(exported)


def test_what_can_not_be_written_down_is_answered_as_not_done(city: City) -> None:
    def refuse(deed: Deed) -> None:
        raise StorageError(deed.what)

    gate = replace(open_gate(city.service.store.engine), note=refuse)
    api = FastAPI()
    api.add_middleware(Guard, gate=gate)

    @api.post("/desk/moves")
    def moves() -> dict[str, str]:
        return {}

    with serving(api) as url:
        answer = httpx.post(f"{url}/desk/moves", timeout=PATIENCE_S)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_of_the_settings_is_drawn(city: City, section: str) -> None:
    city.token(f"of-{section}", Role.OPERATOR, rights=(Right.FILE,), reach=KERB)
    page = city.http.get(f"/console/settings/{section}", headers=city.cookie("admin"))
    assert page.status_code == 200


#: Every body that says who does something, and where in the answer the history is.
SIGNED: Final = [
    pytest.param("PATCH", "", {"state": "accepted"}, id="a move"),
    pytest.param("PUT", "/legal-hold", {"held": True, "why": "诉讼"}, id="a legal hold"),
    pytest.param("PUT", "/assignment", {"assignee": "w-9"}, id="an assignment"),
    pytest.param("PUT", "/measure", {"measure": "service", "reason": "初次"}, id="a decision"),
    pytest.param("PUT", "/subject", {"subject": "shop-7"}, id="an attribution"),
    pytest.param("PUT", "/mute", {"until": None}, id="muting"),
]


@pytest.mark.parametrize(("method", "path", "body"), SIGNED)
def test_what_is_done_is_written_down_by_the_account_and_who_is_named_beside_it(
    city: City, method: str, path: str, body: dict[str, Any]
) -> None:
    about = {"number": "", "incident": f"{next(NUMBERS):026d}", "camera": "kerb"}
    _filed(city, about, "310101001001001")
    case = f"/desk/cases/{about['incident']}"
    named = f"platform-{next(NUMBERS)}"
    asked = {
        "by": ({"by": "李雷"}, "李雷"),
        "on_behalf_of": ({"by": "韩梅", "on_behalf_of": "李雷"}, "李雷"),
    }
    said, behalf = asked["on_behalf_of" if method == "PUT" else "by"]
    headers = city.token(named, Role.OPERATOR)
    done = city.http.request(method, case + path, json=body | said, headers=headers)
    assert done.status_code == 200, done.text
    last = city.http.get(f"{case}/history", headers=headers).json()[-1]
    assert (last["by"], last["on_behalf_of"]) == (f"token:{named}", behalf)
    (entry,) = city.service.audit.page(Asked(who=f"token:{named}"), limit=1)
    assert json.loads(entry.facts)["on_behalf_of"] == behalf


def test_whoever_names_themselves_or_nobody_acts_for_nobody_else(city: City) -> None:
    for said in ({"by": "operator"}, {}):
        about = {"number": "", "incident": f"{next(NUMBERS):026d}", "camera": "kerb"}
        _filed(city, about, "310101001001001")
        body = {"state": "accepted"} | said
        case = f"/desk/cases/{about['incident']}"
        city.http.patch(case, json=body, headers=city.cookie("operator")).raise_for_status()
        last = city.http.get(f"{case}/history", headers=city.cookie("operator")).json()[-1]
        assert (last["by"], last.get("on_behalf_of")) == ("operator", None)
