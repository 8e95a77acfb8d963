"""Every route of the application, asked as everybody there is: who is let through, and who not.

The table in docs/reference/access.md is what is promised; the routes are the application's own.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute, Mount

from filed import NOON
from guarded_city import ASKED, OURS, REFUSED, City
from streetwatch.service.access.policy import NOWHERE, RULES, About, Door, Rule
from streetwatch.service.access.role import ROLE_NEEDED, Right, Role

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "access.md"


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
