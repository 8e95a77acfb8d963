"""The hours in which a camera finds most."""

from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from streetwatch.service.runtime.attention import Intervals
from streetwatch.service.runtime.hot_hours import LEAST, CameraHour, hot_hours
from streetwatch.service.store.happened import Happened

NOON_S = 1_790_000_000 // 86_400 * 86_400 + 4 * 3600.0  # 12:00 on China's clock
DAY_S = 86_400.0


def found(counts: Mapping[CameraHour, int]) -> Happened:
    """Cases, each on a day of its own."""

    def each() -> Iterator[tuple[float, str]]:
        for (camera, hour), count in counts.items():
            for day in range(count):
                yield NOON_S + (hour - 12) * 3600.0 + day * DAY_S, camera

    at, cameras = zip(*each(), strict=True) if counts else ((), ())
    return Happened(np.array(at), cameras, ("t",) * len(at))


@pytest.mark.parametrize(
    ("counts", "cameras", "hot"),
    [
        pytest.param({}, 10, set(), id="nothing was found"),
        pytest.param({("a", 17): LEAST}, 10, {("a", 17)}, id="one a week"),
        pytest.param({("a", 17): LEAST - 1}, 10, set(), id="too seldom"),
        pytest.param({("a", 17): 9}, 9, set(), id="too few cameras for one to be hot"),
        pytest.param(
            {("a", 7): 5, ("b", 7): 9, ("c", 7): 6}, 20, {("b", 7), ("c", 7)}, id="the first tenth"
        ),
        pytest.param(
            {("a", 0): 5, ("a", 23): 5, ("b", 23): 4},
            10,
            {("a", 0), ("a", 23)},
            id="each hour has its own",
        ),
    ],
)
def test_an_hour_is_hot_where_a_camera_finds_more_than_others(
    counts: Mapping[CameraHour, int], cameras: int, hot: set[CameraHour]
) -> None:
    assert hot_hours(found(counts), cameras=cameras) == hot


def test_a_hot_camera_is_compared_as_often_as_what_matures() -> None:
    hot = Intervals(idle_s=30.0, close_s=2.0, quiet_s=4.0).hot
    assert (hot.idle_s, hot.close_s, hot.quiet_s) == (15.0, 2.0, 2.0)
