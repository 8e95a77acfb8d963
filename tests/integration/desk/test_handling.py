"""What people do with the cases of the desk over real HTTP."""

from pathlib import Path
from typing import Any

import pytest

from filed import NOON, a_message, an_incident, evidence
from reported_desk import KEY, Desk, report
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.evidence.folder import EvidenceFolder


def test_people_take_a_case_to_its_end_and_its_history_tells(desk: Desk) -> None:
    desk.post()
    for minutes, state in enumerate(["accepted", "dispatched", "handled", "closed"], start=1):
        desk.now = NOON + 60.0 * minutes
        assert desk.move(state, by="王队", note=f"由{minutes}号").json()["state"] == state
    history = desk.case()["history"]
    assert [step["state"] for step in history] == [
        "reported",
        "accepted",
        "dispatched",
        "handled",
        "closed",
    ]
    assert history[-1] == {
        "state": "closed",
        "at": "2026-11-23T04:04:00.000+00:00",
        "by": "王队",
        "note": "由4号",
    }
    assert desk.ended == [("a" * 26, "closed", NOON + 240.0)]


def test_a_wrong_move_is_refused_and_says_which_are_allowed(desk: Desk) -> None:
    desk.post()
    refused = desk.move("closed")
    assert refused.status_code == 409
    assert "allowed: accepted, rejected, cancelled" in refused.json()["detail"]
    assert desk.case()["state"] == "reported"
    assert desk.ended == []


def test_a_rejected_case_has_ended_too(desk: Desk) -> None:
    desk.post()
    desk.move("rejected", note="误报")
    assert desk.ended == [("a" * 26, "rejected", NOON)]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        pytest.param({"state": "lost"}, "body.move.state", id="no such state"),
        pytest.param({"state": "accepted", "to": "me"}, "body.move.to", id="a field too many"),
        pytest.param({"state": "accepted", "note": 5}, "body.move.note", id="a note of a number"),
    ],
)
def test_a_wrong_change_is_refused_with_one_line(
    desk: Desk, body: dict[str, Any], where: str
) -> None:
    desk.post()
    refused = desk.http.patch("/desk/cases/SW-20261123-0001", json=body)
    assert refused.status_code == 422
    assert [line.split(":")[0] for line in refused.json()["detail"]] == [where]


@pytest.mark.parametrize("verb", ["GET", "PATCH"])
def test_an_unknown_case_is_not_found(desk: Desk, verb: str) -> None:
    answer = desk.http.request(verb, "/desk/cases/SW-20261123-0009", json={"state": "accepted"})
    assert answer.status_code == 404
    assert "SW-20261123-0009" in answer.json()["detail"]


def file_three(desk: Desk) -> None:
    kinds = ["illegal_parking_motor", "street_vending", "street_vending"]
    for number, kind in enumerate(kinds):
        incident = an_incident(id=f"{number:026}", type=kind)
        camera = {"id": f"cam-{number}", "name": "东口"}
        desk.post(report(incident, camera=camera), key=f"{KEY}-{number}")
    desk.move("accepted", "SW-20261123-0002")


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        pytest.param({}, [3, 2, 1], id="all, newest first"),
        pytest.param({"type": "street_vending"}, [3, 2], id="of a type"),
        pytest.param({"state": "reported"}, [3, 1], id="of a state"),
        pytest.param({"camera": "cam-0"}, [1], id="of a camera"),
        pytest.param({"type": "street_vending", "state": "accepted"}, [2], id="of both"),
        pytest.param({"limit": 1, "offset": 1}, [2], id="a page"),
        pytest.param({"type": "litter"}, [], id="none"),
    ],
)
def test_cases_are_listed(desk: Desk, wanted: dict[str, str | int], numbers: list[int]) -> None:
    file_three(desk)
    assert desk.listed(**wanted) == [f"SW-20261123-{number:04}" for number in numbers]


def test_a_legal_hold_is_set_and_lifted_and_the_history_says_by_whom_and_why(desk: Desk) -> None:
    desk.post()
    for held, why in ((True, "诉讼"), (True, "诉讼"), (False, "结束")):
        answer = desk.http.put(
            "/desk/cases/SW-20261123-0001/legal-hold",
            json={"held": held, "by": "王律师", "why": why},
        )
        assert answer.json()["legal_hold"] is held
    steps = [one for one in desk.case()["history"] if "action" in one]
    assert [(one["action"], one["by"], one["note"]) for one in steps] == [
        ("legal_hold_set", "王律师", "诉讼"),
        ("legal_hold_lifted", "王律师", "结束"),
    ]


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        pytest.param("SW-none", {"held": True, "by": "a", "why": "b"}, 404, id="no such case"),
        pytest.param("SW-20261123-0001", {"held": True, "by": "a"}, 422, id="without a reason"),
        pytest.param("SW-20261123-0001", {"held": True, "why": "b"}, 422, id="by nobody"),
        pytest.param("SW-20261123-0001", {"held": 1, "by": "a", "why": "b"}, 422, id="a number"),
    ],
)
def test_a_hold_that_nobody_answers_for_is_refused(
    desk: Desk, name: str, body: dict[str, Any], status: int
) -> None:
    desk.post()
    assert desk.http.put(f"/desk/cases/{name}/legal-hold", json=body).status_code == status
    assert desk.case()["legal_hold"] is False


def test_a_list_is_paged_through_by_the_last_number_seen(desk: Desk) -> None:
    file_three(desk)
    first = desk.http.get("/desk/cases", params={"limit": 2}).json()
    desk.post(report(an_incident(id="z" * 26)), key="a-case-that-comes-meanwhile")
    second = desk.http.get("/desk/cases", params={"limit": 2, "after": first["next"]}).json()
    numbers = [case["number"] for page in (first, second) for case in page["cases"]]
    assert numbers == [f"SW-20261123-{number:04}" for number in (3, 2, 1)]
    assert (first["total"], second["next"]) == (3, None)
    assert desk.http.get("/desk/cases", params={"after": "SW-none"}).status_code == 404


@pytest.mark.parametrize(
    "wanted", [{"limit": 0}, {"limit": 501}, {"offset": -1}, {"state": "lost"}], ids=str
)
def test_a_wrong_question_is_refused(desk: Desk, wanted: dict[str, str | int]) -> None:
    assert desk.http.get("/desk/cases", params=wanted).status_code == 422


def test_evidence_of_a_case_can_be_had_from_its_url(desk: Desk, tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path / "evidence")
    digest = folder.write("a" * 26, "threshold.jpg", b"\xff\xd8 picture")
    told = case_json(a_message(files=(evidence(sha256=digest),)).case)
    url = desk.post(told).json()["evidence"][0]["url"]
    answer = desk.http.get(url)
    assert answer.content == b"\xff\xd8 picture"
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_closed_case_that_stands_on_is_dispatched_again_once(desk: Desk) -> None:
    desk.post()
    for state in ("accepted", "dispatched", "handled", "closed"):
        desk.move(state)
    disputed = report() | {"disputed_at": "2026-11-23T12:30:00+08:00"}
    for _ in range(2):
        assert desk.http.patch(f"/desk/cases/{'a' * 26}", json=disputed).status_code == 200
    case = desk.case()
    assert case["state"] == "dispatched"
    assert [one["state"] for one in case["history"]].count("dispatched") == 2
    assert "结案后仍在" in case["history"][-1]["note"]
