"""How much of its stream a camera keeps, from an empty street to a case with its clip."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from sealed import SEAL
from streetwatch.models.labels import CLASS_ID
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import CLIP, ClipWindow
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.runtime.watch import CameraWatch
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.capture.clip import StoredPacket
from streetwatch.vision.capture.decoded import Decoded
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.capture.template import StreamTemplate
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Detections, Frame, Look
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone

START = 1_795_363_200.0
WINDOW = ClipWindow(before_s=5.0, after_s=10.0)
PICTURES_A_SECOND, GOP_S = 10, 1.0
PICTURE = Pixels(np.full((360, 640, 3), 90, np.uint8))
CAR = Detections(
    np.array([(200.0, 150.0, 320.0, 230.0)], np.float32),
    np.array([0.8], np.float32),
    np.array([CLASS_ID["car"]], np.int64),
)


class Street:
    """A camera on a kerb: every second its packets come, then a look at it."""

    def __init__(self, folder: Path, stream: Path) -> None:
        self.folder, self.second = folder, 0
        with av.open(stream) as container:
            video = container.streams.video[0]
            self._template = StreamTemplate.of(video)
            self._coded = [bytes(one) for one in container.demux(video) if one.size]
        rule = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=60.0)
        kerb = Zone("kerb", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), rules=(rule,))
        watched = Watched(Site("cam", "cam", None), (kerb,), "model@1")
        self.ring = Ring(keep_s=WINDOW.whole_s)
        self.store = open_store(f"sqlite:///{folder / 'db'}")
        self.is_viewed = False
        self.recorder = Recorder(
            site=watched.site,
            zones=watched.zones,
            copies=Copies(EvidenceFolder(folder / "evidence")),
            seal=SEAL,
            ring=self.ring,
            window=WINDOW,
            is_viewed=lambda: self.is_viewed,
        )
        self._watch = CameraWatch(watched=watched, store=self.store, recorder=self.recorder)

    def passes(self, seconds: int, seen: Detections) -> None:
        for _ in range(seconds):
            for tick in range(PICTURES_A_SECOND):
                self._packet(self.second * PICTURES_A_SECOND + tick)
            self.second += 1
            frame = Frame("cam", self.second, START + self.second, PICTURE)
            self._watch.look(Look(frame.at, frame.size, seen), frame)

    def _packet(self, number: int) -> None:
        pts = round(number / PICTURES_A_SECOND / self._template.time_base)
        at, tick = START + number / PICTURES_A_SECOND, number % PICTURES_A_SECOND
        coded, is_key = self._coded[tick], tick == 0
        self.ring.add(StoredPacket(at, coded, pts, pts, 0, is_key, self._template))

    @property
    def kept_s(self) -> float:
        assert self.ring.span is not None
        return self.ring.span[1] - self.ring.span[0]


@pytest.fixture
def street(tmp_path: Path, counting_clip: Callable[..., Path]) -> Street:
    return Street(tmp_path, counting_clip())


def test_a_street_on_which_nothing_is_filed_soon_keeps_what_a_clip_begins_with(
    street: Street,
) -> None:
    street.passes(60, Detections.empty())
    assert WINDOW.lead_s <= street.kept_s <= WINDOW.lead_s + GOP_S
    street.passes(30, CAR)  # it has half a minute left
    assert street.kept_s <= WINDOW.lead_s + GOP_S


def test_the_clip_of_a_case_is_whole_and_then_the_stream_is_let_go(street: Street) -> None:
    street.passes(60, Detections.empty())
    street.passes(75, CAR)
    (incident,) = street.store.incidents()
    assert incident.violation_at is not None
    with av.open(street.folder / "evidence" / incident.id / CLIP) as clip:
        length_s = len(list(clip.demux(video=0))[:-1]) / PICTURES_A_SECOND
    assert length_s >= WINDOW.before_s + WINDOW.after_s
    assert street.kept_s > WINDOW.before_s + WINDOW.after_s
    street.passes(30, CAR)
    assert street.kept_s <= WINDOW.lead_s + GOP_S


@pytest.mark.parametrize("is_viewed", [False, True])
def test_the_latest_picture_is_held_small_too_where_people_look(
    street: Street, counting_clip: Callable[..., Path], *, is_viewed: bool
) -> None:
    street.is_viewed = is_viewed
    with av.open(counting_clip()) as container:
        picture = Decoded.of(next(container.decode(video=0)), longest=160)
    street.recorder.pictures.show(Frame("cam", 0, START, picture))
    latest = street.recorder.pictures.latest
    assert latest is not None
    assert isinstance(latest.picture, Decoded)
    assert (latest.picture.small is not None) is is_viewed
    assert latest.image.shape == (240, 320, 3)
    assert latest.picture.within(160).shape == (120, 160, 3)
