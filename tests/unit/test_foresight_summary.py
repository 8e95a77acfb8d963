"""What stands on top of the page of foresight, in words."""

import pytest

from streetwatch.service.console.foresight.summary import camera_words, campaign_words
from streetwatch.service.console.foresight.tabs import TABS, Choice
from streetwatch.service.foresight.best_hours import best_window
from streetwatch.service.foresight.coverage import Site


def say(text: str, **words: object) -> str:
    return text.format(**words)


@pytest.mark.parametrize(
    ("busy", "window"),
    [
        pytest.param({9: 1.0, 10: 2.0, 11: 1.0}, (9, 12), id="a morning"),
        pytest.param({22: 1.0, 23: 5.0}, (21, 24), id="up to midnight"),
        pytest.param({}, (0, 3), id="nothing anywhere"),
    ],
)
def test_people_are_sent_for_the_hours_in_which_most_happens(
    busy: dict[int, float], window: tuple[int, int]
) -> None:
    assert best_window([busy.get(hour) for hour in range(24)]) == window


def test_the_next_camera_is_told_with_its_interval_and_n() -> None:
    site = Site(121.47, 31.23, 9, 21, 42.0, 26.0, 64.2)

    assert camera_words([site], say).endswith("42.0 cases a month [26.0, 64.2], n = 21")
    assert "no camera sees" in camera_words([], say)


def test_without_a_campaign_none_is_said_to_have_come_back() -> None:
    assert campaign_words([], say) == "Campaigns: none was told of."


def test_a_tab_offers_only_what_it_is_asked_by() -> None:
    offered = {tab.name: tab.choices for tab in TABS}

    assert offered["hot-spots"] == frozenset(Choice)
    assert offered["coverage"] == {Choice.DAYS}
    assert offered["month"] == frozenset()
