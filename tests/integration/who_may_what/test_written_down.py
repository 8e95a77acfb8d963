"""What is done over the API is written down with who did it, and for whom."""

import json
from dataclasses import replace
from typing import Any, Final

import httpx
import pytest
from fastapi import FastAPI

from filed import NOON
from gates import open_gate
from guarded_city import KERB, NUMBERS, OURS, City, file_case
from http_parts import serving
from streetwatch.service.access.role import Role
from streetwatch.service.api.guard import Guard
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.store.audit import Asked, Deed
from waiting import PATIENCE_S


def test_nobody_takes_back_the_verdict_of_another_by_their_name(city_without_pages: City) -> None:
    city = city_without_pages
    about = {"number": "", "incident": f"{next(NUMBERS):026d}", "camera": "of-nobody-limited"}
    file_case(city, about, "310107001001001")
    judged = {"cases": [about["incident"]], "verdict": "confirmed", "by": "operator"}
    ours, theirs = city.cookie("operator"), city.cookie("analyst")
    assert city.http.post("/desk/review/verdicts", json=judged, headers=ours).json()["moved"]
    taken = {"cases": [about["incident"]], "by": "operator"}
    undone = city.http.post("/desk/review/undo", json=taken, headers=theirs).json()
    assert (undone["moved"], len(undone["refused"])) == ([], 1)
    assert city.http.post("/desk/review/undo", json=taken, headers=ours).json()["moved"]


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
    file_case(city, about, "310101001001001")
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
        file_case(city, about, "310101001001001")
        body = {"state": "accepted"} | said
        case = f"/desk/cases/{about['incident']}"
        city.http.patch(case, json=body, headers=city.cookie("operator")).raise_for_status()
        last = city.http.get(f"{case}/history", headers=city.cookie("operator")).json()[-1]
        assert (last["by"], last.get("on_behalf_of")) == ("operator", None)
