"""What a platform says about a case: the same whatever order it comes in."""

from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filed import NOON
from streetwatch.service.incidents.platform import PlatformState, Standing

OPEN, CLOSED, REJECTED = PlatformState


@pytest.mark.parametrize(
    ("before", "said", "is_news"),
    [
        pytest.param(Standing(), Standing(CLOSED, NOON), True, id="the first word"),
        pytest.param(Standing(CLOSED, NOON), Standing(CLOSED, NOON), False, id="repeated"),
        pytest.param(Standing(CLOSED, NOON), Standing(OPEN, NOON - 1), False, id="overtaken"),
        pytest.param(Standing(CLOSED, NOON), Standing(OPEN, NOON + 1), True, id="opened again"),
        pytest.param(Standing(OPEN, NOON), Standing(CLOSED, NOON), True, id="an end, same second"),
        pytest.param(Standing(CLOSED, NOON), Standing(OPEN, NOON), False, id="no un-end"),
    ],
)
def test_what_is_said_later_is_news(
    before: Standing,
    said: Standing,
    is_news: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    assert said.follows(before) == is_news


def heard(before: Standing, said: Standing) -> Standing:
    return said if said.follows(before) else before


@given(
    st.lists(
        st.builds(Standing, st.sampled_from(PlatformState), st.sampled_from([1.0, 2.0, 3.0])),
        max_size=4,
    )
)
def test_in_whatever_order_and_however_often_it_is_said_the_end_is_the_same(
    said: list[Standing],
) -> None:
    ends = {reduce(heard, (*order, *order), Standing()) for order in permutations(said)}
    assert len(ends) == 1
