"""What a city needs is computed from the committed figures."""

import pytest

from streetwatch.benchmarks.scale import Measured, needs


def test_the_figures_are_those_of_the_committed_runs() -> None:
    measured = Measured.read()
    assert measured.cores == pytest.approx(1.631 / 60)
    assert measured.base_mib + 50 * measured.camera_mib == pytest.approx(704)


@pytest.mark.parametrize("cameras", [1, 100, 3000, 50_000])
def test_a_server_more_than_needed_carries_all_cameras(cameras: int) -> None:
    told = needs(cameras, Measured.read())
    servers, a_server = told["servers"], told["cameras_a_server"]
    assert isinstance(servers, int)
    assert isinstance(a_server, int)
    assert (servers - 1) * a_server >= cameras
