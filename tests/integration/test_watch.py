"""One camera's chain on a real store and a real evidence folder."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import sqlalchemy as sa

from sealed import SEAL
from streetwatch.models.labels import CLASS_ID
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents import hearing
from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.incidents.incident import Incident, State, incident_id
from streetwatch.service.incidents.routing import DESK
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Detections, Frame, Look
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone

START = 1_795_363_200.0
DWELL_S = 10.0
DAY_S = 86_400
CAR = (200.0, 150.0, 320.0, 230.0)


def zone(soft_start_s: float = 0.0) -> Zone:
    default = DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR]
    rule = type(default)(
        **{
            name: getattr(default, name)
            for name in default.__dataclass_fields__
            if name not in {"dwell_s", "clear_s", "soft_start_s"}
        },
        dwell_s=DWELL_S,
        clear_s=5.0,
        soft_start_s=soft_start_s,
    )
    return Zone("kerb", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), rules=(rule,))


class Street:
    """A camera whose picture gets a little brighter every second."""

    def __init__(self, folder: Path, *, soft_start_s: float = 0.0) -> None:
        self.folder = folder
        self.soft_start_s = soft_start_s
        self.store: SqlStore = open_store(f"sqlite:///{folder / 'db'}")
        self.watch = self.started()

    def started(self) -> CameraWatch:
        watched = Watched(Site("cam", "人民路", None), (zone(self.soft_start_s),), "model@1")
        recorder = Recorder(
            site=watched.site,
            zones=watched.zones,
            copies=Copies(EvidenceFolder(self.folder / "evidence")),
            seal=SEAL,
            ring=None,
            window=ClipWindow(before_s=2.0, after_s=3.0),
        )
        return CameraWatch(watched=watched, store=self.store, recorder=recorder)

    def look(self, second: int, *, car: bool = True) -> tuple[Incident, ...]:
        picture = Pixels(np.full((360, 640, 3), second % 250, np.uint8))
        frame = Frame("cam", second, START + second, picture)
        seen = Detections.empty()
        if car:
            seen = Detections(
                np.array([CAR], np.float32),
                np.array([0.7], np.float32),
                np.array([CLASS_ID["car"]], np.int64),
            )
        return self.watch.look(Look(frame.at, frame.size, seen), frame)

    def looks(self, start: int, end: int, *, car: bool = True) -> None:
        for second in range(start, end):
            self.look(second, car=car)

    def end(self, second: int, *, rejected: bool = False) -> None:
        """The case platform closes or rejects the case there is."""
        first, *_ = self.store.incidents()
        hearing.close(first.id, rejected=rejected, store=self.store, at=START + second)

    @property
    def incident(self) -> Incident:
        (incident,) = self.store.incidents()
        return incident

    def manifest(self) -> dict[str, object]:
        path = self.folder / "evidence" / self.incident.id / "manifest.json"
        document: dict[str, object] = json.loads(path.read_text())
        return document

    def brightness(self, name: str) -> int:
        path = self.folder / "evidence" / self.incident.id / name
        image = cv2.imread(str(path))
        assert image is not None
        return round(float(image.mean()))

    def occasions(self) -> list[str]:
        query = sa.text("SELECT occasion FROM outbox ORDER BY position")
        with self.store.engine.connect() as connection:
            return list(connection.execute(query).scalars())


@pytest.fixture
def street(tmp_path: Path) -> Street:
    return Street(tmp_path)


def test_evidence_shows_the_first_look_the_threshold_and_the_latest(street: Street) -> None:
    street.looks(50, 70)
    assert street.incident.state is State.OPEN
    assert street.incident.violation_at == START + 60
    assert street.brightness("first_seen.jpg") == pytest.approx(50, abs=1)
    assert street.brightness("threshold.jpg") == pytest.approx(60, abs=1)
    assert street.brightness("latest.jpg") == pytest.approx(63, abs=1)
    assert street.occasions() == ["opened", "evidence"]


def test_the_manifest_names_every_file_with_its_hash_and_what_is_missing(street: Street) -> None:
    street.looks(50, 70)
    manifest = street.manifest()
    folder = street.folder / "evidence" / street.incident.id
    hashes = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.stem != "manifest"
    }
    files = manifest["files"]
    assert isinstance(files, list)
    assert {one["name"]: one["sha256"] for one in files} == hashes
    assert [one["role"] for one in files] == [
        "first_seen",
        "threshold",
        "close_up",
        "zone_overlay",
        "latest",
        "track",
    ]
    assert manifest["violation_at"] == {
        "utc": "2026-11-22T16:01:00.000+00:00",
        "local": "2026-11-23T00:01:00.000+08:00",
    }
    assert manifest["missing"] == [
        "clip: this camera keeps none (privacy mask, or a source without packets)"
    ]
    assert manifest["model"] == "model@1"


def test_what_leaves_early_keeps_no_case_and_no_message(street: Street) -> None:
    street.looks(50, 56)
    street.looks(56, 75, car=False)
    assert street.incident.state is State.CLOSED
    assert street.incident.violation_at is None
    assert street.occasions() == []


def test_a_cleared_place_is_pictured_and_told_once(street: Street) -> None:
    street.looks(50, 70)
    street.looks(70, 90, car=False)
    assert street.incident.state is State.CLEARED
    assert street.brightness("cleared.jpg") == pytest.approx(74, abs=1)
    assert street.occasions() == ["opened", "evidence", "cleared"]


def test_a_restart_goes_on_and_seals_what_was_left_open(street: Street) -> None:
    street.looks(50, 61)
    assert street.occasions() == ["opened"]
    street.watch = street.started()
    street.looks(61, 70)
    assert street.occasions() == ["opened", "evidence"]
    assert street.brightness("first_seen.jpg") == pytest.approx(50, abs=1)
    assert street.incident.observed_s == 19.0


def test_after_a_restart_on_a_dead_camera_evidence_is_sealed_with_what_there_is(
    street: Street,
) -> None:
    street.looks(50, 61)
    street.watch = street.started()
    street.watch.seal(START + 75)
    assert street.occasions() == ["opened"]
    street.watch.seal(START + 60 + 3 + 60)
    assert street.occasions() == ["opened", "evidence"]
    missing = street.manifest()["missing"]
    assert isinstance(missing, list)
    assert [line.split(":")[0] for line in missing] == ["latest", "clip", "track"]


def test_the_track_of_a_process_that_died_before_it_sealed_does_not_stay(street: Street) -> None:
    street.looks(50, 61)
    left = street.folder / "evidence" / street.incident.id / "track.json"
    left.write_text("{}")
    street.watch = street.started()
    street.watch.seal(START + 60 + 3 + 60)
    assert "manifest.json" in {path.name for path in left.parent.iterdir()}
    assert not left.exists(), "no manifest names it"


def test_a_disk_that_refuses_files_nothing_and_the_next_look_tries_again(street: Street) -> None:
    street.looks(50, 60)
    folder = street.folder / "evidence" / street.incident.id
    aside = folder.rename(folder.with_name("aside"))
    folder.write_text("a file where the folder was: nothing can be written")
    with pytest.raises(StorageError, match=street.incident.id):
        street.look(60)
    assert street.incident.state.value == "candidate"
    assert street.occasions() == []

    folder.unlink()
    aside.rename(folder)
    street.look(61)
    assert street.incident.state is State.OPEN
    assert street.occasions() == ["opened"]


def test_a_message_in_the_outbox_is_what_the_incident_was(street: Street) -> None:
    street.looks(50, 62)
    claimed = Outbox(street.store.engine).claim(DESK, now=START + 100, lease_s=60)
    assert claimed is not None
    case = claimed.message.case
    assert case.external_id == street.incident.id
    assert {one.role for one in case.evidence} >= {"first_seen", "threshold", "zone_overlay"}
    assert case.site.name == "人民路"


def test_an_incident_is_named_by_camera_zone_type_place_and_time(street: Street) -> None:
    street.looks(50, 62)
    key = f"kerb/illegal_parking_motor/{START + 50:.3f}/200,150,320,230"
    assert street.incident.id == incident_id("cam", key)


def test_what_stands_on_after_its_case_was_closed_is_disputed_once(street: Street) -> None:
    street.looks(50, 70)
    street.end(70)
    street.looks(70, 75)
    assert street.incident.state is State.CLOSED
    street.looks(75, 80)
    assert (street.incident.state, street.incident.disputed_at) == (State.OPEN, START + 75)
    assert street.brightness("disputed.jpg") == pytest.approx(75, abs=1)
    assert street.occasions() == ["opened", "evidence", "disputed"]
    street.end(80)
    street.looks(80, 100)
    assert street.incident.state is State.CLOSED
    assert street.occasions() == ["opened", "evidence", "disputed"]


def test_what_leaves_after_it_was_disputed_is_cleared(street: Street) -> None:
    street.looks(50, 70)
    street.end(70)
    street.looks(70, 80)
    street.looks(80, 90, car=False)
    assert street.incident.state is State.CLEARED
    assert street.occasions() == ["opened", "evidence", "disputed", "cleared"]


def test_what_left_in_time_after_its_case_was_closed_is_not_disputed(street: Street) -> None:
    street.looks(50, 70)
    street.end(70)
    street.looks(70, 74)
    street.looks(74, 100, car=False)
    assert street.incident.state is State.CLOSED
    assert street.occasions() == ["opened", "evidence"]


def test_a_place_whose_case_was_rejected_is_mute_for_a_while(street: Street) -> None:
    street.looks(50, 70)
    street.end(70, rejected=True)
    street.looks(70, 100)
    street.looks(100, 110, car=False)
    street.looks(110, 130)
    assert street.incident.state is State.CLOSED
    assert street.occasions() == ["opened", "evidence"]


def test_after_that_while_it_is_a_case_again(street: Street) -> None:
    street.looks(50, 70)
    street.end(70, rejected=True)
    street.looks(70, 80, car=False)
    street.looks(80 + DAY_S, 95 + DAY_S)
    first, again = street.store.incidents()
    assert (again.state, again.recurrence_of) == (State.OPEN, first.id)


@pytest.fixture
def gentle_street(tmp_path: Path) -> Street:
    return Street(tmp_path, soft_start_s=20.0)


def test_what_goes_when_it_is_warned_is_told_with_pictures_before_and_after(
    gentle_street: Street,
) -> None:
    gentle_street.looks(50, 70)
    assert gentle_street.incident.state is State.WARNED
    assert gentle_street.occasions() == ["warned"]
    gentle_street.looks(70, 120, car=False)
    assert (gentle_street.incident.state, gentle_street.incident.opened_at) == (State.CLEARED, None)
    assert gentle_street.occasions() == ["warned", "cleared"]
    assert gentle_street.brightness("first_seen.jpg") == pytest.approx(50, abs=1)
    assert gentle_street.brightness("warned.jpg") == pytest.approx(60, abs=1)
    assert gentle_street.brightness("cleared.jpg") == pytest.approx(74, abs=1)


def test_what_stands_on_after_a_warning_is_filed_with_a_clip_of_that_moment(
    gentle_street: Street,
) -> None:
    gentle_street.looks(50, 80)
    assert gentle_street.occasions() == ["warned"]
    gentle_street.looks(80, 82)
    assert gentle_street.incident.opened_at == START + 80
    assert gentle_street.occasions() == ["warned", "opened"]
    gentle_street.looks(82, 90)
    assert gentle_street.occasions() == ["warned", "opened", "evidence"]
    assert gentle_street.brightness("threshold.jpg") == pytest.approx(80, abs=1)


def test_a_warning_survives_a_restart_and_an_outage(gentle_street: Street) -> None:
    gentle_street.looks(50, 65)
    gentle_street.watch = gentle_street.started()
    gentle_street.look(200)
    assert gentle_street.occasions() == ["warned"]  # nobody has looked since: it may have gone
    gentle_street.look(201)
    assert gentle_street.occasions() == ["warned", "opened"]


def test_a_warning_is_not_repeated_and_files_nothing_in_a_covered_view(
    gentle_street: Street,
) -> None:
    gentle_street.looks(50, 65)
    gentle_street.looks(65, 68, car=False)
    assert gentle_street.occasions() == ["warned"]
    gentle_street.looks(68, 79)
    assert gentle_street.occasions() == ["warned"]


ELSEWHERE = ((0.9, 0.9), (1.0, 0.9), (1.0, 1.0), (0.9, 1.0))


def redraw(street: Street, second: int, *zones: Zone) -> None:
    street.watch.redraw(Watched(Site("cam", "人民路", None), zones, "model@1"), START + second)


def test_a_stay_that_is_maturing_goes_on_when_another_zone_is_drawn(street: Street) -> None:
    street.looks(50, 58)
    redraw(street, 58, zone(), replace(zone(), id="other", polygon=ELSEWHERE))
    street.looks(58, 70)
    assert street.incident.violation_at == START + 60
    assert street.brightness("first_seen.jpg") == pytest.approx(50, abs=1)


def test_a_case_whose_zone_is_taken_out_stays_and_its_evidence_is_completed(street: Street) -> None:
    street.looks(50, 62)
    redraw(street, 62)
    street.looks(62, 90, car=False)
    assert street.incident.state is State.OPEN, "nobody saw it leave"
    assert street.occasions() == ["opened", "evidence"]


@pytest.mark.parametrize("restarts", [False, True], ids=["in one life", "over a restart"])
def test_a_zone_that_is_drawn_again_files_nothing_twice(street: Street, *, restarts: bool) -> None:
    street.looks(50, 70)
    redraw(street, 70, replace(zone(), polygon=ELSEWHERE))
    street.looks(70, 100)
    if restarts:
        street.watch = street.started()
    redraw(street, 100, zone())
    street.looks(100, 130)
    street.looks(130, 150, car=False)
    assert street.incident.state is State.CLEARED
    assert street.occasions() == ["opened", "evidence", "cleared"]


def test_a_camera_that_is_taken_away_has_its_evidence_completed_with_what_there_is(
    street: Street,
) -> None:
    street.looks(50, 62)
    street.watch.finish(START + 62)
    assert street.brightness("latest.jpg") == pytest.approx(61, abs=1)
    assert street.occasions() == ["opened", "evidence"]
