"""A thousand cases at platforms that misbehave, through relays that die: each is there once."""

from pathlib import Path

import pytest

from streetwatch.benchmarks.delivery import DeliveryVerdict, judged, measure_delivery
from streetwatch.benchmarks.receiver_book import Entry

CASES = 1000


def test_of_a_thousand_cases_none_is_lost_none_is_there_twice_and_all_are_in_order(
    tmp_path: Path,
) -> None:
    outcome = measure_delivery(tmp_path, cases=CASES, seed=5, kill=True)
    assert outcome.verdict == DeliveryVerdict(0, 0, 0)
    assert outcome.undelivered == 0
    assert outcome.kills > 0
    assert outcome.faults["times_out"] > 0


OPENED = Entry("a", "R-1", "opened", "key-1")
CHANGED = Entry("a", "R-1", "changed", "key-2")
SEARCHED = Entry("a", "R-1", "opened")


@pytest.mark.parametrize(
    ("keyed", "searched", "verdict"),
    [
        pytest.param([OPENED, CHANGED], [SEARCHED], DeliveryVerdict(0, 0, 0), id="right"),
        pytest.param([OPENED], [SEARCHED], DeliveryVerdict(1, 0, 0), id="a change is lost"),
        pytest.param([OPENED, CHANGED], [], DeliveryVerdict(1, 0, 0), id="a case is lost"),
        pytest.param(
            [OPENED, CHANGED], [SEARCHED, SEARCHED], DeliveryVerdict(0, 1, 0), id="there twice"
        ),
        pytest.param([CHANGED, OPENED], [SEARCHED], DeliveryVerdict(0, 0, 1), id="out of order"),
    ],
)
def test_what_a_platform_has_is_judged(
    keyed: list[Entry], searched: list[Entry], verdict: DeliveryVerdict
) -> None:
    assert judged(["a"], keyed, searched) == verdict
