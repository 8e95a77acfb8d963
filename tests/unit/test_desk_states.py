"""The moves of a case between its states."""

import itertools

import pytest

from streetwatch.service.desk.states import ENDS, MOVES, CaseState, MoveRefusedError, moved

ALLOWED = {
    ("reported", "accepted"),
    ("reported", "rejected"),
    ("accepted", "dispatched"),
    ("accepted", "rejected"),
    ("dispatched", "handled"),
    ("handled", "closed"),
    ("handled", "dispatched"),
}
PAIRS = [(a, b) for a, b in itertools.product(CaseState, CaseState) if a is not b]


@pytest.mark.parametrize(("state", "wanted"), [pair for pair in PAIRS if pair in ALLOWED])
def test_a_case_goes_on(state: CaseState, wanted: CaseState) -> None:
    assert moved(state, wanted) is wanted


@pytest.mark.parametrize(("state", "wanted"), [pair for pair in PAIRS if pair not in ALLOWED])
def test_every_other_move_is_refused_and_says_what_is_allowed(
    state: CaseState, wanted: CaseState
) -> None:
    with pytest.raises(MoveRefusedError) as refused:
        moved(state, wanted)
    assert f"{state} can't become {wanted}" in str(refused.value)
    for allowed in MOVES[state] or ("nothing",):
        assert allowed in str(refused.value)


@pytest.mark.parametrize("state", CaseState)
def test_asking_for_the_state_it_is_in_changes_nothing(state: CaseState) -> None:
    assert moved(state, state) is state


def test_a_case_ends_closed_or_rejected() -> None:
    assert sorted(ENDS) == [CaseState.CLOSED, CaseState.REJECTED]
