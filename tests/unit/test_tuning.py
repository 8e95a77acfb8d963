"""What is chosen for a machine, and how it comes into the settings file."""

import pytest

from streetwatch.benchmarks.tuning import Choice, Timed, best, written
from streetwatch.models.session import Provider


def _timed(
    threads: int, batch: int, picture_s: float, core_s: float, provider: Provider = Provider.CPU
) -> Timed:
    return Timed(Choice("m", provider, threads, batch), picture_s, core_s)


def test_on_a_processor_what_takes_least_of_it_is_chosen() -> None:
    tried = [_timed(1, 1, 0.050, 0.050), _timed(2, 1, 0.030, 0.058), _timed(1, 4, 0.049, 0.049)]
    assert best(tried).choice == Choice("m", Provider.CPU, 1, 1)


def test_of_two_that_take_the_same_what_answers_sooner_is_chosen() -> None:
    tried = [_timed(1, 1, 0.050, 0.050), _timed(2, 1, 0.026, 0.051)]
    assert best(tried).choice.threads == 2


def test_on_a_gpu_the_quickest_is_chosen_and_no_larger_batch_than_pays() -> None:
    tried = [
        _timed(1, 1, 0.005, 0.005, Provider.CUDA),
        _timed(1, 8, 0.00195, 0.002, Provider.CUDA),
        _timed(1, 16, 0.0019, 0.002, Provider.CUDA),
        _timed(1, 1, 0.050, 0.050),
    ]
    assert best(tried).choice == Choice("m", Provider.CUDA, 1, 8)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("{}\n", "detector_threads: 1\n", id="an empty file"),
        pytest.param("", "detector_threads: 1\n", id="nothing"),
        pytest.param(
            "# ours\nport: 8080\ndetector_threads: 4  # guessed\nevidence:\n  pre_s: 5\n",
            "# ours\nport: 8080\ndetector_threads: 1\nevidence:\n  pre_s: 5\n",
            id="it stands there",
        ),
        pytest.param("port: 8080", "port: 8080\ndetector_threads: 1\n", id="it does not"),
        pytest.param(
            "x:\n  detector_threads: 4\n",
            "x:\n  detector_threads: 4\ndetector_threads: 1\n",
            id="another group has one of that name",
        ),
    ],
)
def test_a_choice_is_written_and_the_rest_of_the_file_stays(before: str, after: str) -> None:
    assert written(before, {"detector_threads": 1}) == after
