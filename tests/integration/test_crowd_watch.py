"""Crowds in a running service: counted, written down once, told once, and over at last."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import pytest

from streetwatch.models.labels import CLASS_ID
from streetwatch.service.cameras import Camera
from streetwatch.service.foresight.crowd_level import Levels
from streetwatch.service.runtime.crowd_watch import CrowdWatch
from streetwatch.service.runtime.zone_counts import ZoneCounts
from streetwatch.service.store.crowds import crowds_between, forget_crowds, open_crowds
from streetwatch.service.store.notices import Notices
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.store.transactions import writing
from streetwatch.service.store.zone_counts import (
    SLOT_S,
    Count,
    ZoneSlot,
    add_counts,
    forget_counts,
    slot_of,
    slots_of,
)
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.types import Detections, Look
from streetwatch.zones.zone import Zone, ZoneKind

NOON: Final = 1_772_424_000.0
WHOLE: Final = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
SQUARE: Final = Zone("square", WHOLE, ZoneKind.PERMITTED)
GATE: Final = Camera("gate", "南门", Source(SourceKind.RTSP, "rtsp://cam/1"), None, (SQUARE,))
SURE: Final = {"person": 0.5, "vendor_stall": 0.5}
LEVEL: Final = Levels({"gate/square": 20.0})


@pytest.fixture
def store(new_database: Callable[..., str]) -> Iterator[SqlStore]:
    store = open_store(new_database())
    yield store
    store.close()


def _look(at: float, people: int, stalls: int = 0, *, is_detected: bool = True) -> Look:
    n = people + stalls
    labels = [CLASS_ID["person"]] * people + [CLASS_ID["vendor_stall"]] * stalls
    boxes = np.array([(4 * one, 0, 4 * one + 2, 50) for one in range(n)], np.float32)
    seen = Detections(boxes.reshape(-1, 4), np.ones(n, np.float32), np.array(labels, np.int64))
    return Look(at, (1000, 100), seen, is_detected=is_detected)


def _slot(number: int, people: int) -> dict[ZoneSlot, Count]:
    one = ZoneSlot("gate", "square", slot_of(NOON) + number)
    return {one: Count(looks=10, people=10 * people, most=people + 2)}


def _follow(store: SqlStore, watch: CrowdWatch, *people: int, first: int = 0) -> None:
    for number, each in enumerate(people, first):
        add_counts(store.engine, _slot(number, each))
        watch.follow(_slot(number, each), NOON + (number + 1) * SLOT_S)


def test_detections_are_counted_and_what_is_said_again_is_not(store: SqlStore) -> None:
    counts = ZoneCounts(store.engine, SURE, clock=lambda: NOON)
    counts.add(GATE, _look(NOON, 3, 1))
    counts.add(GATE, _look(NOON + 30, 5))
    counts.add(GATE, _look(NOON + 40, 9, is_detected=False))
    counts.add(GATE, _look(NOON + SLOT_S, 2))
    assert len(counts.write(NOON + 60)) == 0
    assert list(counts.write(NOON + SLOT_S + 60).values()) == [Count(2, 8, 5, 1, 1)]
    counts.stop(timeout_s=0)
    found = slots_of(store.engine, start=NOON, end=NOON + 3600)
    assert found.at.tolist() == [NOON, NOON + SLOT_S]
    assert found.figures.tolist() == [[2, 8, 5, 1, 1], [1, 2, 2, 0, 0]]
    assert found.people.tolist() == [4.0, 2.0]


def test_a_slot_that_two_processes_have_counted_is_one(store: SqlStore) -> None:
    for people in (4, 2):
        add_counts(store.engine, _slot(0, people))
    found = slots_of(store.engine, start=NOON, end=NOON + SLOT_S, cameras=["gate"], zone="square")
    assert found.figures.tolist() == [[20, 60, 6, 0, 0]]
    assert not len(slots_of(store.engine, start=NOON, end=NOON + SLOT_S, cameras=["quay"]).at)


def test_a_crowd_is_written_down_once_with_its_notice_and_ends(store: SqlStore) -> None:
    woken: list[bool] = []
    watch = CrowdWatch(store.engine, lambda: [GATE], LEVEL, promised=lambda: woken.append(True))
    _follow(store, watch, 2, 2, 5, 12, 14, 17, 26, 24, first=-2)
    (there,) = open_crowds(store.engine)
    assert (there.warned_at, there.people) == (NOON + 4 * SLOT_S, 17.0)
    assert (there.heads_to, there.usual, there.is_usual) == (24.5, None, False)
    assert (there.peak, there.peak_at) == (26.0, NOON + 5 * SLOT_S)
    (notice,) = Notices(store.engine).latest(state=None, limit=9)
    assert woken == [True]
    assert notice.body["notice"] == "crowd"
    assert (notice.body["camera_name"], notice.body["zone"]) == ("南门", "square")
    assert (notice.body["people"], notice.body["level"]) == (17.0, 20.0)
    _follow(store, watch, 9, 3, 3, first=6)
    assert not open_crowds(store.engine)
    (gone,) = crowds_between(store.engine, start=NOON, end=NOON + 86_400, limit=9)
    assert gone.ended_at == NOON + 9 * SLOT_S
    _follow(store, watch, 12, 16, 21, first=9)
    assert len(open_crowds(store.engine)) == 1
    assert len(Notices(store.engine).latest(state=None, limit=9)) == 2


def test_a_restart_warns_of_nothing_twice_and_goes_on_from_what_is_stored(store: SqlStore) -> None:
    _follow(store, CrowdWatch(store.engine, lambda: [GATE], LEVEL), 2, 2, 5, 12, 14, first=-2)
    for number, people in enumerate((18, 22, 25), 3):
        _follow(store, CrowdWatch(store.engine, lambda: [GATE], LEVEL), people, first=number)
    assert len(crowds_between(store.engine, start=0, end=NOON * 2, limit=9)) == 1
    assert not Notices(store.engine).latest(state=None, limit=9)


@pytest.mark.parametrize("levels", [Levels({"*/*": 0.0}), Levels()], ids=["off", "nothing known"])
def test_nobody_is_warned_where_none_is_to_be_or_nothing_is_known(
    store: SqlStore, levels: Levels
) -> None:
    watch = CrowdWatch(store.engine, lambda: [GATE], levels)
    _follow(store, watch, 2, 2, 5, 12, 14, 18, 26, first=-2)
    assert not open_crowds(store.engine)


def test_a_crowd_that_nobody_looks_at_any_more_is_over(store: SqlStore) -> None:
    watch = CrowdWatch(store.engine, lambda: [GATE], LEVEL)
    _follow(store, watch, 2, 2, 5, 12, 14, 17, first=-2)
    assert open_crowds(store.engine)
    watch.follow({}, NOON + 5 * 3600)
    assert not open_crowds(store.engine)


def test_what_is_usual_is_learnt_from_what_is_stored(store: SqlStore) -> None:
    counts: dict[ZoneSlot, Count] = {}
    for hour in range(1, 15 * 24):
        counts |= _slot(-6 * hour, 4)
    add_counts(store.engine, counts)
    watch = CrowdWatch(store.engine, lambda: [GATE], Levels())
    _follow(store, watch, 4, 16, 22, 30)
    (there,) = open_crowds(store.engine)
    assert (there.usual, there.level) == (4.0, 13.0)


def test_counts_and_crowds_are_forgotten_when_their_time_is_over(store: SqlStore) -> None:
    watch = CrowdWatch(store.engine, lambda: [GATE], LEVEL)
    _follow(store, watch, 2, 2, 5, 12, 14, 17, 3, 3, 3, first=-2)
    add_counts(store.engine, _slot(12, 5))
    with writing(store.engine) as connection:
        assert forget_counts(connection, before=NOON + 7200) == 3
        assert forget_crowds(connection, before=NOON + 7200) == 1
    assert len(slots_of(store.engine, start=0, end=NOON * 2).at) == 1
