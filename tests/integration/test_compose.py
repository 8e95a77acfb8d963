"""Clips composed out of a small made-up material: what is in them is what their truth says."""

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import yaml

from streetwatch.datasets.compose.composing import Material, Order, compose
from streetwatch.datasets.compose.kinds import Disturbance, Kind
from streetwatch.datasets.yolo_folder import DatasetError
from streetwatch.models.labels import CLASS_ID
from streetwatch.service.cameras import load_cameras
from streetwatch.vision.types import Detections, Image
from streetwatch.zones import footprint

RED = (30, 30, 200)
SIZE = (320, 240)
CAR = (70, 34)


class FindsRed:
    """Sees a car wherever something is red."""

    longest_side = 640

    def detect(
        self, image: Image, *, confidence: float | None = None, longest: int | None = None
    ) -> Detections:
        del confidence, longest
        red = cv2.inRange(image, (0, 0, 120), (110, 110, 255))
        _, _, stats, _ = cv2.connectedComponentsWithStats(red)
        boxes = [(x, y, x + w, y + h) for x, y, w, h, area in stats[1:].tolist() if area > 400]
        rows = len(boxes)
        return Detections(
            np.array(boxes, np.float32).reshape(-1, 4),
            np.full(rows, 0.9, np.float32),
            np.full(rows, CLASS_ID["car"], np.int64),
        )


def street() -> Image:
    chance = np.random.default_rng(0)
    coarse = chance.integers(90, 150, (24, 32, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, SIZE, interpolation=cv2.INTER_CUBIC), np.uint8)


def write_film(path: Path, pictures: Sequence[Image]) -> None:
    with av.open(str(path), "w") as clip:
        stream = clip.add_stream("libx264", rate=4)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for picture in pictures:
            clip.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "bgr24")))
        clip.mux(stream.encode(None))


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    root = tmp_path_factory.mktemp("material")
    videos = root / "videos"
    videos.mkdir()
    passing = []
    for number in range(48):  # a car drives by again and again on one of two lanes
        picture = street()
        x, y = 5 + 24 * (number % 12), (90, 160)[number // 12 % 2]
        cv2.rectangle(picture, (x, y), (x + CAR[0], y + CAR[1]), RED, -1)
        passing.append(picture)
    write_film(videos / "road.mp4", passing)
    zone = {
        "id": "road",
        "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]],
        "kind": "prohibited",
        "rules": [{"type": "illegal_parking_motor"}],
    }
    camera = {"id": "road", "source": {"kind": "file", "url": "road.mp4"}, "zones": [zone]}
    (videos / "cameras.yaml").write_text(yaml.safe_dump({"cameras": [camera]}))
    (videos / "truth.json").write_text('{"road.mp4": []}')
    for split in ("train", "val"):
        folder = root / "garbage" / split
        for part in ("images", "labels"):
            (folder / part).mkdir(parents=True)
        (folder / "data.yaml").write_text("names: [garbage, bin]\n")
        bin_ = street()
        cv2.rectangle(bin_, (40, 150), (90, 210), (60, 160, 60), -1)
        cv2.imwrite(str(folder / "images" / "bin.png"), bin_)
        (folder / "labels" / "bin.txt").write_text("1 0.2 0.75 0.17 0.27\n")
        heap = street()
        cv2.circle(heap, (160, 170), 30, (40, 200, 200), -1)
        cv2.imwrite(str(folder / "images" / "heap.png"), heap)
        cv2.imwrite(str(folder / "images" / "empty.png"), street())
        (folder / "labels" / "heap.txt").write_text("0 0.5 0.71 0.2 0.26\n")
    return Material(root, "val", FindsRed())


def order(out: Path, *kinds: Kind, **changed: object) -> Order:
    asked = {"count": len(kinds), "seed": 3, "minutes": 6.0, "fps": 0.5} | changed
    return Order(
        out,
        kinds=kinds,
        disturbances=(Disturbance.NONE,),
        **asked,  # type: ignore[arg-type]
    )


def pictures(clip: Path) -> dict[float, Image]:
    with av.open(str(clip)) as container:
        return {
            frame.time: np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
            for frame in container.decode(container.streams.video[0])
        }


def test_a_vehicle_stands_where_and_when_the_truth_says(material: Material, tmp_path: Path) -> None:
    compose(order(tmp_path, Kind.PARKING), material, lambda _: None)
    ((name, events),) = json.loads((tmp_path / "truth.json").read_text()).items()
    shown = pictures(tmp_path / name)
    assert events
    for event in events:
        stands = [image for at, image in shown.items() if event["start"] < at < event["end"]]
        always = np.median(np.stack(stands), axis=0).astype(np.uint8)
        place = np.array([event["bbox"]], np.float32)
        assert footprint.iou(place, FindsRed().detect(always).xyxy).max() > 0.7
        assert event["violation_at"] == pytest.approx(event["start"] + 60, abs=0.02)


def test_the_folder_is_what_the_benchmark_reads(material: Material, tmp_path: Path) -> None:
    kinds = (Kind.PARKING, Kind.GARBAGE, Kind.QUIET_ROAD, Kind.QUIET_PAVEMENT, Kind.QUIET_THINGS)
    about = compose(order(tmp_path, *kinds), material, lambda _: None)
    cameras = {camera.id: camera for camera in load_cameras(tmp_path / "cameras.yaml", environ={})}
    truth = json.loads((tmp_path / "truth.json").read_text())
    assert set(about) == set(truth) == {f"{name}.mp4" for name in cameras}
    for name, events in truth.items():
        assert bool(events) != name.startswith("quiet")
        for event in events:
            (zone,) = (z for z in cameras[event["camera"]].zones if z.id == event["zone"])
            assert zone.rule(event["type"]).dwell_s == pytest.approx(
                event["violation_at"] - event["start"], abs=0.02
            )


def test_other_things_are_put_down_and_stay_and_are_not_to_be_filed(
    material: Material, tmp_path: Path
) -> None:
    compose(order(tmp_path, Kind.QUIET_THINGS), material, lambda _: None)
    ((name, events),) = json.loads((tmp_path / "truth.json").read_text()).items()
    assert events == []
    shown = pictures(tmp_path / name)
    first = shown[min(shown)].astype(np.int16)
    changed = [float((np.abs(image - first) > 60).mean()) for image in shown.values()]
    # Longer than the dwell of garbage in these clips: 120 s, a picture every 2 s.
    assert sum(share > 0.01 for share in changed) > 60


def test_what_is_composed_already_is_kept_and_the_rest_is_added(
    material: Material, tmp_path: Path
) -> None:
    kinds = (Kind.GARBAGE, Kind.QUIET_ROAD)
    compose(order(tmp_path, *kinds), material, lambda _: None)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.mp4")}
    compose(order(tmp_path, *kinds, count=4), material, lambda _: None)
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("*.mp4")}
    assert len(after) == 4
    assert before.items() <= after.items()


@pytest.mark.parametrize("disturbance", list(Disturbance))
def test_every_disturbance_leaves_a_clip_that_can_be_read(
    material: Material, tmp_path: Path, disturbance: Disturbance
) -> None:
    asked = order(tmp_path, Kind.PARKING, minutes=5.0)
    about = compose(
        Order(tmp_path, 1, 5, 5.0, 0.5, asked.kinds, (disturbance,)), material, lambda _: None
    )
    (name,) = about
    at = sorted(pictures(tmp_path / name))
    has_gap = max(b - a for a, b in pairwise(at)) > 50
    assert has_gap == disturbance.has(Disturbance.OUTAGE)


def test_a_split_that_is_not_there_is_refused(material: Material, tmp_path: Path) -> None:
    lacking = Material(material.root, "test", material.sees)
    with pytest.raises(DatasetError, match="no source with garbage has a test split"):
        compose(order(tmp_path, Kind.GARBAGE), lacking, lambda _: None)
