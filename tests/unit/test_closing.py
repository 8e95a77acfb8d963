"""Is what is said to be handled gone? Row by row."""

import pytest

from streetwatch.service.desk.closing.decide import Sight, Terms, Verification, found

HANDLED = 10_000.0
TERMS = Terms(patience_s=600.0, limit_s=7_200.0)
BLIND = "offline"


@pytest.mark.parametrize(
    ("sights", "after_s", "result"),
    [
        pytest.param([Sight(HANDLED - 300, HANDLED - 10)], 0, "not_exist", id="gone before"),
        pytest.param([Sight(HANDLED + 60, HANDLED + 200)], 200, "not_exist", id="gone after"),
        pytest.param([Sight(HANDLED + 599)], 599, None, id="it may still go"),
        pytest.param([Sight(HANDLED + 600)], 600, "exist", id="it stands on"),
        pytest.param([Sight(HANDLED - 5)], 7_199, None, id="covered, for a while"),
        pytest.param([Sight(HANDLED - 5)], 7_200, "unable", id="covered"),
        pytest.param([Sight(HANDLED - 5, blind=BLIND)], 7_199, None, id="it may come back"),
        pytest.param([Sight(HANDLED - 5, blind=BLIND)], 7_200, "unable", id="offline"),
        pytest.param([Sight(HANDLED + 900, blind=BLIND)], 900, None, id="not at this hour"),
        pytest.param([Sight(HANDLED + 900, blind=BLIND)], 7_200, "unable", id="nor later"),
        pytest.param([Sight(0, HANDLED - 9, blind=BLIND)], 0, "not_exist", id="gone, then offline"),
        pytest.param([], 0, "unable", id="no camera has it"),
        pytest.param(
            [Sight(HANDLED - 300, HANDLED - 10), Sight(HANDLED + 600)],
            600,
            "exist",
            id="one of two sees it stand",
        ),
        pytest.param(
            [Sight(HANDLED - 300, HANDLED - 10), Sight(HANDLED + 5)],
            5,
            None,
            id="one of two saw it later",
        ),
        pytest.param(
            [Sight(HANDLED - 300, HANDLED + 10), Sight(HANDLED - 400, blind=BLIND)],
            10,
            "not_exist",
            id="one saw it gone, the other is offline",
        ),
    ],
)
def test_a_handled_case_is_looked_at_again(
    sights: list[Sight], after_s: float, result: str | None
) -> None:
    finding = found(sights, handled_at=HANDLED, now=HANDLED + after_s, terms=TERMS)
    assert (finding.result if finding else None) == result


@pytest.mark.parametrize(
    ("sights", "note"),
    [
        pytest.param([], "no camera sees this place", id="no camera"),
        pytest.param([Sight(0, blind=BLIND)], BLIND, id="a camera that is down"),
        pytest.param([Sight(0)], "the view is blocked", id="covered"),
    ],
)
def test_who_cannot_see_says_why(sights: list[Sight], note: str) -> None:
    finding = found(sights, handled_at=HANDLED, now=HANDLED + TERMS.limit_s, terms=TERMS)
    assert finding is not None
    assert finding.result is Verification.UNABLE
    assert note in finding.note
