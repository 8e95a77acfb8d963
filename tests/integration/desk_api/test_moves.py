"""How a console and a city's programs change cases: one, many, and never blindly."""

from typing import Any

import pytest

from asked_desk import Desk
from filed import a_message, an_incident
from streetwatch.service.delivery.case_json import case_json


def test_a_case_that_has_changed_meanwhile_is_not_moved(desk: Desk) -> None:
    desk.put("a")
    read = desk.http.get("/desk/cases/a").headers["ETag"]
    first = desk.patch("a", if_match=read, state="accepted")
    second = desk.patch("a", if_match=read, state="rejected")
    assert (first.status_code, second.status_code) == (200, 412)
    assert "read it again" in second.json()["detail"]
    assert desk.http.get("/desk/cases/a").json()["state"] == "accepted"
    third = desk.patch("a", if_match=first.headers["ETag"], state="dispatched")
    assert third.status_code == 200
    assert third.headers["ETag"] == f'"{third.json()["revision"]}"'


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        pytest.param("*", 200, id="any"),
        pytest.param('"1"', 200, id="its own"),
        pytest.param('"7", "1"', 200, id="one of several"),
        pytest.param('"7"', 412, id="another"),
        pytest.param('W/"1"', 412, id="a weak one"),
        pytest.param("1", 412, id="no tag"),
        pytest.param('"x"', 412, id="not ours"),
    ],
)
def test_if_match_is_read_as_http_has_it(desk: Desk, if_match: str, status: int) -> None:
    desk.put("a")
    assert desk.patch("a", if_match=if_match, state="accepted").status_code == status


def test_facts_are_guarded_as_moves_are(desk: Desk) -> None:
    told = case_json(a_message(an_incident()).case)
    desk.http.post("/desk/cases", json=told, headers={"Idempotency-Key": "key-of-the-case"})
    desk.patch("a" * 26, state="accepted")
    late = desk.http.patch(f"/desk/cases/{'a' * 26}", json=told, headers={"If-Match": '"1"'})
    assert late.status_code == 412


def test_many_cases_are_moved_at_once_and_one_refused_holds_up_no_other(desk: Desk) -> None:
    numbers = [desk.put(name) for name in ("a", "b", "c")]
    desk.patch("b", state="accepted")
    asked = {"cases": [*numbers, "nobody", "a"], "state": "rejected", "by": "王队"}
    done = desk.http.post("/desk/moves", json=asked | {"reason": "permitted"}).json()
    assert [case["external_id"] for case in done["moved"]] == ["a", "b", "c", "a"]
    assert [(one["case"], one["status"]) for one in done["refused"]] == [("nobody", 404)]
    assert {name for name, _ in desk.ended} == {"a", "b", "c"}
    closed = desk.http.post("/desk/moves", json=asked | {"state": "closed"}).json()
    assert {one["status"] for one in closed["refused"]} == {404, 409}
    assert closed["moved"] == []


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param({"cases": [], "state": "accepted"}, id="no case"),
        pytest.param({"cases": ["a"] * 201, "state": "accepted"}, id="too many"),
        pytest.param({"cases": ["a"]}, id="no state"),
        pytest.param({"cases": ["a"], "state": "accepted", "colour": "red"}, id="a field more"),
    ],
)
def test_a_mistaken_move_of_many_is_refused(desk: Desk, asked: dict[str, Any]) -> None:
    desk.put("a")
    assert desk.http.post("/desk/moves", json=asked).status_code == 422
    assert desk.listed(state="reported") == ["a"]


def test_a_body_that_is_too_large_is_refused_unread(desk: Desk) -> None:
    answer = desk.http.post("/desk/moves", content=b" " * 1_000_001)
    assert answer.status_code == 413


def test_half_a_character_in_a_name_is_told_and_breaks_nothing(desk: Desk) -> None:
    desk.put("a")
    body = b'{"state": "accepted", "\\ud800": 1}'
    kind = {"Content-Type": "application/json"}
    answer = desk.http.patch("/desk/cases/a", content=body, headers=kind)
    assert answer.status_code == 422
    assert "unicode" in answer.json()["detail"][0]
