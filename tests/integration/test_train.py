"""The real training and export, on a set small enough for a test."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from streetwatch.vision.detect import Detector

STREETWATCH = Path(sys.executable).with_name("streetwatch")
SOURCES = {"garbage": ["garbage", "bin", "bin_overflow"], "vendor": ["vendor_stall"]}


def draw(folder: Path, names: list[str], *, count: int, seed: int) -> None:
    """Pictures of a bright rectangle for each label, in the YOLO layout."""
    chance = np.random.default_rng(seed)
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True)
    (folder / "data.yaml").write_text(json.dumps({"names": names}))
    for number in range(count):
        image = chance.integers(0, 60, (96, 128, 3), dtype=np.uint8)
        lines = []
        for label in range(len(names)):
            x, y = chance.uniform(0.25, 0.75, 2)
            corner = (int((x - 0.15) * 128), int((y - 0.15) * 96))
            end = (int((x + 0.15) * 128), int((y + 0.15) * 96))
            cv2.rectangle(image, corner, end, (40 + 60 * label, 200, 90), cv2.FILLED)
            lines.append(f"{label} {x:.4f} {y:.4f} 0.3 0.3")
        cv2.imwrite(str(folder / "images" / f"{number}.png"), image)
        (folder / "labels" / f"{number}.txt").write_text("\n".join(lines))


@pytest.mark.train
@pytest.mark.shared
def test_training_gives_weights_that_export_to_a_model_the_service_can_load(
    tmp_path: Path, shared_data: Path
) -> None:
    for source, names in SOURCES.items():
        draw(tmp_path / "data" / source / "train", names, count=6, seed=1)
        draw(tmp_path / "data" / source / "val", names, count=2, seed=2)
    weights = shared_data / "weights" / "yolo26n_coco.pt"
    options = ["--epochs", "1", "--image-size", "64", "--weights", str(weights)]
    trained = subprocess.run(
        [STREETWATCH, "train", "--data", tmp_path / "data", "--out", tmp_path / "out", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert trained.returncode == 0, trained.stderr[-2000:]
    best = json.loads(trained.stdout)["weights"]

    exported = subprocess.run(
        [STREETWATCH, "export", "--weights", best, "--out", tmp_path / "model", "--name", "tiny"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert exported.returncode == 0, exported.stderr[-2000:]
    assert json.loads(exported.stdout)["model"] == "tiny"
    assert str(tmp_path).encode() not in (tmp_path / "model" / "tiny.onnx").read_bytes()

    detector = Detector.load(str(tmp_path / "model" / "tiny.toml"))
    assert set(SOURCES["garbage"]) < set(detector.card.labels)
    seen = detector.detect(np.full((360, 640, 3), 90, np.uint8), confidence=0.0)
    assert len(seen)
    assert (seen.xyxy[:, 2] <= 640).all()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["train", "--data", "DIR", "--out", "DIR/out"], id="no data"),
        pytest.param(["export", "--weights", "DIR/no.pt", "--out", "DIR/out"], id="no weights"),
    ],
)
def test_wrong_input_to_the_training_is_one_line_and_exits_2(
    tmp_path: Path, arguments: list[str]
) -> None:
    words = [word.replace("DIR", str(tmp_path)) for word in arguments]
    done = subprocess.run([STREETWATCH, *words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.strip().splitlines()
    assert str(tmp_path) in line or "pip install" in line
