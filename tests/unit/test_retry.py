"""When a message is sent again, and when that can't help."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streetwatch.service.delivery.retry import (
    LONGEST_ASKED_S,
    LONGEST_S,
    Again,
    Failure,
    FailureKind,
    Park,
    decide,
)

NOW = 1000.0


def wait_of(failure: Failure, *, attempts: int = 0, chance: float = 1.0) -> float:
    decision = decide(failure, attempts=attempts, now=NOW, chance=chance)
    assert isinstance(decision, Again)
    return decision.due_at - NOW


@pytest.mark.parametrize(
    "status",
    [
        pytest.param(None, id="no answer"),
        pytest.param(200, id="a proxy says yes"),
        pytest.param(408, id="request time-out"),
        pytest.param(425, id="too early"),
        pytest.param(429, id="too many requests"),
        pytest.param(500, id="server error"),
        pytest.param(503, id="unavailable"),
    ],
)
def test_what_can_mend_by_itself_is_sent_again(status: int | None) -> None:
    assert wait_of(Failure("it failed", status)) > 0


@pytest.mark.parametrize(
    "status",
    [
        pytest.param(302, id="redirect"),
        pytest.param(400, id="bad request"),
        pytest.param(401, id="unauthorised"),
        pytest.param(404, id="not found"),
        pytest.param(409, id="conflict"),
        pytest.param(422, id="wrong body"),
    ],
)
def test_what_cannot_mend_is_parked(status: int) -> None:
    decision = decide(Failure("refused", status), attempts=0, now=NOW, chance=0.5)
    assert isinstance(decision, Park)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        pytest.param(401, "mend the target's key", id="unauthorised"),
        pytest.param(403, "mend the target's key", id="forbidden"),
        pytest.param(307, "write the address it has moved to", id="redirect"),
        pytest.param(422, "see what the platform dislikes", id="wrong body"),
    ],
)
def test_a_person_is_told_what_to_mend(status: int, advice: str) -> None:
    decision = decide(Failure("refused", status), attempts=0, now=NOW, chance=0.5)
    assert isinstance(decision, Park)
    assert advice in decision.advice


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        pytest.param(Failure("x", may_have_arrived=False), FailureKind.UNREACHABLE, id="nobody"),
        pytest.param(Failure("x"), FailureKind.NO_ANSWER, id="no answer"),
        pytest.param(Failure("x", 200), FailureKind.BAD_ANSWER, id="a proxy says yes"),
        pytest.param(Failure("x", 302), FailureKind.REDIRECTED, id="redirect"),
        pytest.param(Failure("x", 401), FailureKind.UNAUTHORISED, id="unauthorised"),
        pytest.param(Failure("x", 429), FailureKind.LATER, id="too many"),
        pytest.param(Failure("x", 404), FailureKind.REFUSED, id="not found"),
        pytest.param(Failure("x", 502), FailureKind.PLATFORM, id="bad gateway"),
    ],
)
def test_a_failure_has_a_class(failure: Failure, kind: FailureKind) -> None:
    assert failure.kind is kind


@pytest.mark.parametrize(
    ("attempts", "longest"),
    [
        pytest.param(0, 1.0, id="first"),
        pytest.param(1, 2.0, id="second"),
        pytest.param(4, 16.0, id="fifth"),
        pytest.param(20, LONGEST_S, id="capped"),
        pytest.param(10_000, LONGEST_S, id="after weeks"),
    ],
)
def test_the_wait_doubles_up_to_a_cap(attempts: int, longest: float) -> None:
    assert wait_of(Failure("no answer"), attempts=attempts) == longest


@given(attempts=st.integers(0, 10_000), chance=st.floats(0, 1))
def test_chance_takes_at_most_half_of_the_wait(attempts: int, chance: float) -> None:
    wait = wait_of(Failure("no answer"), attempts=attempts, chance=chance)
    whole = wait_of(Failure("no answer"), attempts=attempts, chance=1.0)
    assert whole / 2 - 1e-9 <= wait <= whole + 1e-9


def test_a_platform_that_asks_for_patience_gets_it_from_every_message() -> None:
    failure = Failure("busy", 429, retry_after_s=120.0)
    assert decide(failure, attempts=0, now=NOW, chance=1.0) == Again(NOW + 120.0, NOW + 120.0)


def test_a_shorter_wish_does_not_shorten_the_wait() -> None:
    assert wait_of(Failure("busy", 503, retry_after_s=1.0), attempts=6) == 64.0


@pytest.mark.parametrize(
    ("arrived", "wait"),
    [pytest.param(True, 30.0, id="may have arrived"), pytest.param(False, 1.0, id="has not")],
)
def test_a_platform_that_will_be_searched_is_given_time_to_store(
    arrived: bool,  # noqa: FBT001 -- a column of the table
    wait: float,
) -> None:
    failure = Failure("no answer", may_have_arrived=arrived)
    decision = decide(failure, attempts=0, now=NOW, chance=1.0, settling_s=30.0)
    assert decision == Again(NOW + wait)


def test_an_absurd_wish_is_cut_short() -> None:
    assert wait_of(Failure("busy", 503, retry_after_s=1e9)) == LONGEST_ASKED_S
