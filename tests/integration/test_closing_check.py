"""The closing check on a real desk, a real store and a camera whose looks the test makes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from live_service import wait_for
from sealed import SEAL
from streetwatch.models.labels import CLASS_ID
from streetwatch.service.cameras import Camera
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.closing.check import ClosingCheck
from streetwatch.service.desk.closing.decide import Terms, Verification
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.states import CaseState
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents.case import Occasion
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.incidents.retention import Periods
from streetwatch.service.incidents.routing import DESK
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.sights import CameraSights
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.upkeep.backup import back_up
from streetwatch.service.upkeep.verify import Verification as Checked
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Detections, Frame, Look
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.schedule import Schedule, Window
from streetwatch.zones.zone import Zone
from waiting import PATIENCE_S

START = 1_795_363_200.0  # midnight in China
BOX = (200.0, 150.0, 320.0, 230.0)
WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
NIGHT = Schedule((Window(frozenset(range(7)), 0, 60),))  # until one o'clock


@dataclass
class Watched:
    """A camera as the service runs it."""

    camera: Camera
    recorder: Recorder
    last_frame_at: float | None = None


@dataclass
class Street:
    """A garbage heap before a camera, its case on a desk, and the check."""

    folder: Path
    auto_close: bool = False
    now: float = START
    cameras: dict[str, Watched] = field(default_factory=dict)
    ended: list[tuple[str, str, float]] = field(default_factory=list)
    store: SqlStore = field(init=False)
    book: Book = field(init=False)
    check: ClosingCheck = field(init=False)
    watch: CameraWatch = field(init=False)

    def __post_init__(self) -> None:
        self.store = open_store(f"sqlite:///{self.folder / 'db'}")
        self.book = Book(self.store.engine)
        rule = replace(
            DEFAULTS[ViolationType.EXPOSED_GARBAGE], dwell_s=10.0, clear_s=5.0, schedule=NIGHT
        )
        zones = (Zone("z", WHOLE, rules=(rule,)),)
        camera = Camera("cam", "人民路", Source(SourceKind.RTSP, "rtsp://x/"), None, zones)
        recorder = Recorder(
            site=camera.site,
            zones=camera.zones,
            copies=Copies(EvidenceFolder(self.folder / "evidence")),
            seal=SEAL,
            ring=None,
            window=ClipWindow(1.0, 1.0),
        )
        self.cameras["cam"] = Watched(camera, recorder)
        self.watch = CameraWatch(
            watched=camera.watched(model="m"), store=self.store, recorder=recorder
        )
        self.check = self.checking(CameraSights(self.store, lambda: self.cameras))

    def checking(self, sights: CameraSights) -> ClosingCheck:
        """Return a check that sees by these."""
        return ClosingCheck(
            self.store.engine,
            self.book,
            sights,
            terms=Terms(patience_s=60.0, limit_s=600.0),
            auto_close=self.auto_close,
            clock=lambda: self.now,
            on_end=lambda *told: self.ended.append(told),
            every_s=0.01,
        )

    def looks(self, seconds: int, *, heap: bool = True) -> None:
        """Look once a second; deliver what was promised."""
        for _ in range(seconds):
            self.now += 1
            image = np.full((360, 640, 3), int(self.now - START) % 250, np.uint8)
            frame = Frame("cam", 0, self.now, Pixels(image))
            seen = Detections.empty()
            if heap:
                seen = Detections(
                    np.array([BOX], np.float32),
                    np.array([0.7], np.float32),
                    np.array([CLASS_ID["garbage"]], np.int64),
                )
            self.watch.look(Look(self.now, frame.size, seen), frame)
            self.cameras["cam"].last_frame_at = self.now
        self._deliver()

    def _deliver(self) -> None:
        outbox = Outbox(self.store.engine)
        while (claimed := outbox.claim(DESK, now=self.now, lease_s=60.0)) is not None:
            message = claimed.message
            report = Report.model_validate(case_json(message.case))
            if message.occasion is Occasion.OPENED:
                self.book.report(report, key=message.key, now=self.now)
            else:
                self.book.update(report.external_id, report)
            outbox.delivered(claimed, Receipt(), now=self.now)

    def handled(self) -> None:
        """People say that they have taken it away."""
        way = [CaseState.ACCEPTED, CaseState.DISPATCHED, CaseState.HANDLED]
        for state in way[-1:] if self.case["state"] == CaseState.DISPATCHED else way:
            self.book.move(self.number, Move(state=state), now=self.now)

    @property
    def number(self) -> str:
        return "SW-20261123-0001"

    @property
    def case(self) -> dict[str, Any]:
        return self.book.case(self.number)

    def findings(self) -> list[str]:
        evidence = EvidenceFolder(self.folder / "evidence")
        check = Checked(self.store.engine, evidence, Periods(), told=None, desk=DESK)
        return [found.what for found in check.run(now=self.now + 1e9)]

    def roles(self) -> list[str]:
        return [file["role"] for file in self.case["evidence"]]


@pytest.fixture(params=[False])
def street(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Street]:
    built = Street(tmp_path, auto_close=request.param)
    built.looks(30)
    yield built
    built.store.close()


def test_what_was_taken_away_is_found_gone_with_a_picture_before_and_after(street: Street) -> None:
    street.handled()
    assert street.check.check() == 0
    street.looks(20, heap=False)
    assert street.check.check() == 1
    case = street.case
    assert (case["verification"], case["state"]) == ("not_exist", "handled")
    line = case["history"][-1]
    assert (line["action"], line["result"]) == ("verify", "not_exist")
    folder = f"/evidence/{case['external_id']}"
    assert (line["before"], line["after"]) == (f"{folder}/threshold.jpg", f"{folder}/cleared.jpg")
    assert street.roles().count("cleared") == 1
    assert street.check.check() == 0
    assert street.ended == []


@pytest.mark.parametrize("street", [True], indirect=True)
def test_where_the_setting_says_so_it_is_closed(street: Street) -> None:
    street.looks(20, heap=False)
    street.handled()
    assert street.check.check() == 1
    assert street.case["state"] == "closed"
    assert street.ended == [(street.case["external_id"], "closed", street.now)]


def test_what_still_stands_is_dispatched_again_once_for_each_handling(street: Street) -> None:
    street.handled()
    street.looks(59)
    assert street.check.check() == 0
    street.looks(1)
    assert street.check.check() == 1
    case = street.case
    assert (case["state"], case["verification"]) == ("dispatched", "exist")
    assert "still there after handling" in case["history"][-1]["note"]
    assert "still_there" in street.roles()
    assert street.check.check() == 0
    street.handled()
    street.looks(60)
    assert street.check.check() == 1
    states = [line["state"] for line in street.case["history"] if "state" in line]
    assert states.count("dispatched") == 3
    assert street.roles().count("still_there") == 2


def test_pictures_of_the_check_stay_when_the_camera_tells_more(street: Street) -> None:
    street.handled()
    street.looks(60)
    street.check.check()
    street.looks(20, heap=False)
    assert {"still_there", "cleared"} <= set(street.roles())


def test_a_camera_that_is_down_says_so_and_may_come_back(street: Street) -> None:
    street.handled()
    street.now += 599
    assert street.check.check() == 0
    street.now += 1
    assert street.check.check() == 1
    assert street.case["verification"] == "unable"
    assert "no pictures" in street.case["history"][-1]["note"]
    assert street.check.check() == 0
    street.looks(20, heap=False)
    assert street.check.check() == 1
    assert (street.case["verification"], street.case["state"]) == ("not_exist", "handled")


def test_what_stands_there_when_the_rule_does_not_apply_is_not_judged(street: Street) -> None:
    street.now = START + 3590
    street.looks(1)
    street.handled()
    street.looks(70)
    assert street.check.check() == 0
    street.now += 600
    street.looks(1)
    assert street.check.check() == 1
    assert "does not apply at this hour" in street.case["history"][-1]["note"]


def test_a_camera_that_was_removed_cannot_see(street: Street) -> None:
    del street.cameras["cam"]
    street.handled()
    street.now += 600
    assert street.check.check() == 1
    assert "removed" in street.case["history"][-1]["note"]


def test_what_people_move_meanwhile_is_theirs(street: Street) -> None:
    street.handled()
    street.looks(20, heap=False)
    street.book.move(street.number, Move(state=CaseState.CLOSED), now=street.now)
    assert street.check.check() == 0
    assert street.case["verification"] is None


def test_it_runs_in_a_thread_that_stops_promptly(street: Street) -> None:
    street.handled()
    street.looks(20, heap=False)
    street.check.start()

    def is_checked() -> bool | None:
        with street.store.engine.connect() as connection:
            query = sa.text("SELECT verification FROM desk_case")
            return connection.execute(query).scalar_one() is not None or None

    wait_for("check", is_checked)
    street.check.stop(timeout_s=PATIENCE_S)
    assert street.case["verification"] == "not_exist"


def test_pictures_of_the_check_are_verified_and_backed_up(street: Street, tmp_path: Path) -> None:
    street.handled()
    street.looks(90)
    assert street.check.check() == 1
    assert "still_there" in street.roles()
    evidence = EvidenceFolder(street.folder / "evidence")
    assert street.findings() == []
    copied = back_up(street.store.engine, evidence, tmp_path / "backup", now=street.now)
    assert (copied.files, copied.damaged) == (len(street.case["evidence"]), ())
    (one,) = [file for file in street.case["evidence"] if file["role"] == "still_there"]
    name = street.case["external_id"]
    assert (tmp_path / "backup" / "evidence" / name / one["name"]).is_file()
    evidence.path(name, one["name"]).unlink()
    assert street.findings() == ["file_missing"]


class Interrupted(CameraSights):
    """Something comes between the picture and the case."""

    then: Callable[[], object] = staticmethod(lambda: None)

    def picture(self, name: str, result: Verification, since: float) -> dict[str, Any] | None:
        taken = super().picture(name, result, since)
        self.then()
        return taken


class KilledError(Exception):
    """The process ends here."""


def killed() -> None:
    raise KilledError


def test_a_process_that_dies_after_its_picture_leaves_none_that_no_case_has(
    street: Street,
) -> None:
    street.handled()
    street.looks(90)
    sights = Interrupted(street.store, lambda: street.cameras)
    sights.then = killed
    with pytest.raises(KilledError):
        street.checking(sights).check()
    street.looks(5)
    assert street.check.check() == 1
    assert street.roles().count("still_there") == 1
    assert street.findings() == []


def test_a_picture_of_a_case_that_people_have_moved_meanwhile_is_deleted(street: Street) -> None:
    street.handled()
    street.looks(90)
    sights = Interrupted(street.store, lambda: street.cameras)
    closed = Move(state=CaseState.CLOSED)
    sights.then = lambda: street.book.move(street.number, closed, now=street.now)
    street.checking(sights).check()
    assert street.case["verification"] is None
    assert street.findings() == []
