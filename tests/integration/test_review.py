"""Reviewing on real databases: nobody gets what another looks at, and verdicts reach everything."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from filed import NOON
from reviewed import LI, WANG, ReviewedDesk, threshold_still
from served_desk import served_desk
from streetwatch.datasets.learning import learn_from
from streetwatch.service.access.doer import Doer
from streetwatch.service.desk.query import Filter
from streetwatch.service.desk.report import Move
from streetwatch.service.desk.reports.period import Step, month
from streetwatch.service.desk.reports.query import Wanted
from streetwatch.service.desk.reports.reporter import Reporter
from streetwatch.service.desk.reports.table import By
from streetwatch.service.desk.review.leases import LEASE_S, HeldByAnotherError, Reviewer
from streetwatch.service.desk.review.question import Order, Question
from streetwatch.service.desk.review.queue import standing, waiting
from streetwatch.service.desk.review.router import review_router
from streetwatch.service.desk.review.verdict import (
    UNDO_WITHIN_S,
    JudgedAlreadyError,
    Judgement,
    NotUndoneError,
    Verdict,
)
from streetwatch.service.desk.router import desk_router
from streetwatch.service.desk.states import CaseState, RejectReason
from streetwatch.service.desk.verdicts import write_verdicts
from streetwatch.service.desk.way import way_columns
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.originals import Originals
from streetwatch.service.incidents.incident import State
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.sql_store import open_store
from waiting import PATIENCE_S

WORKERS = 6
CONFIRMED = Verdict(Judgement.CONFIRMED, Doer("li"))
WRONG = Verdict(Judgement.REJECTED, Doer("li"), RejectReason.WRONG_OBJECT)
UNSURE = Verdict(Judgement.UNSURE, Doer("li"))


@pytest.fixture
def desk(new_database: Callable[..., str]) -> Iterator[ReviewedDesk]:
    built = ReviewedDesk(open_store(new_database()))
    yield built
    built.store.close()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[ReviewedDesk]:
    built = ReviewedDesk(open_store(f"sqlite:///{tmp_path / 'desk.db'}"))
    yield built
    built.store.close()


def test_reviewers_who_work_at_once_judge_every_case_once(desk: ReviewedDesk) -> None:
    numbers = {desk.file(name) for name in "abcdefghijklmnopqrstuvwx"}
    together = threading.Barrier(WORKERS)

    def work(worker: int) -> list[str]:
        reviewing, who = desk.reviewing, Reviewer(f"w{worker}", f"page-{worker}")
        together.wait(timeout=PATIENCE_S)
        judged: list[str] = []
        while claimed := reviewing.leases.claim(Question(), who, count=2, now=desk.now):
            for number in claimed:
                reviewing.judge(number, Verdict(Judgement.CONFIRMED, Doer(who.name)), who)
                judged.append(number)
        return judged

    with ThreadPoolExecutor(WORKERS) as pool:
        judged = [number for each in pool.map(work, range(WORKERS)) for number in each]
    assert sorted(judged) == sorted(numbers)


def test_a_case_is_given_to_one_until_its_lease_is_over(desk: ReviewedDesk) -> None:
    first, second = desk.file("a"), desk.file("b")
    leases = desk.reviewing.leases
    assert leases.claim(Question(), LI, count=1, now=NOON) == (first,)
    assert leases.claim(Question(), WANG, count=5, now=NOON) == (second,)
    assert leases.keep([first], LI, now=NOON + LEASE_S / 2) == (first,)
    assert leases.claim(Question(), WANG, count=5, now=NOON + LEASE_S + 1) == (second,)
    assert leases.claim(Question(), WANG, count=5, now=NOON + 2 * LEASE_S) == (first, second)
    with pytest.raises(HeldByAnotherError, match=f"case {first} is being reviewed by wang"):
        leases.hold(first, LI, now=NOON + 2 * LEASE_S)


def test_who_comes_back_keeps_what_nobody_has_taken_meanwhile(desk: ReviewedDesk) -> None:
    first, second = desk.file("a"), desk.file("b")
    leases = desk.reviewing.leases
    leases.claim(Question(), LI, count=2, now=NOON)
    leases.release(LI)
    leases.hold(first, WANG, now=NOON)
    assert leases.keep([first, second, "SW-0"], LI, now=NOON) == (second,)


def test_what_was_let_go_goes_to_the_next(desk: ReviewedDesk) -> None:
    first, second = desk.file("a"), desk.file("b")
    leases = desk.reviewing.leases
    leases.claim(Question(), LI, count=2, now=NOON)
    leases.keep([second], LI, now=NOON)
    assert leases.claim(Question(), WANG, count=2, now=NOON) == (first,)
    leases.release(LI)
    assert leases.claim(Question(), WANG, count=2, now=NOON) == (first, second)


def test_another_page_of_the_same_person_is_another_reviewer(small: ReviewedDesk) -> None:
    small.file("a")
    leases = small.reviewing.leases
    leases.claim(Question(), LI, count=1, now=NOON)
    assert leases.claim(Question(), replace(LI, holder="page-9"), count=1, now=NOON) == ()


@pytest.mark.parametrize(
    ("order", "names"),
    [
        pytest.param(Order.WORTH, "bca", id="what is worth most"),
        pytest.param(Order.OLDEST, "abc", id="the oldest"),
        pytest.param(Order.NEWEST, "cba", id="the newest"),
    ],
)
def test_the_queue_has_the_order_that_is_asked_for(
    desk: ReviewedDesk, order: Order, names: str
) -> None:
    number = {}
    for name, confidence in (("a", 0.9), ("b", 0.3), ("c", 0.6)):
        number[name] = desk.file(name, confidence=confidence)
        desk.now += 60
    wanted = tuple(number[name] for name in names)
    question = Question(order=order)
    claim = desk.reviewing.leases.claim
    assert claim(question, LI, count=3, now=desk.now) == wanted
    assert claim(question, LI, count=3, now=desk.now, skip=wanted[:1]) == wanted[1:]
    listed = waiting(desk.store.engine, question, WANG.holder, limit=5, now=desk.now)
    assert tuple(one.number for one in listed) == wanted
    assert {one.held_by for one in listed} == {"li"}


FILTERS = {
    "type": (Question(Filter(types=("exposed_garbage",))), "b"),
    "camera": (Question(Filter(cameras=("kerb",))), "abc"),
    "another camera": (Question(Filter(cameras=("gate",))), ""),
    "grid": (Question(Filter(grids=("31010100100",))), "abc"),
    "another grid": (Question(Filter(grids=("32",))), ""),
    "time": (Question(Filter(since=NOON + 90)), "c"),
    "at least so sure": (Question(least=0.5), "ac"),
    "at most so sure": (Question(most=0.5), "b"),
    "mine": (Question(Filter(assignees=("li",))), ""),
    "unsure": (Question(is_unsure=True), ""),
}


@pytest.mark.parametrize(("question", "names"), FILTERS.values(), ids=FILTERS)
def test_the_queue_holds_what_is_asked_for(
    small: ReviewedDesk, question: Question, names: str
) -> None:
    changes: dict[str, dict[str, Any]] = {
        "a": {},
        "b": {"type": "exposed_garbage", "confidence": 0.4},
        "c": {},
    }
    number = {}
    for name, more in changes.items():
        number[name] = small.file(name, **more)
        small.now += 60
    claimed = small.reviewing.leases.claim(question, LI, count=5, now=small.now)
    assert set(claimed) == {number[name] for name in names}
    counts = standing(small.store.engine, question, WANG.holder, now=small.now)
    assert (counts.waiting, counts.elsewhere) == (len(names), len(names))


def test_a_case_is_judged_once(desk: ReviewedDesk) -> None:
    number = desk.file("a")
    desk.reviewing.judge(number, CONFIRMED)
    with pytest.raises(JudgedAlreadyError, match=f"case {number} is accepted already .li."):
        desk.reviewing.judge(number, replace(WRONG, doer=Doer("wang")))
    assert desk.state(number) == "accepted"


def test_what_another_looks_at_is_not_judged(small: ReviewedDesk) -> None:
    number = small.file("a")
    small.reviewing.leases.hold(number, WANG, now=NOON)
    with pytest.raises(HeldByAnotherError, match="by wang"):
        small.reviewing.judge(number, CONFIRMED, LI)
    small.reviewing.judge(number, replace(CONFIRMED, doer=Doer("wang")), WANG)


def test_an_unsure_one_waits_for_a_second_look(small: ReviewedDesk) -> None:
    number = small.file("a")
    small.reviewing.judge(number, UNSURE, LI)
    claim = small.reviewing.leases.claim
    assert claim(Question(), WANG, count=1, now=NOON) == ()
    assert claim(Question(is_unsure=True), WANG, count=1, now=NOON) == (number,)
    small.reviewing.judge(number, replace(CONFIRMED, doer=Doer("wang")), WANG)
    assert small.state(number) == "accepted"


@pytest.mark.parametrize("verdict", [CONFIRMED, WRONG, UNSURE], ids=lambda one: one.judgement)
def test_a_verdict_that_is_undone_leaves_the_case_waiting(
    desk: ReviewedDesk, verdict: Verdict
) -> None:
    number = desk.file("a")
    before = desk.desk.book.case(number)
    desk.reviewing.judge(number, verdict)
    after = desk.reviewing.undo(number, Doer("li"))
    names = ("state", "accepted_at", "dispatched_at", "ended_at", "unsure_at")
    assert {name: after[name] for name in names} == {name: before[name] for name in names}
    assert [one.get("action") for one in after["history"]][-1] == "undo"
    assert len(after["history"]) > len(before["history"]) + 1  # the verdict is not hidden
    with desk.store.engine.connect() as connection:
        row = connection.execute(sa.select(desk_case).where(desk_case.c.number == number))
        one = row.mappings().one()
    assert (one["first_accepted_at"], one["judged_by"], one["is_double"]) == (None, None, False)
    assert way_columns(one).items() <= one.items()
    assert desk.reviewing.leases.claim(Question(), WANG, count=1, now=desk.now) == (number,)


@pytest.mark.parametrize(
    ("by", "later_s", "moves", "why"),
    [
        pytest.param("wang", 0, [], "no verdict of wang", id="it is another's"),
        pytest.param("li", UNDO_WITHIN_S + 1, [], "too old", id="it is too old"),
        pytest.param("li", 0, ["dispatched"], "no verdict of li", id="others have gone on"),
    ],
)
def test_a_verdict_is_not_undone(
    small: ReviewedDesk, by: str, later_s: float, moves: list[str], why: str
) -> None:
    number = small.file("a")
    small.reviewing.judge(number, CONFIRMED)
    for state in moves:
        small.desk.book.move(number, Move(state=CaseState(state), by="chen"), now=small.now)
    small.now += later_s
    with pytest.raises(NotUndoneError, match=why):
        small.reviewing.undo(number, Doer(by))
    assert small.state(number) == (moves or ["accepted"])[-1]


def test_a_verdict_is_undone_though_its_place_was_muted_since(small: ReviewedDesk) -> None:
    number = small.file("a")
    small.reviewing.judge(number, WRONG)
    small.reviewing.mute(number, NOON + 3600, Doer("wang"))
    assert small.reviewing.undo(number, Doer("li"))["state"] == "reported"


def test_a_rejection_closes_its_incident_until_it_is_undone(desk: ReviewedDesk) -> None:
    number = desk.file("a")
    desk.reviewing.judge(number, WRONG)
    rejected = desk.store.incident("a" * 26)
    assert rejected is not None
    assert (rejected.state, rejected.rejected_at) == (State.CLOSED, NOON)
    desk.reviewing.undo(number, Doer("li"))
    again = desk.store.incident("a" * 26)
    assert again is not None
    assert (again.rejected_at, again.closed_at) == (None, None)


def test_a_muted_place_says_who_muted_it_until_when(desk: ReviewedDesk) -> None:
    number = desk.file("a")
    after = desk.reviewing.mute(number, NOON + 3600, Doer("li"))
    assert after["history"][-1]["until"] == "2026-11-23T05:00:00.000+00:00"
    muted = desk.store.incident("a" * 26)
    assert muted is not None
    assert muted.muted_until == NOON + 3600
    desk.reviewing.mute(number, None, Doer("li"))
    assert (desk.store.incident("a" * 26) or muted).muted_until is None


def test_verdicts_become_precision_and_lessons(small: ReviewedDesk, tmp_path: Path) -> None:
    evidence = EvidenceFolder(tmp_path / "evidence")
    garbage = {"type": "exposed_garbage", "bbox": (300.0, 200.0, 400.0, 280.0)}
    verdicts = {"a": CONFIRMED, "b": CONFIRMED, "c": WRONG, "d": UNSURE, "e": WRONG}
    for name, verdict in verdicts.items():
        number = small.file(name, **garbage)
        threshold_still(evidence, name * 26)
        small.reviewing.judge(number, verdict)
    small.reviewing.undo(number, Doer("li"))

    reporter = Reporter(small.store.engine, lambda: small.now)
    (row,) = reporter.figures(Wanted(month("2026-11")), by=By.TYPE, step=Step.WHOLE)
    precision = row.figures.shares["precision"]
    assert (precision.hits, precision.n) == (2, 3)

    out = tmp_path / "reviewed"
    lines = list(
        write_verdicts(small.desk.book, Originals(evidence, lambda: NOON, lambda *_: None), out)
    )
    (out / "verdicts.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    learnt = learn_from(out, tmp_path / "city", held_out=0.0, on_verdict=lambda: None)
    assert learnt == {"train": {"confirmed": 2, "rejected": 1}}


@pytest.fixture
def http(small: ReviewedDesk, tmp_path: Path) -> Iterator[httpx.Client]:
    router = desk_router(small.desk.book, clock=lambda: small.now, on_end=lambda *_: None)
    router.include_router(review_router(small.reviewing))
    with served_desk(
        small.desk.book.engine,
        router,
        EvidenceFolder(tmp_path / "evidence"),
    ) as client:
        yield client


def test_a_program_can_review_too(small: ReviewedDesk, http: httpx.Client) -> None:
    numbers = [small.file(name) for name in "abc"]
    who = {"by": "li", "holder": "page-1"}
    claimed = http.post("/desk/review/claims", json=who | {"count": 3}).json()
    assert [one["number"] for one in claimed["cases"]] == numbers
    assert http.put("/desk/review/claims", json=who | {"cases": numbers}).status_code == 200
    queue = http.get("/desk/review").json()
    assert (queue["total"], queue["elsewhere"]) == (3, 3)

    body = who | {"cases": [*numbers, "SW-0"], "verdict": "rejected", "reason": "permitted"}
    said = http.post("/desk/review/verdicts", json=body).json()
    assert [one["state"] for one in said["moved"]] == ["rejected"] * 3
    assert [(one["case"], one["status"]) for one in said["refused"]] == [("SW-0", 404)]
    undone = http.post("/desk/review/undo", json={"cases": numbers[:1], "by": "li"}).json()
    assert [one["state"] for one in undone["moved"]] == ["reported"]

    until = {"until": "2026-11-30T08:00:00+08:00", "by": "li"}
    muted = http.put(f"/desk/cases/{numbers[0]}/mute", json=until).json()
    assert muted["history"][-1]["action"] == "mute"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        pytest.param({"verdict": "confirmed", "reason": "permitted"}, "a reason goes", id="reason"),
        pytest.param({"verdict": "perhaps"}, "body.verdict", id="no verdict"),
        pytest.param({"verdict": "unsure", "cases": []}, "body.cases", id="no case"),
    ],
)
def test_a_wrong_verdict_is_refused_in_a_line(
    http: httpx.Client, body: dict[str, Any], where: str
) -> None:
    answer = http.post("/desk/review/verdicts", json={"cases": ["x"], "by": "li"} | body)
    assert answer.status_code == 422
    assert where in "".join(answer.json()["detail"])
