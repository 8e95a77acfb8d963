"""Looks that are kept, and zones tried on them."""

from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from streetwatch.models.labels import CLASS_ID
from streetwatch.service.cameras.camera import CameraDocument
from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.cameras.errors import CameraRefusedError
from streetwatch.service.cameras.ledger import Ledger
from streetwatch.service.cameras.vault import Vault
from streetwatch.service.config.document import Tree
from streetwatch.service.dry_run import Difference, DryRuns, Progress
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.service.runtime.recorded import recorded_looks
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.vision.types import Detections, Look
from waiting import awaited

START = 1_795_363_200.0
HOUR_S = 3600
MUCH = 100_000_000
LEFT_CAR = (60.0, 150.0, 160.0, 230.0)
RIGHT_CAR = (440.0, 150.0, 540.0, 230.0)
LEFT: Tree = [[0.0, 0.0], [0.5, 0.0], [0.5, 1.0], [0.0, 1.0]]
RIGHT: Tree = [[0.5, 0.0], [1.0, 0.0], [1.0, 1.0], [0.5, 1.0]]


#: A zone: its id, outline and dwell.
Drawn = tuple[str, Tree, float]


def look(second: float, *cars: tuple[float, ...]) -> Look:
    seen = Detections(
        np.array(cars, np.float32).reshape(-1, 4),
        np.full(len(cars), 0.8, np.float32),
        np.full(len(cars), CLASS_ID["car"], np.int64),
    )
    return Look(START + second, (640, 360), seen)


def kept(log: LooksLog, *, since: float = 0.0) -> list[float]:
    """When the looks that are kept were, seconds."""
    steps = recorded_looks(log.lines("kerb", since=START + since), name="log")
    return [step.at - START for step in steps if isinstance(step, Look)]


def log_in(folder: Path, *, hours: float = 24, size: int = MUCH) -> LooksLog:
    return LooksLog(folder / "looks", keep_s=hours * HOUR_S, keep_bytes=size)


def fill(log: LooksLog, *seconds: int) -> None:
    for second in seconds:
        log.add("kerb", look(second, LEFT_CAR))
    log.write()


def test_looks_are_read_as_they_were_seen(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    log.add("kerb", look(5, LEFT_CAR, RIGHT_CAR))
    log.add("other", look(6))
    (back,) = recorded_looks(log.lines("kerb", since=START), name="log")
    assert isinstance(back, Look)
    assert (back.at, back.size) == (START + 5, (640, 360))
    assert back.detections.xyxy.tolist() == [list(LEFT_CAR), list(RIGHT_CAR)]
    assert back.detections.labels == ["car", "car"]


def test_a_killed_process_spoils_nothing_that_was_written_before(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    fill(log, 1, 2)
    fill(log, 3, 4)
    (file,) = (tmp_path / "looks" / "kerb").iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-7])  # cut short in the middle of the last write
    after = log_in(tmp_path)
    fill(after, 60)
    assert kept(after)[:2] == [1, 2]
    assert kept(after)[-1] == 60


def test_looks_go_after_their_hours(tmp_path: Path) -> None:
    log = log_in(tmp_path, hours=2)
    for hour in range(6):
        fill(log, hour * HOUR_S, hour * HOUR_S + 10)
    assert min(kept(log)) >= 2 * HOUR_S
    assert max(kept(log)) == 5 * HOUR_S + 10


def test_the_oldest_looks_go_where_they_are_too_much(tmp_path: Path) -> None:
    log = log_in(tmp_path, size=500)
    for hour in range(10):
        fill(log, hour * HOUR_S)
    size = sum(file.stat().st_size for file in (tmp_path / "looks").rglob("*.gz"))
    assert 0 < size <= 700
    assert max(kept(log)) == 9 * HOUR_S


def test_only_the_hours_that_are_asked_for_are_read(tmp_path: Path) -> None:
    log = log_in(tmp_path)
    for hour in range(5):
        fill(log, hour * HOUR_S)
    assert kept(log, since=3 * HOUR_S + 5) == [3 * HOUR_S, 4 * HOUR_S]


def test_where_nothing_is_to_be_kept_nothing_is(tmp_path: Path) -> None:
    log = log_in(tmp_path, hours=0)
    fill(log, 1)
    assert kept(log) == []
    assert not (tmp_path / "looks").exists()


@dataclass
class Street:
    """A camera with a zone on the left, and a car on each side for ten minutes."""

    log: LooksLog
    store: SqlStore
    catalogue: Catalogue
    runs: DryRuns

    def document(self, *zones: Drawn) -> CameraDocument:
        document: CameraDocument = {
            "id": "kerb",
            "source": {"kind": "rtsp", "url": "rtsp://10.0.0.5/s"},
            "zones": [
                {
                    "id": name,
                    "polygon": polygon,
                    "rules": [{"type": "illegal_parking_motor", "dwell_s": dwell_s}],
                }
                for name, polygon, dwell_s in zones
            ],
        }
        return document

    def tried(self, *zones: Drawn) -> Difference:
        async def last() -> Difference:
            told = [one async for one in self.runs.run(self.document(*zones), 1, who="lin")]
            assert all(isinstance(one, Progress) for one in told[:-1])
            assert isinstance(told[-1], Difference)
            return told[-1]

        return awaited(last())


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    store = open_store("sqlite://")
    catalogue = Catalogue(Ledger(store.engine), Vault.at(tmp_path / "key"), (), clock=lambda: START)
    log = log_in(tmp_path)
    for second in range(0, 600, 2):
        log.add("kerb", look(second, LEFT_CAR, RIGHT_CAR))
    runs = DryRuns(catalogue, log, store, lambda: START + 900)
    one = Street(log, store, catalogue, runs)
    catalogue.add(one.document(("road", LEFT, 60)), by="lin")
    yield one
    store.close()


def test_the_same_zones_change_nothing(street: Street) -> None:
    found = street.tried(("road", LEFT, 60))
    assert (found.more, found.less, found.same) == ((), (), 1)
    assert (found.looks, found.from_at, found.to_at) == (300, START, START + 598)


def test_a_zone_that_is_renamed_files_the_same(street: Street) -> None:
    found = street.tried(("kerbside", LEFT, 60))
    assert (found.more, found.less, found.same) == ((), (), 1)


def test_one_more_zone_files_one_more_with_its_time_and_place(street: Street) -> None:
    found = street.tried(("road", LEFT, 60), ("bay", RIGHT, 120))
    (more,) = found.more
    assert (more.zone_id, more.type) == ("bay", "illegal_parking_motor")
    assert more.at == pytest.approx(START + 120, abs=3)
    assert more.box == pytest.approx((440 / 640, 150 / 360, 540 / 640, 230 / 360))
    assert (found.less, found.same, more.still) == ((), 1, None)


@pytest.mark.parametrize(
    "zones",
    [
        pytest.param((("road", RIGHT, 700.0),), id="drawn elsewhere"),
        pytest.param((("road", LEFT, 700.0),), id="a longer dwell"),
        pytest.param((), id="taken out"),
    ],
)
def test_what_is_filed_no_more_is_told(street: Street, zones: tuple[Drawn, ...]) -> None:
    found = street.tried(*zones)
    (less,) = found.less
    assert less.zone_id == "road"
    assert (found.more, found.same) == ((), 0)


def test_where_nothing_was_kept_nothing_is_known(street: Street) -> None:
    street.runs = DryRuns(street.catalogue, street.log, street.store, lambda: START + 10 * HOUR_S)
    assert street.tried(("road", LEFT, 60)).looks == 0


def test_wrong_zones_are_refused_before_anything_is_run(street: Street) -> None:
    with pytest.raises(CameraRefusedError, match="3 corners"):
        street.tried(("road", [[0.0, 0.0], [1.0, 1.0]], 60))


def test_a_dry_run_can_be_given_up(street: Street) -> None:
    async def first() -> object:
        run = street.runs.run(street.document(("road", LEFT, 60)), 1, who="lin")
        async with aclosing(run) as steps:
            return await anext(steps)

    assert isinstance(awaited(first()), Progress)
    assert street.tried(("road", LEFT, 60)).same == 1, "its turn is over"
