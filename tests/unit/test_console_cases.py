"""What the pages of cases show and do, out of cases that are given."""

from typing import Any

import pytest

from filed import NOON
from streetwatch.service.console.casework.asking import asked_in, begins_at, ends_at, exported
from streetwatch.service.console.casework.detail import (
    earlier_of,
    exhibits,
    facts_of,
    history_of,
    sendings,
    span,
    suggestion,
)
from streetwatch.service.console.casework.lines import line_of
from streetwatch.service.console.casework.steps import (
    Ask,
    Step,
    UnsaidError,
    move_of,
    steps_of,
)
from streetwatch.service.console.casework.words import type_names
from streetwatch.service.console.language import Language, say_in
from streetwatch.service.desk.profile import CaseType, Profile
from streetwatch.service.desk.states import ENDS, MOVES, CaseState, RejectReason
from streetwatch.service.incidents.case import Occasion
from streetwatch.service.store.deliveries import Delivery
from streetwatch.service.store.outbox import MessageState
from streetwatch.zones.moment import utc

NAMES = {"exposed_garbage": "exposed garbage"}

CASE: dict[str, Any] = {
    "number": "SW-20261123-0007",
    "external_id": "a" * 26,
    "state": "reported",
    "revision": 3,
    "source": "video",
    "type": "exposed_garbage",
    "camera": {"id": "gate", "name": "人民路东口"},
    "level": "orange",
    "reported_at": utc(NOON),
    "deadline": utc(NOON + 7200),
    "assignee": None,
    "authority": "环卫",
    "evidence": [],
    "history": [],
}


def say(message: str, plural: str | None = None, /, *, count: int = 1, **fields: object) -> str:
    return say_in(Language.EN, message, plural, count=count, **fields)


def zh(message: str, plural: str | None = None, /, *, count: int = 1, **fields: object) -> str:
    return say_in(Language.ZH, message, plural, count=count, **fields)


def test_a_line_tells_a_case_in_its_readers_words() -> None:
    line = line_of(CASE, names=NAMES, say=say, now=NOON + 60)
    assert (line.type_words, line.state_words, line.level_words) == (
        "exposed garbage",
        "reported",
        "orange",
    )
    assert (line.place, line.assignee, line.due_at) == ("人民路东口", "环卫", NOON + 7200)
    assert line.reported == "12:00"
    assert line_of(CASE, names=NAMES, say=zh, now=NOON).state_words == "上报"


@pytest.mark.parametrize(
    ("known", "place"),
    [
        pytest.param({}, "人民路东口", id="its camera"),
        pytest.param({"camera": None, "address": "Long Road 1"}, "Long Road 1", id="its address"),
        pytest.param(
            {"camera": None, "grid_code": "310101001001001"}, "310101001001001", id="its grid"
        ),
        pytest.param({"camera": None}, "", id="nobody knows"),
    ],
)
def test_a_case_is_where_it_is_known_to_be(known: dict[str, Any], place: str) -> None:
    assert line_of(CASE | known, names=NAMES, say=say, now=NOON).place == place


def test_what_the_address_asks_is_what_the_api_takes() -> None:
    asked = asked_in([("state", "reported"), ("state", "closed"), ("overdue", "true"), ("x", "1")])
    assert asked.wrong == ""
    assert asked.query == "state=reported&state=closed&overdue=true"
    wanted = asked.question().filter(NOON)
    assert wanted.states == (CaseState.REPORTED, CaseState.CLOSED)
    assert wanted.overdue is not None
    assert exported(asked) == "/desk/cases.csv?state=reported&state=closed&overdue=true"


def test_a_question_that_the_api_would_refuse_is_told_and_asks_nothing() -> None:
    asked = asked_in([("grid_code", "somewhere")])
    assert asked.wrong.startswith("grid_code: ")
    assert asked.question().grid_code == []
    assert exported(asked) == "/desk/cases.csv"


def test_a_thing_that_is_asked_no_more_is_left_out() -> None:
    asked = asked_in([("type", "exposed_garbage"), ("sort", "deadline")])
    assert asked.with_("type", []).query == "sort=deadline"
    assert asked.with_("q", "0007").query == "type=exposed_garbage&sort=deadline&q=0007"


def test_a_day_is_asked_for_on_chinas_clock() -> None:
    wanted = asked_in([("since", begins_at("2026-11-23")), ("until", ends_at("2026-11-23"))])
    question = wanted.question().filter(NOON)
    assert (question.since, question.until) == (NOON - 43_200, NOON + 43_199)


@pytest.mark.parametrize("state", list(CaseState))
def test_a_state_offers_what_the_desk_would_do(state: CaseState) -> None:
    assert [step.state for step in steps_of(state)] == list(MOVES[state])
    assert [step.is_main for step in steps_of(state)] == (
        [] if state in ENDS else [True] + [False] * (len(MOVES[state]) - 1)
    )


def step_to(state: CaseState) -> Step:
    return next(one for each in CaseState for one in steps_of(each) if one.state is state)


def test_a_rejection_says_why_and_by_whom() -> None:
    given = {Ask.REASON: "wrong_object", Ask.NOTE: " a shadow "}
    move = move_of(step_to(CaseState.REJECTED), given, by="李雯", say=say)
    assert (move.reason, move.note, move.by) == (RejectReason.WRONG_OBJECT, "a shadow", "李雯")


def test_a_suspension_lasts_to_the_end_of_its_day() -> None:
    given = {Ask.NOTE: "road works", Ask.UNTIL: "2026-12-01"}
    move = move_of(step_to(CaseState.SUSPENDED), given, by="x", say=say)
    assert move.until is not None
    assert move.until.isoformat() == "2026-12-01T23:59:59+08:00"


@pytest.mark.parametrize(
    ("state", "given", "says"),
    [
        pytest.param(CaseState.REJECTED, {}, "marked with", id="no reason"),
        pytest.param(CaseState.SUSPENDED, {Ask.NOTE: "  "}, "marked with", id="an empty note"),
        pytest.param(
            CaseState.SUSPENDED, {Ask.NOTE: "x", Ask.UNTIL: "soon"}, "2026-11-23", id="no day"
        ),
    ],
)
def test_what_was_not_said_is_asked_for(state: CaseState, given: dict[Ask, str], says: str) -> None:
    with pytest.raises(UnsaidError, match=says):
        move_of(step_to(state), given, by="x", say=say)


def file(role: str, media_type: str = "image/jpeg", at: float = NOON) -> dict[str, Any]:
    name = f"{role}.{media_type.partition('/')[2]}"
    url = f"/evidence/{'a' * 26}/{name}"
    facts = {"name": name, "role": role, "media_type": media_type, "url": url}
    return facts | {"captured_at": utc(at), "sha256": "ab" * 32}


def test_the_clip_comes_first_and_lists_are_no_pictures() -> None:
    files = [
        file("first_seen"),
        file("manifest", "application/json"),
        file("threshold", at=NOON + 60),
        file("clip", "video/mp4"),
    ]
    shown = exhibits(CASE | {"evidence": files}, say)
    assert [one.words for one in shown] == ["clip", "time limit reached", "first seen"]
    assert [one.is_clip for one in shown] == [True, False, False]
    assert shown[1].at == "12:01:00"


def test_facts_leave_out_what_nobody_knows() -> None:
    facts = {
        one.name: one.value
        for one in facts_of(
            CASE | {"observed_s": 580.0, "unobserved_s": 20.0, "confidence": 0.771},
            names=NAMES,
            say=say,
        )
    }
    assert facts["Stood for"] == "10 min, 20 s of it unseen"
    assert facts["Confidence"] == "77%"
    assert "Gone at" not in facts
    assert "Subject" not in facts


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(42, "42 s"), (150, "2 min"), (9000, "2.5 h"), (259_200, "3.0 d")],
)
def test_a_span_is_told_in_the_unit_that_people_use(seconds: float, words: str) -> None:
    assert span(seconds, say) == words


def test_history_tells_the_latest_first_and_why() -> None:
    history = [
        {"state": "reported", "at": utc(NOON), "by": "streetwatch", "note": ""},
        {"action": "assign", "at": utc(NOON + 1), "by": "王强", "assignee": "网格员 陈"},
        {
            "state": "rejected",
            "at": utc(NOON + 2),
            "by": "李雯",
            "reason": "permitted",
            "note": "market day",
        },
    ]
    deeds = history_of(CASE | {"history": history}, say)
    assert [(one.what, one.by, one.why) for one in deeds] == [
        ("rejected", "李雯", "It may be there · market day"),
        ("given to somebody", "王强", "网格员 陈"),
        ("reported", "streetwatch", ""),
    ]


def delivery(state: MessageState, **changes: Any) -> Delivery:  # noqa: ANN401 -- any field
    facts: dict[str, Any] = {
        "target": "city",
        "key": "key-1",
        "incident_id": "a" * 26,
        "occasion": Occasion.OPENED,
        "state": state,
        "number": None,
        "attempts": 0,
        "queued_at": NOON,
        "due_at": NOON,
        "delivered_at": None,
        "is_uncertain": False,
        "reason": None,
    }
    return Delivery(**facts | changes)


@pytest.mark.parametrize(
    ("one", "words", "tone", "can_resend"),
    [
        pytest.param(
            delivery(MessageState.DELIVERED, delivered_at=NOON + 1, attempts=1),
            "sent",
            "good",
            False,
            id="sent",
        ),
        pytest.param(delivery(MessageState.PENDING), "waiting", "warn", True, id="waiting"),
        pytest.param(
            delivery(MessageState.PENDING, attempts=4), "retrying", "warn", True, id="retrying"
        ),
        pytest.param(
            delivery(MessageState.PARKED, attempts=1), "refused, parked", "bad", True, id="parked"
        ),
    ],
)
def test_a_message_tells_how_it_stands(
    one: Delivery, words: str, tone: str, *, can_resend: bool
) -> None:
    (sending,) = sendings([one], say=say)
    assert (sending.words, sending.tone, sending.can_resend) == (words, tone, can_resend)


def test_a_message_that_may_have_arrived_says_so_with_its_reason() -> None:
    late = delivery(MessageState.PENDING, attempts=2, reason="no answer", is_uncertain=True)
    (sending,) = sendings([late], say=say)
    assert sending.why == "no answer It may have arrived all the same."


def test_a_suggestion_gives_its_reasons_in_the_language_of_the_page() -> None:
    case = CASE | {
        "suggestion": "management",
        "triage": {"reasons": [{"zh": "第 2 次", "en": "case 2"}]},
    }
    assert suggestion(case, Language.EN, say) == ("management", ["case 2"])
    assert suggestion(case, Language.ZH, zh) == ("管理", ["第 2 次"])
    assert suggestion(CASE, Language.ZH, zh) == ("", [])


def test_the_place_tells_its_other_cases() -> None:
    place = {
        "cases": [
            {
                "number": number,
                "state": "closed",
                "occurred_at": utc(NOON),
                "days_since_the_last": days,
            }
            for number, days in (("SW-20261123-0007", 1.0), ("SW-20261120-0001", 3.0))
        ]
    }
    (earlier,) = earlier_of(place, "SW-20261123-0007", say)
    assert (earlier.number, earlier.apart) == ("SW-20261120-0001", "3.0 d after the one before")


def test_the_citys_own_names_win_over_ours() -> None:
    citys = CaseType("exposed_garbage", "暴露垃圾（市标）", "waste")
    profile = Profile("city", "GB", {"exposed_garbage": citys})
    assert type_names(profile, Language.EN)["exposed_garbage"] == "waste"
    assert type_names(profile, Language.ZH)["street_vending"] == "占道经营"
