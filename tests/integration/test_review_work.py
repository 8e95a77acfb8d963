"""A reviewer's page as the desk sees it, on a real database and without a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from filed import NOON
from reviewed import LI, WANG, ReviewedDesk
from streetwatch.service.console.review.session import AHEAD
from streetwatch.service.console.review.work import Work
from streetwatch.service.desk.query import Filter
from streetwatch.service.desk.review.leases import LEASE_S, HeldByAnotherError, Reviewer
from streetwatch.service.desk.review.question import Order, Question
from streetwatch.service.desk.review.verdict import (
    UNDO_WITHIN_S,
    JudgedAlreadyError,
    Judgement,
    NotUndoneError,
)
from streetwatch.service.desk.states import RejectReason
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.sql_store import open_store

OLDEST = Question(order=Order.OLDEST)
NAMES = "abcdef"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ReviewedDesk]:
    built = ReviewedDesk(open_store(f"sqlite:///{tmp_path / 'desk.db'}"))
    yield built
    built.store.close()


@pytest.fixture
def numbers(desk: ReviewedDesk) -> list[str]:
    return [desk.file(name) for name in NAMES]


@pytest.fixture
def page(desk: ReviewedDesk, tmp_path: Path) -> Callable[[Reviewer], Work]:
    evidence = EvidenceFolder(tmp_path / "evidence")

    def opened(who: Reviewer) -> Work:
        work = Work(desk.reviewing, evidence, lambda: (), who)
        work.ask(OLDEST)
        return work

    return opened


Open = Callable[[Reviewer], Work]


def test_a_page_has_the_next_cases_ready(numbers: list[str], page: Open) -> None:
    work = page(LI)
    assert [reel.number for reel in work.line()] == numbers[: 1 + AHEAD]
    work.judge(numbers[0], Judgement.CONFIRMED)
    assert [reel.number for reel in work.line()] == numbers[1 : 2 + AHEAD]
    assert work.overview().counts.waiting == len(numbers) - 1


def test_two_pages_share_the_queue(numbers: list[str], page: Open) -> None:
    mine, yours = page(LI), page(WANG)
    assert [reel.number for reel in yours.line()] == numbers[1 + AHEAD :]
    held = {one.number: one.held_by for one in yours.overview().head}
    assert [held[number] for number in numbers] == ["li"] * (1 + AHEAD) + [None] * 2
    with pytest.raises(HeldByAnotherError):
        yours.open(numbers[0])
    mine.leave()
    yours.open(numbers[0])
    assert yours.session.current == numbers[0]


def test_what_was_passed_over_comes_again_at_the_end(numbers: list[str], page: Open) -> None:
    work = page(LI)
    seen = []
    for _ in numbers:
        seen.append(work.session.current)
        work.next(str(work.session.current))
    assert seen == numbers
    assert work.session.current == numbers[0]
    work.next(numbers[0])
    work.previous()
    assert work.session.current == numbers[0]


def test_a_verdict_that_comes_too_late_is_refused_and_the_next_case_shown(
    desk: ReviewedDesk, numbers: list[str], page: Open
) -> None:
    work = page(LI)
    desk.now += LEASE_S + 1
    page(WANG).judge(numbers[0], Judgement.CONFIRMED)
    with pytest.raises(JudgedAlreadyError, match=r"accepted already \(wang\)"):
        work.judge(numbers[0], Judgement.UNSURE)
    assert work.session.current not in {numbers[0], None}
    assert work.session.given == ()


def test_a_page_that_was_away_goes_on_with_what_nobody_took(
    desk: ReviewedDesk, numbers: list[str], page: Open
) -> None:
    work = page(LI)
    desk.now += LEASE_S + 1
    page(WANG)
    work.come_back()
    assert [reel.number for reel in work.line()] == numbers[1 + AHEAD :]


def test_the_last_verdict_is_taken_back(numbers: list[str], page: Open) -> None:
    work = page(LI)
    work.judge(numbers[0], Judgement.REJECTED, RejectReason.PERMITTED)
    assert work.undo() == numbers[0]
    assert work.session.current == numbers[0]
    assert work.undo() is None


def test_a_verdict_that_can_not_be_taken_back_is_not_offered_again(
    desk: ReviewedDesk, numbers: list[str], page: Open
) -> None:
    work = page(LI)
    work.judge(numbers[0], Judgement.CONFIRMED)
    desk.now += UNDO_WITHIN_S + 1
    with pytest.raises(NotUndoneError):
        work.undo()
    assert work.undo() is None


def test_many_are_judged_and_those_that_others_hold_are_left(
    numbers: list[str], page: Open
) -> None:
    work = page(LI)
    yours = page(WANG)
    refused = work.judge_all([numbers[0], numbers[-1]], Judgement.CONFIRMED)
    assert [one.case for one in refused] == [numbers[-1]]
    assert [one.number for one in work.session.given] == [numbers[0]]
    assert yours.session.current == numbers[1 + AHEAD]


def test_another_question_shows_other_cases(numbers: list[str], page: Open) -> None:
    work = page(LI)
    work.ask(Question(Filter(types=("exposed_garbage",))))
    assert (work.line(), work.overview().head) == ((), ())
    assert page(WANG).session.current == numbers[0]


def test_a_look_around_finds_what_was_there_and_what_is_near(
    desk: ReviewedDesk, numbers: list[str], page: Open
) -> None:
    desk.now += 60
    other = desk.file("g", type="exposed_garbage", violation_at=NOON + 60, opened_at=NOON + 60)
    around = page(LI).around(numbers[0])
    assert [one["number"] for one in around.earlier] == [*reversed(numbers[1:])]
    near = {one.number: (one.apart_m, one.apart_s) for one in around.near}
    assert near[other] == (0.0, 60.0)
    assert page(LI).around("SW-0").near == ()


def test_a_muted_place_stands_in_the_case_that_is_shown(numbers: list[str], page: Open) -> None:
    work = page(LI)
    work.mute(numbers[0], NOON + 86_400)
    assert work.cases[numbers[0]]["history"][-1]["action"] == "mute"
