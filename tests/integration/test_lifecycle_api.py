"""The life-cycle over real HTTP: codes, deadlines, decisions, on a real database file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from filed import NOON, a_message, an_incident
from served_desk import served_desk
from streetwatch.service.cameras import load_cameras
from streetwatch.service.case_desk import warn_of_disabled
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.profile_file import load_profile
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.settings import Settings
from streetwatch.service.store.sql_store import open_store
from wired_desk import wired_desk

HOUR_S, DAY_S = 3600.0, 86_400.0

CODES = """
extends: default
types:
  exposed_garbage: {deadlines: {accept: {work_hour: 1}, close: {work_day: 1}}}
  illegal_parking_nonmotor: {enabled: false}
"""


def china(written: str) -> float:
    return datetime.fromisoformat(f"{written}+08:00").timestamp()


@dataclass
class Desk:
    """The desk as its users see it, and its clock."""

    http: httpx.Client = field(init=False)
    now: float = NOON

    def file(self, number: int = 1, **changes: Any) -> httpx.Response:  # noqa: ANN401
        incident = an_incident(id=f"{number:026}", type="exposed_garbage", last_seen=self.now)
        headers = {"Idempotency-Key": f"key-of-{number}"}
        body = case_json(a_message(incident).case) | changes
        return self.http.post("/desk/cases", json=body, headers=headers)

    def move(self, state: str, number: int = 1, **more: str) -> httpx.Response:
        return self.http.patch(f"/desk/cases/{number:026}", json={"state": state} | more)

    def put(self, what: str, number: int = 1, **body: str | None) -> httpx.Response:
        return self.http.put(f"/desk/cases/{number:026}/{what}", json=body)

    def case(self, number: int = 1) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"/desk/cases/{number:026}").json()
        return found

    def deadline(self, number: int = 1) -> float | None:
        written = self.case(number)["deadline"]
        return None if written is None else datetime.fromisoformat(written).timestamp()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    built = Desk()
    (tmp_path / "codes.yaml").write_text(CODES, encoding="utf-8")
    settings = Settings(
        code_profile=str(tmp_path / "codes.yaml"), triage={"severe_places": ["gate/*"]}
    )
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    parts = wired_desk(settings, store, clock=lambda: built.now)
    router = desk_router(parts.book, clock=lambda: built.now, on_end=lambda *_: None)
    router.include_router(parts.routes())
    with served_desk(
        store.engine,
        router,
        EvidenceFolder(tmp_path / "evidence"),
    ) as client:
        built.http = client
        yield built
    store.close()


def test_a_case_has_its_types_code_urgency_and_authority(desk: Desk) -> None:
    case = desk.file().json()
    assert (case["code_standard"], case["code_kind"], case["code"]) == (
        "GB/T 47678.5-2026",
        "matter",
        "06010",
    )
    assert (case["urgency"], case["authority"]) == ("ordinary", "环卫")


def test_a_type_that_the_profile_does_not_know_is_taken_without_a_code(desk: Desk) -> None:
    case = desk.file(type="stray_dogs").json()
    assert (case["code"], case["urgency"], case["deadline"]) == (None, "ordinary", None)


def test_a_disabled_type_is_refused_with_what_to_do(desk: Desk) -> None:
    refused = desk.file(type="illegal_parking_nonmotor")
    assert refused.status_code == 409
    assert "switched off in the profile codes: take its rule out" in refused.json()["detail"]
    assert desk.http.get("/desk/cases").json()["total"] == 0


def test_each_stage_has_the_deadline_of_its_limit(desk: Desk) -> None:
    desk.now = china("2026-11-27T17:30")  # a Friday: half an hour of work is left
    desk.file()
    assert desk.deadline() == china("2026-11-30T09:30")
    desk.move("accepted")
    assert desk.deadline() is None, "no limit for dispatching"
    desk.now = china("2026-11-30T16:00")
    desk.move("dispatched", by="王队", authority="环卫一所", assignee="网格员01")
    assert desk.deadline() == china("2026-12-01T11:00"), "four work hours"
    desk.now = china("2026-11-30T17:00")
    desk.move("handling")
    assert desk.deadline() == china("2026-12-01T11:00"), "handling is of the same stage"
    desk.move("handled")
    assert desk.deadline() == china("2026-12-01T17:00"), "a work day for the check"
    desk.move("closed")
    assert desk.deadline() is None
    dispatched = desk.case()["history"][2]
    assert (dispatched["authority"], dispatched["assignee"]) == ("环卫一所", "网格员01")
    assert (desk.case()["authority"], desk.case()["assignee"]) == ("环卫一所", "网格员01")


def test_the_answer_says_how_long_it_has_and_whether_it_is_late(desk: Desk) -> None:
    desk.now = china("2026-11-23T10:00")
    assert (desk.file().json()["due_in_s"], desk.case()["overdue"]) == (HOUR_S, False)
    desk.now = china("2026-11-23T11:30")
    assert (desk.case()["due_in_s"], desk.case()["overdue"]) == (-HOUR_S / 2, True)
    (listed,) = desk.http.get("/desk/cases", params={"overdue": True}).json()["cases"]
    assert listed["overdue"]
    desk.move("rejected")
    assert (desk.case()["due_in_s"], desk.case()["overdue"]) == (None, False)


def dispatched(desk: Desk, at: str) -> None:
    desk.now = china(at)
    desk.file()
    desk.move("accepted")
    desk.move("dispatched")


def test_a_suspended_case_has_no_deadline_and_goes_on_with_what_was_left(desk: Desk) -> None:
    dispatched(desk, "2026-11-23T09:00")
    desk.now = china("2026-11-23T11:00")
    suspended = desk.move("suspended", note="等待物业", until="2026-12-01T09:00:00+08:00").json()
    assert (suspended["deadline"], suspended["overdue"]) == (None, False)
    assert suspended["remaining_s"] == 2 * HOUR_S
    assert suspended["history"][-1]["until"] == suspended["suspended_until"]
    desk.now = china("2026-11-24T17:00")
    desk.move("handling")
    assert desk.deadline() == china("2026-11-25T10:00")
    assert (desk.case()["remaining_s"], desk.case()["suspended_until"]) == (None, None)


def test_a_case_that_is_dispatched_again_has_all_its_time_again(desk: Desk) -> None:
    dispatched(desk, "2026-11-23T09:00")
    desk.move("handling")
    desk.now = china("2026-11-23T13:00")
    desk.move("dispatched", assignee="网格员02")
    assert desk.deadline() == china("2026-11-23T17:00")
    desk.move("suspended", note="等待")
    desk.now = china("2026-11-24T09:00")
    desk.move("dispatched")
    assert desk.deadline() == china("2026-11-24T14:00")


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        pytest.param({"state": "suspended"}, 422, "why it is suspended", id="suspended, no why"),
        pytest.param(
            {"state": "suspended", "note": "x", "until": "2020-01-01T00:00:00+08:00"},
            409,
            "until is over already",
            id="suspended until long ago",
        ),
        pytest.param(
            {"state": "handling", "until": "2027-01-01T00:00:00+08:00"},
            422,
            "until goes with state `suspended`",
            id="until of another move",
        ),
        pytest.param(
            {"state": "handling", "assignee": "01"}, 422, "`dispatched` only", id="assignee alike"
        ),
    ],
)
def test_details_of_a_move_go_with_it(
    desk: Desk, body: dict[str, str], status: int, why: str
) -> None:
    dispatched(desk, "2026-11-23T09:00")
    refused = desk.http.patch(f"/desk/cases/{1:026}", json=body)
    assert refused.status_code == status
    assert why in str(refused.json()["detail"])
    assert desk.case()["state"] == "dispatched"


def test_a_case_is_given_to_somebody_else_in_the_same_state(desk: Desk) -> None:
    dispatched(desk, "2026-11-23T09:00")
    case = desk.put("assignment", assignee="网格员03", by="王队", note="调休").json()
    assert (case["state"], case["authority"], case["assignee"]) == (
        "dispatched",
        "环卫",
        "网格员03",
    )
    line = case["history"][-1]
    assert (line["action"], line["assignee"], line["by"], line["note"]) == (
        "assign",
        "网格员03",
        "王队",
        "调休",
    )


def test_a_case_at_its_end_is_given_to_nobody(desk: Desk) -> None:
    desk.file()
    desk.move("rejected")
    assert desk.put("assignment", assignee="01", by="王队").status_code == 409


@pytest.mark.parametrize(
    ("what", "body"),
    [
        pytest.param("assignment", {"by": "王队"}, id="to nobody"),
        pytest.param("assignment", {"assignee": "01"}, id="by nobody"),
        pytest.param("measure", {"measure": "service", "by": "王队"}, id="no reason"),
        pytest.param("measure", {"measure": "fine", "by": "王队", "reason": "x"}, id="a fine"),
        pytest.param("subject", {"subject": "11010519491231002X", "by": "王队"}, id="a person"),
        pytest.param("subject", {"subject": "tel:13800138000", "by": "王队"}, id="a telephone"),
        pytest.param("subject", {"subject": "沪A12345", "by": "王队"}, id="a number plate"),
    ],
)
def test_a_decision_without_who_what_or_why_is_refused(
    desk: Desk, what: str, body: dict[str, Any]
) -> None:
    desk.file()
    assert desk.put(what, **body).status_code == 422
    assert len(desk.case()["history"]) == 1


def file_days_apart(desk: Desk, *days: float, **changes: Any) -> None:  # noqa: ANN401
    for number, day in enumerate(days, start=1):
        desk.now = NOON + day * DAY_S
        desk.file(number, **changes)


def test_repeats_at_a_place_rise_from_yellow_to_red(desk: Desk) -> None:
    file_days_apart(desk, 0, 10, 20)
    told = [desk.case(number) for number in (1, 2, 3)]
    assert [case["level"] for case in told] == ["yellow", "orange", "red"]
    assert [case["suggestion"] for case in told] == ["service", "management", "enforcement"]
    assert [case["first_offence"] for case in told] == [True, False, False]
    assert told[2]["triage"]["latest"] == [told[1]["number"], told[0]["number"]]
    assert "此处第 3 次暴露垃圾" in told[2]["triage"]["reasons"][0]["zh"]
    assert told[2]["measure"] is None, "a suggestion decides nothing"


def test_what_lies_outside_the_window_or_was_rejected_does_not_count(desk: Desk) -> None:
    file_days_apart(desk, 0, 30)
    desk.move("rejected", 2)
    file_days_apart(desk, 0, 30, 89, 121)
    assert [desk.case(number)["level"] for number in (3, 4)] == ["orange", "orange"]


def test_another_type_at_the_place_does_not_count(desk: Desk) -> None:
    desk.file(1)
    desk.now += DAY_S
    assert desk.file(2, type="street_vending").json()["level"] == "yellow"


def test_a_suggestion_follows_the_facts_until_a_person_decides(desk: Desk) -> None:
    desk.file()
    assert desk.case()["suggestion"] == "service"
    stood = {"observed_s": 4000.0, "last_seen": "2026-11-23T13:10:00+08:00"}
    body = case_json(a_message(an_incident(id=f"{1:026}", type="exposed_garbage")).case)
    longer = desk.http.patch(f"/desk/cases/{1:026}", json=body | stood).json()
    assert longer["suggestion"] == "management"
    line = longer["history"][-1]
    assert (line["action"], line["suggestion"], line["by"]) == (
        "level",
        "management",
        "streetwatch",
    )


def test_a_persons_decision_stands_beside_the_suggestion(desk: Desk) -> None:
    desk.file()
    decided = desk.put("measure", measure="management", by="李所", reason="多次劝导无效").json()
    assert (decided["suggestion"], decided["measure"]) == ("service", "management")
    line = decided["history"][-1]
    assert (line["action"], line["measure"], line["suggested"], line["by"], line["note"]) == (
        "decide",
        "management",
        "service",
        "李所",
        "多次劝导无效",
    )


def test_a_subject_is_counted_where_it_is_known(desk: Desk) -> None:
    file_days_apart(desk, 0, 1, 2)
    desk.put("subject", 1, subject="shop:renmin-12", by="李所")
    first = desk.case(1)
    assert (first["level"], first["subject"]) == ("yellow", "shop:renmin-12")
    third = desk.put("subject", 3, subject="shop:renmin-12", by="李所").json()
    assert (third["level"], third["suggestion"]) == ("orange", "management")
    assert third["triage"]["latest"] == [first["number"]]
    taken_back = desk.put("subject", 3, subject=None, by="李所").json()
    assert (taken_back["level"], taken_back["subject"]) == ("red", None)
    assert [one["action"] for one in taken_back["history"] if "action" in one] == [
        "subject",
        "level",
    ] * 2


def test_shares_count_the_decided_cases_of_a_time_and_grid(desk: Desk) -> None:
    file_days_apart(desk, 0, 1, 2, 3)
    for number, measure in enumerate(["service", "service", "management"], start=1):
        desk.put("measure", number, measure=measure, by="李所", reason="按规定")
    desk.file(5)
    desk.move("rejected", 5)
    shares = desk.http.get("/desk/shares").json()
    assert (shares["n"], shares["undecided"]) == (3, 1)
    assert [(one["measure"], one["n"]) for one in shares["shares"]] == [
        ("service", 2),
        ("management", 1),
        ("enforcement", 0),
    ]
    later = desk.http.get("/desk/shares", params={"from": "2026-11-25T00:00:00+08:00"}).json()
    assert (later["n"], later["undecided"]) == (1, 1)
    elsewhere = desk.http.get("/desk/shares", params={"grid": "110101"}).json()
    assert (elsewhere["n"], elsewhere["undecided"]) == (0, 0)
    assert desk.http.get("/desk/shares", params={"form": "x"}).status_code == 422


def test_the_profile_can_be_read(desk: Desk) -> None:
    profile = desk.http.get("/desk/codes").json()
    (garbage,) = [one for one in profile["types"] if one["type"] == "exposed_garbage"]
    assert (profile["name"], garbage["code"], garbage["kind"]) == ("codes", "06010", "matter")
    assert garbage["deadlines"] == {
        "accept": {"clock": "work_hour", "amount": 1.0},
        "handle": {"clock": "work_hour", "amount": 4.0},
        "close": {"clock": "work_day", "amount": 1.0},
    }


def test_no_notice_is_promised_where_nobody_is_to_be_told(desk: Desk) -> None:
    assert desk.http.get("/desk/notices").json() == []
    assert desk.http.post("/desk/notices/resend").json() == {"resent": 0}


def test_a_rule_of_a_disabled_type_is_told_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "cameras.yaml"
    zone = "{id: a, polygon: [[0, 0], [1, 0], [1, 1]], rules: [{type: illegal_parking_motor}]}"
    camera = "{id: kerb, source: {kind: file, url: a.mp4}, zones: [ZONE]}".replace("ZONE", zone)
    path.write_text(f"cameras: [{camera}]", encoding="utf-8")
    cameras = load_cameras(path, environ={})
    with capture_logs() as logged:
        warn_of_disabled(load_profile("default"), cameras)
        warn_of_disabled(load_profile("yuncheng"), cameras)
    (line,) = logged
    assert (line["event"], line["profile"]) == ("desk.type_disabled", "yuncheng")
    assert (line["camera"], line["zone"], line["type"]) == ("kerb", "a", "illegal_parking_motor")
