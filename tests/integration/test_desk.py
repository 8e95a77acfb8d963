"""The case desk over real HTTP, on a real database file."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry

from filed import NOON, a_message, an_incident, evidence
from gates import open_gate
from http_parts import serving
from streetwatch.service.api.app import create_api
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.store.sql_store import open_store
from waiting import PATIENCE_S

KEY = "key-of-the-first-message"
DAY_S = 86_400.0


def report(incident: Incident | None = None, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return case_json(a_message(incident).case) | changes


@dataclass
class Desk:
    """The desk as its users see it, its clock, and the ends that it has told of."""

    http: httpx.Client = field(default_factory=httpx.Client)
    now: float = NOON
    ended: list[tuple[str, str, float]] = field(default_factory=list)

    def post(self, body: object = None, key: str = KEY) -> httpx.Response:
        headers = {"Idempotency-Key": key}
        return self.http.post("/desk/cases", json=body or report(), headers=headers)

    def move(self, state: str, name: str = "SW-20261123-0001", **more: str) -> httpx.Response:
        return self.http.patch(f"/desk/cases/{name}", json={"state": state} | more)

    def case(self, name: str = "SW-20261123-0001") -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/desk/cases/{name}").json()
        return found

    def listed(self, **wanted: str | int) -> list[str]:
        cases = self.http.get("/desk/cases", params=wanted).json()["cases"]
        return [case["number"] for case in cases]


@pytest.fixture
def desk(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[Desk]:
    built = Desk()
    store = open_store(new_database())
    router = desk_router(
        Book(store.engine),
        clock=lambda: built.now,
        on_end=lambda *told: built.ended.append(told),
    )
    api = create_api(
        gate=open_gate(store.engine),
        desk=router,
        evidence=EvidenceFolder(tmp_path / "evidence"),
        readiness=lambda: Readiness((), 0, 0, 0.0),
        registry=CollectorRegistry(),
    )
    with serving(api) as url, httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
        built.http = client
        yield built
    store.close()


def test_a_reported_case_gets_a_number_of_its_day(desk: Desk) -> None:
    answer = desk.post()
    assert answer.status_code == 201
    assert answer.json()["number"] == "SW-20261123-0001"
    assert answer.json()["state"] == "reported"
    assert answer.json() == desk.case() == desk.case("a" * 26)


def test_numbers_go_on_within_a_day_and_begin_anew_with_the_next(desk: Desk) -> None:
    for number, later in enumerate([0.0, 1.0, DAY_S]):
        desk.now = NOON + later
        desk.post(report(an_incident(id=f"{number:026}")), key=f"{KEY}-{number}")
    assert desk.listed() == ["SW-20261124-0001", "SW-20261123-0002", "SW-20261123-0001"]


@pytest.mark.parametrize(
    "key", [pytest.param(KEY, id="the same key"), pytest.param("another-key", id="another key")]
)
def test_the_same_case_again_is_the_first_one(desk: Desk, key: str) -> None:
    first = desk.post()
    again = desk.post(key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert len(desk.listed()) == 1


def test_a_key_of_another_case_is_refused(desk: Desk) -> None:
    desk.post()
    refused = desk.post(report(an_incident(id="b" * 26)))
    assert refused.status_code == 409
    assert "SW-20261123-0001" in refused.json()["detail"]
    assert len(desk.listed()) == 1


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in report().items() if key != name}


WRONG = {
    "a field too many": (report(colour="red"), "body.colour"),
    "a field too few": (without("camera"), "body.camera"),
    "a time without offset": (report(first_seen="2026-11-23T08:00:00"), "body.first_seen"),
    "a time as a number": (report(first_seen=1795406400), "body.first_seen"),
    "no time at all": (report(first_seen="yesterday"), "body.first_seen"),
    "a number as text": (report(observed_s="58"), "body.observed_s"),
    "a negative duration": (report(observed_s=-1), "body.observed_s"),
    "more than certain": (report(confidence=1.5), "body.confidence"),
    "a box of three": (report(bbox=[1, 2, 3]), "body.bbox"),
    "a box beyond any picture": (report(bbox=[0, 0, 1, 1e308]), "body.bbox.3"),
    "a stay of ages": (report(observed_s=1e308), "body.observed_s"),
    "an id with a path in it": (report(external_id="../../etc"), "body.external_id"),
    "another source": (report(source="phone"), "body.source"),
    "a script for a picture": (
        report(evidence=[report()["evidence"][0] | {"url": "javascript:alert(1)"}]),
        "body.evidence.0.url",
    ),
    "a picture elsewhere": (
        report(evidence=[report()["evidence"][0] | {"url": "//evil.example/x.jpg"}]),
        "body.evidence.0.url",
    ),
    "no object": ([1, 2], "body"),
}


@pytest.mark.parametrize(("body", "where"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_report_is_refused_with_a_line_that_says_where(
    desk: Desk, body: object, where: str
) -> None:
    refused = desk.post(body)
    assert refused.status_code == 422
    assert [line.split(":")[0] for line in refused.json()["detail"]] == [where]
    assert desk.listed() == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(desk: Desk, number: str) -> None:
    content = desk.http.build_request("POST", "/", json=report()).content
    refused = desk.http.post(
        "/desk/cases",
        content=content.replace(b"58.5", number.encode()),
        headers={"Idempotency-Key": KEY, "Content-Type": "application/json"},
    )
    assert refused.status_code == 422
    assert refused.json()["detail"][0].startswith("body.observed_s: ")


def test_a_report_without_a_key_is_refused(desk: Desk) -> None:
    refused = desk.http.post("/desk/cases", json=report())
    assert refused.status_code == 422
    assert refused.json()["detail"] == ["header.Idempotency-Key: Field required"]


def test_broken_json_is_refused_without_a_traceback(desk: Desk) -> None:
    headers = {"Idempotency-Key": KEY, "Content-Type": "application/json"}
    refused = desk.http.post("/desk/cases", content=b'{"external_id": ', headers=headers)
    assert refused.status_code == 422
    assert "Traceback" not in refused.text


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


def test_later_facts_are_added_and_the_state_is_left_to_people(desk: Desk) -> None:
    desk.post()
    desk.move("accepted")
    later = report(an_incident(last_seen=NOON + 60, observed_s=118.5))
    later["evidence"].append(later["evidence"][0] | {"name": "clip.mp4", "role": "clip"})
    desk.http.patch("/desk/cases/" + "a" * 26, json=later)
    case = desk.case()
    assert (case["observed_s"], len(case["evidence"]), case["state"]) == (118.5, 2, "accepted")


def test_facts_that_come_late_do_not_undo_newer_ones(desk: Desk) -> None:
    desk.post()
    cleared = report(an_incident(last_seen=NOON + 60, cleared_at=NOON + 180))
    desk.http.patch("/desk/cases/" + "a" * 26, json=cleared)
    answer = desk.http.patch("/desk/cases/" + "a" * 26, json=report())
    assert answer.status_code == 200
    assert desk.case()["cleared_at"] is not None


def test_facts_of_another_case_are_refused(desk: Desk) -> None:
    desk.post()
    other = report(an_incident(id="b" * 26))
    assert desk.http.patch("/desk/cases/" + "a" * 26, json=other).status_code == 409
    assert desk.case()["external_id"] == "a" * 26


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


WARNING = {"warned_at": "2026-11-23T12:00:00+08:00", "opened_at": None}


def test_a_warned_case_is_no_second_one_when_it_is_filed(desk: Desk) -> None:
    first = desk.post(report() | WARNING).json()
    assert first["state"] == "warned"
    filed = report() | WARNING | {"opened_at": "2026-11-23T12:10:00+08:00"}
    answer = desk.post(filed, key="another-key")
    assert (answer.status_code, answer.json()["number"]) == (200, first["number"])
    case = desk.case()
    assert case["state"] == "reported"
    assert case["reported_at"] == "2026-11-23T04:10:00.000+00:00"
    assert [line["state"] for line in case["history"]] == ["warned", "reported"]
    assert len(desk.listed()) == 1


def test_what_goes_when_it_is_warned_has_corrected_itself(desk: Desk) -> None:
    desk.post(report() | WARNING)
    gone = report() | WARNING | {"cleared_at": "2026-11-23T12:06:00+08:00"}
    desk.http.patch(f"/desk/cases/{'a' * 26}", json=gone)
    case = desk.case()
    assert (case["state"], case["ended_at"]) == (
        "self_corrected",
        "2026-11-23T04:06:00.000+00:00",
    )
    assert "自行改正" in case["history"][-1]["note"]


def test_what_people_called_corrected_and_stands_on_is_reported(desk: Desk) -> None:
    desk.post(report() | WARNING)
    desk.move("self_corrected", by="王队")
    filed = report() | WARNING | {"opened_at": "2026-11-23T12:10:00+08:00"}
    desk.post(filed, key="another-key")
    assert (desk.case()["state"], desk.case()["ended_at"]) == ("reported", None)


def test_a_warning_that_comes_late_does_not_undo_the_filing(desk: Desk) -> None:
    filed = report() | WARNING | {"opened_at": "2026-11-23T12:10:00+08:00"}
    desk.post(filed, key="another-key")
    assert desk.post(report() | WARNING).status_code == 200
    assert desk.case()["state"] == "reported"
