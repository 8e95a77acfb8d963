"""Two real streams of one street: what nobody may see is in nothing that is kept or goes out."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from prometheus_client import CollectorRegistry

from live_service import wait_for
from sealed import SEAL, Sees
from streetwatch.datasets.live import LiveProcess, start_live
from streetwatch.service.cameras import Camera
from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.cameras.ledger import Ledger
from streetwatch.service.cameras.vault import Vault
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.making import make_due
from streetwatch.service.incidents.routing import TO_THE_DESK
from streetwatch.service.runtime.attention import Intervals
from streetwatch.service.runtime.detector_loop import DetectorLoop
from streetwatch.service.runtime.fleet import Fleet
from streetwatch.service.runtime.live import LiveView
from streetwatch.service.runtime.looks_log import LooksLog
from streetwatch.service.runtime.mailbox import Mailboxes
from streetwatch.service.runtime.metrics import RuntimeMetrics
from streetwatch.service.runtime.watched_camera import Wiring
from streetwatch.service.store.awaited import AwaitedCopies
from streetwatch.service.store.references import References
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.capture.stream import CaptureOptions
from streetwatch.vision.types import Image
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone, ZoneKind
from waiting import PATIENCE_S

SIZE = (640, 360)
#: Where somebody stands in magenta, which nothing else in the street is.
SECRET = (200, 100, 264, 260)
CAR = (400.0, 200.0, 520.0, 280.0)

WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
AROUND = tuple(
    (x / SIZE[0], y / SIZE[1]) for x, y in ((196, 96), (268, 96), (268, 264), (196, 264))
)


def street(path: Path) -> Path:
    """Code a clip of a grey street with somebody in magenta, who stands still.

    It has stones: a street without anything on it can't be told from one that was moved.
    """
    chance = np.random.default_rng(0)
    stones = chance.integers(70, 110, (SIZE[1] // 20, SIZE[0] // 20), np.uint8)
    ground = np.repeat(np.kron(stones, np.ones((20, 20), np.uint8))[..., None], 3, axis=2)
    with av.open(path, "w") as output:
        stream = output.add_stream("libx264", rate=10, options={"g": "5", "crf": "18"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for number in range(40):
            image = ground.copy()
            image[10:40, number * 10 : number * 10 + 60] = 255
            x1, y1, x2, y2 = SECRET
            image[y1:y2, x1:x2] = (255, 0, 255)
            image[y1:y2:8, x1:x2] = image[y1 + 1 : y2 : 8, x1:x2] = (120, 0, 120)
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def magenta(image: Image) -> int:
    """Count the pixels that are clearly of the secret's colour."""
    blue, green, red = (image[..., i].astype(int) for i in range(3))
    return int(((blue > green + 40) & (red > green + 40)).sum())


def read(path: Path) -> Image:
    image = cv2.imread(str(path))
    assert image is not None, path
    return np.asarray(image, np.uint8)


def pictures_of(path: Path) -> list[Image]:
    with av.open(path) as clip:
        return [
            np.asarray(one.to_ndarray(format="bgr24"), np.uint8) for one in clip.decode(video=0)
        ]


@dataclass
class Watched:
    """What is left of watching both cameras until each has a sealed case."""

    store: SqlStore
    folder: EvidenceFolder
    sees: Sees
    live: dict[str, bytes]
    looks: Path

    def case(self, camera_id: str) -> str:
        first, *_ = self.store.incidents(camera_id=camera_id)
        return first.id

    def files(self, camera_id: str, root: Path) -> dict[str, Path]:
        return {one.name: one for one in (root / self.case(camera_id)).iterdir()}


def cameras(url: str) -> tuple[Camera, ...]:
    rule = replace(DEFAULTS[ViolationType.ILLEGAL_PARKING_MOTOR], dwell_s=2.0)
    road = Zone("road", WHOLE, rules=(rule,))
    mask = Zone("window", AROUND, kind=ZoneKind.PRIVACY_MASK)
    source = Source(SourceKind.RTSP, url)
    return (
        Camera("masked", "masked", source, None, (road, mask)),
        Camera("plain", "plain", source, None, (road,)),
    )


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("out")
    camera: LiveProcess = start_live(street(folder / "street.mp4"))
    store = open_store(f"sqlite:///{folder / 'db'}")
    sees = Sees((("car", CAR), ("person", tuple(map(float, SECRET)))))  # type: ignore[arg-type]
    evidence = EvidenceFolder(folder / "evidence")
    copies = Copies.masking(evidence, sees)
    clock, mailboxes = time.time, Mailboxes()
    loop = DetectorLoop(
        detector=sees,
        mailboxes=mailboxes,
        metrics=RuntimeMetrics(CollectorRegistry()),
        intervals=Intervals(idle_s=1.0, quiet_s=1.0),
        clock=clock,
        on_change=lambda _: None,
    )
    looks = LooksLog(folder / "looks", keep_s=3600, keep_bytes=10**7)
    wiring = Wiring(
        store=store,
        copies=copies,
        seal=SEAL,
        routes=TO_THE_DESK,
        window=ClipWindow(1.0, 1.0),
        keep_bytes=10**7,
        options=CaptureOptions(look_interval_s=0.5),
        looks=looks,
        references=References(store.engine),
        clock=clock,
    )
    fleet = Fleet(wiring, loop, mailboxes)
    both = cameras(camera.url)
    catalogue = Catalogue(Ledger(store.engine), Vault.at(folder / "camera.key"), both, clock=clock)
    live = LiveView(catalogue, fleet, clock)
    copies.start(partial(make_due, copies, AwaitedCopies(store.engine)))
    looks.start()
    loop.start()
    fleet.apply(both)
    fleet.start()
    try:
        wait_for("sealed cases", lambda: is_sealed(store) or None)
        shown = {one.id: live.picture(one.id) for one in both}
    finally:
        fleet.stop()
        loop.stop(timeout_s=PATIENCE_S)
        looks.stop(timeout_s=PATIENCE_S)
        copies.stop(timeout_s=PATIENCE_S)
        camera.kill()
    jpegs = {name: one.jpeg for name, one in shown.items() if one}
    yield Watched(store, evidence, sees, jpegs, folder / "looks")
    store.close()


def is_sealed(store: SqlStore) -> bool:
    firsts = [store.incidents(camera_id=name)[:1] for name in ("masked", "plain")]
    return all(
        first and any(file.role == "manifest" for file in store.evidence(first[0].id))
        for first in firsts
    )


def test_under_a_privacy_mask_nothing_is_seen_kept_or_shown(watched: Watched) -> None:
    for root in (watched.folder.root, watched.folder.originals_root):
        files = watched.files("masked", root)
        stills = [path for name, path in files.items() if name.endswith(".jpg")]
        assert len(stills) > 2
        assert [path.name for path in stills if magenta(read(path))] == []
        assert "clip.mp4" not in files
    shown = cv2.imdecode(np.frombuffer(watched.live["masked"], np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert magenta(np.asarray(shown, np.uint8)) == 0
    assert magenta(looked_at(watched, masked=True)) == 0


def looked_at(watched: Watched, *, masked: bool) -> Image:
    """Return what the detector was given of one of the two, all in one."""
    x, y = (SECRET[0] + SECRET[2]) // 2, (SECRET[1] + SECRET[3]) // 2
    given = [one for one in watched.sees.asked if one.shape[:2] == (SIZE[1], SIZE[0])]
    mine = [one for one in given if one[y, x].max() == 0]
    others = [one for one in given if one[y, x].max() > 0]
    assert mine
    assert others
    return np.concatenate(mine if masked else others)


def test_the_manifest_says_why_a_masked_camera_has_no_clip(watched: Watched) -> None:
    name = watched.case("masked")
    manifest = json.loads(watched.folder.read(name, "manifest.json"))
    assert any("privacy mask" in line for line in manifest["missing"])


def test_people_are_covered_in_every_picture_and_clip_that_goes_out(watched: Watched) -> None:
    files = watched.files("plain", watched.folder.root)
    originals = watched.files("plain", watched.folder.originals_root)
    for name in ("first_seen.jpg", "threshold.jpg", "latest.jpg"):
        assert stripes(read(originals[name])) > 15, name
        assert stripes(read(files[name])) < 3, name
    clip = pictures_of(files["clip.mp4"])
    assert len(clip) > 8
    assert max(stripes(one) for one in clip) < 3


def test_on_the_wall_people_are_covered_where_the_latest_look_saw_them(watched: Watched) -> None:
    shown = cv2.imdecode(np.frombuffer(watched.live["plain"], np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert stripes(np.asarray(shown, np.uint8)) < 3


def stripes(image: Image) -> float:
    """Return how much of the dress's stripes is to be seen: lines two pixels high, every eight."""
    x1, y1, x2, y2 = SECRET
    lines = image[y1:y2, x1:x2].astype(float).mean(axis=(1, 2))
    return float(np.abs(np.diff(lines.reshape(-1, 8), axis=1)).max(axis=1).mean())


def test_the_originals_lie_beside_and_the_manifest_has_their_hashes(watched: Watched) -> None:
    originals = watched.files("plain", watched.folder.originals_root)
    assert oct(watched.folder.originals_root.stat().st_mode & 0o777) == "0o700"
    assert magenta(read(originals["threshold.jpg"])) > 5_000
    assert magenta(pictures_of(originals["clip.mp4"])[0]) > 5_000
    name = watched.case("plain")
    said = json.loads(watched.folder.read(name, "manifest.json"))["files"]
    known = {one["name"]: one["original_sha256"] for one in said if one["original_sha256"]}
    assert {"first_seen.jpg", "threshold.jpg", "latest.jpg", "clip.mp4"} <= set(known)


def test_no_look_that_is_kept_has_a_pixel(watched: Watched) -> None:
    for path in watched.looks.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert len(content) < 200_000, path
