"""What a run of the throughput benchmark reads, and what it makes of several runs."""

import mmap

from prometheus_client import CollectorRegistry, Histogram

from streetwatch.benchmarks.throughput import largest
from streetwatch.benchmarks.throughput_reading import Reading, median_line, resident_mib


def test_what_happened_between_two_readings_is_counted_by_promise() -> None:
    registry = CollectorRegistry()
    gaps = Histogram("gap", "g", ["promise"], registry=registry, buckets=(3.0, 33.0))
    gaps.labels("idle").observe(40.0)
    before = Reading.of(registry)
    for promise, gap in [("idle", 30.0), ("idle", 34.0), ("close", 2.0), ("close", 4.0)]:
        gaps.labels(promise).observe(gap)
    took = Reading.of(registry).since(before)
    assert took.above("gap", 33.0, "idle") == 1
    assert took.above("gap", 3.0, "close") == 1


def test_runs_are_told_by_their_medians_and_an_interval_is_kept_only_if_all_keep_it() -> None:
    lines = [
        {"busy": 0.3, "split": {"decode": 1.0}, "recall": 1.0, "intervals_kept": True},
        {"busy": 0.9, "split": {"decode": 3.0}, "recall": None, "intervals_kept": True},
        {"busy": 0.4, "split": {"decode": 2.0}, "recall": 1.0, "intervals_kept": False},
    ]
    assert median_line(lines) == {
        "runs": 3,
        "busy": 0.4,
        "split": {"decode": 2.0},
        "recall": None,
        "intervals_kept": False,
    }


def test_the_largest_number_that_keeps_every_interval_is_found_in_a_few_runs() -> None:
    tried: list[int] = []

    def line_of(number: int) -> dict[str, object]:
        tried.append(number)
        return {"intervals_kept": number <= 77}

    found = largest(160, line_of, on_line=lambda _: None)
    assert 70 <= found <= 77
    assert len(tried) <= 6


def test_memory_is_that_of_this_process_now() -> None:
    before = resident_mib()
    # Mapped by ourselves: the allocator may hand out pages that the process has held all along.
    with mmap.mmap(-1, 64 * 1024 * 1024) as held:
        for page in range(0, len(held), mmap.PAGESIZE):
            held[page] = 1
        assert 60 < resident_mib() - before < 70
