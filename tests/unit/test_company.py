"""Who is beside what stands decides: a vendor at a stall, a cleaner at a heap, a bus in service."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.types import Box, Detections, Look
from streetwatch.zones.explain import explain
from streetwatch.zones.presence import Presence, observe
from streetwatch.zones.rules import DEFAULTS, Gate, Rule, ViolationType
from streetwatch.zones.stay import Stay
from streetwatch.zones.zone import Zone

SIZE = (640, 360)
PLACE: Box = (200.0, 150.0, 300.0, 220.0)
BESIDE: Box = (310.0, 140.0, 340.0, 225.0)
ACROSS: Box = (560.0, 140.0, 590.0, 225.0)

VENDING = replace(DEFAULTS[ViolationType.STREET_VENDING], dwell_s=60.0, attended_ratio=0.2)
GARBAGE = replace(DEFAULTS[ViolationType.EXPOSED_GARBAGE], dwell_s=60.0)
PARKING = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=60.0)

Seen = tuple[str, Box]


def seen(at: float, *things: Seen) -> Look:
    boxes = np.array([box for _, box in things], np.float32).reshape(-1, 4)
    labels = np.array([CLASS_ID[label] for label, _ in things], np.int64)
    return Look(at, SIZE, Detections(boxes, np.full(len(things), 0.8, np.float32), labels))


def gate(rule: Rule, looks: Iterable[Look]) -> tuple[Gate | None, Stay | None]:
    """Return what stopped the rule at the place, and what stands there."""
    zones = (Zone("road", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), rules=(rule,)),)
    presence = Presence()
    for look in looks:
        presence = observe(presence, look, zones, epoch=None).presence
    (found,) = explain((250.0, 200.0), look, presence, zones, faint=look.detections, epoch=None)
    return found.gate, found.stay


def every_second(seconds: int, things: Callable[[int], tuple[Seen, ...]]) -> Iterable[Look]:
    return (seen(float(second), *things(second)) for second in range(seconds + 1))


STALL: Seen = ("vendor_stall", PLACE)
HEAP: Seen = ("garbage", PLACE)


@pytest.mark.parametrize(
    ("vendor", "stopped_by"),
    [
        pytest.param(lambda _: (("person", BESIDE),), None, id="a vendor stands at it"),
        pytest.param(
            lambda second: (("person", BESIDE),) if second % 3 == 0 else (), None, id="now and then"
        ),
        pytest.param(lambda _: (("person", ACROSS),), Gate.ATTENDED, id="people are elsewhere"),
        pytest.param(lambda _: (), Gate.ATTENDED, id="an abandoned stall"),
    ],
)
def test_a_stall_is_vending_where_a_person_is_near_for_part_of_the_time(
    vendor: Callable[[int], tuple[Seen, ...]], stopped_by: Gate | None
) -> None:
    found, _ = gate(VENDING, every_second(80, lambda second: (STALL, *vendor(second))))
    assert found is stopped_by


@pytest.mark.parametrize("worker", ["person", "truck"])
def test_nothing_accrues_while_somebody_is_at_work_at_a_heap(worker: str) -> None:
    stopped_by, heap = gate(GARBAGE, every_second(80, lambda _: (HEAP, (worker, BESIDE))))
    assert stopped_by is Gate.WORK
    assert heap is not None
    assert heap.dwell_s == pytest.approx(5.0)
    assert heap.dwell_s + heap.paused_s == pytest.approx(80.0)


def test_whoever_never_leaves_does_not_hold_a_heap_for_ever() -> None:
    short = replace(GARBAGE, work_pause_s=30.0)
    stopped_by, _ = gate(short, every_second(120, lambda _: (HEAP, ("person", BESIDE))))
    assert stopped_by is None


def test_who_serves_a_stall_beside_a_heap_is_not_at_work_there() -> None:
    stall: Seen = ("vendor_stall", (335.0, 130.0, 420.0, 220.0))
    looks = every_second(80, lambda _: (HEAP, ("person", BESIDE), stall))
    assert gate(GARBAGE, looks)[0] is None


def test_who_walks_past_a_heap_is_not_at_work() -> None:
    def walkers(second: int) -> tuple[Seen, ...]:
        x = (second % 6) * 80.0
        return HEAP, ("person", (x, 140.0, x + 30.0, 225.0))

    assert gate(GARBAGE, every_second(80, walkers))[0] is None


def test_a_bus_at_its_stop_is_exempt_though_it_is_sometimes_taken_for_a_truck() -> None:
    def bus(second: int) -> tuple[Seen, ...]:
        return (("truck" if second % 4 == 0 else "bus", PLACE),)

    assert gate(PARKING, every_second(120, bus))[0] is None
    assert gate(replace(PARKING, exempt=frozenset({"bus"})), every_second(120, bus))[0] is not None


@pytest.mark.parametrize(
    ("least", "stopped_by"),
    [
        pytest.param(((0.0, 0.0), (1.0, 0.2)), None, id="large enough for where it stands"),
        pytest.param(((0.0, 0.2), (1.0, 0.4)), Gate.SIZE, id="too small for where it stands"),
    ],
)
def test_what_is_too_small_for_its_row_does_not_count(
    least: tuple[tuple[float, float], ...], stopped_by: Gate | None
) -> None:
    sized = replace(PARKING, least_height=least)
    assert gate(sized, every_second(80, lambda _: (("car", PLACE),)))[0] is stopped_by
