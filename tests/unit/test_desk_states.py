"""The moves of a case between its states."""

import itertools

import pytest

from streetwatch.service.desk.states import ENDS, MOVES, CaseState, MoveRefusedError, moved

GOES_TO = {
    "warned": "reported self_corrected",
    "reported": "accepted rejected cancelled",
    "accepted": "dispatched rejected cancelled force_closed",
    "dispatched": "handling handled suspended cancelled force_closed",
    "handling": "handled suspended dispatched force_closed",
    "suspended": "dispatched handling force_closed",
    "handled": "closed dispatched force_closed",
}
ALLOWED = {(state, after) for state, others in GOES_TO.items() for after in others.split()}
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


def test_a_case_ends_in_one_of_five_ways() -> None:
    assert sorted(ENDS) == ["cancelled", "closed", "force_closed", "rejected", "self_corrected"]
