"""What a name and a password must be like, when a session ends, who must wait."""

import pytest

from streetwatch.service.access.role import Role
from streetwatch.service.access.rules import (
    LOCK_S,
    Limits,
    Weakness,
    folded,
    is_name,
    waits_s,
    weakness,
)
from streetwatch.service.api.guard import way_in

NOON = 1_790_000_000.0


@pytest.mark.parametrize(
    ("password", "found"),
    [
        pytest.param("night-Watch", None, id="letters and a sign"),
        pytest.param("街道巡查2026年秋季", None, id="Chinese and digits"),
        pytest.param("watch-123", Weakness.TOO_SHORT, id="short"),
        pytest.param("aB3-" * 65, Weakness.TOO_LONG, id="a book"),
        pytest.param("nightwatchman", Weakness.TOO_PLAIN, id="small letters only"),
        pytest.param("0123456789", Weakness.TOO_PLAIN, id="digits only"),
        pytest.param("WANG-2026-x", Weakness.HAS_NAME, id="has the name in other letters"),
    ],
)
def test_a_password_that_could_be_guessed_is_refused(password: str, found: Weakness | None) -> None:
    assert weakness(password, name="wang") is found


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        pytest.param("王晓明", True, id="Chinese"),
        pytest.param(" wang ", True, id="blanks around it"),
        pytest.param("", False, id="empty"),
        pytest.param("  ", False, id="blank"),
        pytest.param("w\nang", False, id="two lines"),
        pytest.param("w" * 41, False, id="long"),
    ],
)
def test_a_name_can_be_seen_and_is_short(name: str, fits: bool) -> None:  # noqa: FBT001
    assert is_name(name) is fits


def test_case_width_and_blanks_make_no_other_name() -> None:
    assert len({folded(name) for name in ("Wang", " wang", "\uff37\uff41\uff4e\uff47")}) == 1


@pytest.mark.parametrize(
    ("ago", "wait"),
    [
        pytest.param([], 0.0, id="none was wrong"),
        pytest.param([50, 40, 30, 20], 0.0, id="one is left"),
        pytest.param([50, 40, 30, 20, 10], LOCK_S - 10, id="five were wrong"),
        pytest.param([20, 10, 50, 30, 40], LOCK_S - 10, id="in any order"),
        pytest.param([LOCK_S, 40, 30, 20, 10], 0.0, id="one of them is long ago"),
        pytest.param([-60, -60, -60, -60, -60], 0.0, id="the clock was set back"),
    ],
)
def test_after_five_wrong_passwords_nothing_is_tried_for_a_while(
    ago: list[float], wait: float
) -> None:
    assert waits_s([NOON - one for one in ago], most=5, now=NOON) == wait


@pytest.mark.parametrize(
    ("begun_ago", "seen_ago", "over"),
    [
        pytest.param(500, 50, False, id="somebody is at work"),
        pytest.param(500, 100, True, id="nobody was"),
        pytest.param(1000, 1, True, id="at work for too long"),
    ],
)
def test_a_session_ends_by_idling_and_by_age(
    begun_ago: float,
    seen_ago: float,
    over: bool,  # noqa: FBT001
) -> None:
    limits = Limits(idle_s=100, whole_s=1000)
    ended = limits.ended(created_at=NOON - begun_ago, seen_at=NOON - seen_ago, now=NOON)
    assert ended is over


def test_a_role_may_do_what_those_below_it_may() -> None:
    may = {role: [one for one in Role if role.reaches(one)] for role in Role}
    assert [len(able) for able in may.values()] == [1, 2, 3, 4]
    assert may[Role.ADMIN] == list(Role)


def test_the_way_in_keeps_where_somebody_wanted_to_go() -> None:
    wanted = way_in("/console/cases", "type=x&page=2")
    assert wanted == "/console/login?next=/console/cases%3Ftype%3Dx%26page%3D2"
