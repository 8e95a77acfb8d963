"""The real training and export, on a set small enough for a test."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pytest
from PIL import Image

from commands import PROGRAM, lines_of, training
from live_service import wait_for
from streetwatch.datasets.yolo_folder import read_picture
from streetwatch.models.errors import ModelError
from streetwatch.models.released import some_pictures, trainable
from streetwatch.models.train import with_labels
from streetwatch.models.ultralytics_model import load_weights
from streetwatch.vision.detect import Detector
from streetwatch.zones.footprint import iou

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


def streetwatch(*words: object, status: int = 0) -> list[dict[str, Any]]:
    """Run the command, check its exit status, and return its lines."""
    return lines_of(training(*words), status)


@pytest.fixture(scope="module", autouse=True)
def _pictures_open_as_before() -> Iterator[None]:
    """Take back what ultralytics does to Pillow in the whole process: other tests follow."""
    before = Image.open
    yield
    Image.open = before


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sources, each with a train and a val split."""
    root = tmp_path_factory.mktemp("data")
    for source, names in SOURCES.items():
        draw(root / source / "train", names, count=6, seed=len(source))
        draw(root / source / "val", names, count=4, seed=len(source) + 100)
    return root


@pytest.fixture(scope="module")
def coco(shared_data: Path) -> Path:
    return shared_data / "weights" / "yolo26n_coco.pt"


@pytest.fixture(scope="module")
def built(data: Path, coco: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The training set of the two sources."""
    out = tmp_path_factory.mktemp("set")
    *kept, whole = streetwatch(
        *("data", "build", data, out, "--weights", coco, "--licence", "garbage=CC BY 4.0")
    )
    assert [(line["source"], line["licence"]) for line in kept] == [
        ("garbage", "CC BY 4.0"),
        ("vendor", "not stated"),
    ]
    assert whole["left_out"] == []
    return out


@pytest.fixture(scope="module")
def trained(built: Path, coco: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of one epoch, and then a second one that went on from them."""
    out = tmp_path_factory.mktemp("run") / "run"
    words = ["train", "--data", built / "data.yaml", "--weights", coco, "--out", out]
    (line,) = streetwatch(*words, "--epochs", 1, "--image-size", 64, "--batch", 4)
    card = json.loads(Path(line["card"]).read_text())
    assert {source["name"] for source in card["set"]["sources"]} == set(SOURCES)
    assert card["settings"]["imgsz"] == 64
    assert any(name.startswith("metrics/mAP50") for name in card["val"])
    return Path(line["weights"])


@pytest.fixture(scope="module")
def exported(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The card of the FP32 model."""
    out = tmp_path_factory.mktemp("fp32")
    (line,) = streetwatch("export", "--weights", trained, "--out", out, "--name", "tiny")
    assert line["model"] == "tiny"
    assert str(trained.parents[2]).encode() not in (out / "tiny.onnx").read_bytes()
    return out / "tiny.toml"


@pytest.mark.train
@pytest.mark.shared
def test_the_set_is_what_its_manifest_says(built: Path) -> None:
    checked = subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=built, check=False
    )
    assert checked.returncode == 0
    manifest = json.loads((built / "manifest.json").read_text())
    train = manifest["sources"][0]["splits"]["train"]
    assert (train["pictures"], train["boxes"]["bin"]) == (6, 6)


@pytest.mark.train
@pytest.mark.shared
def test_the_label_report_shows_every_label(built: Path) -> None:
    (line,) = streetwatch("data", "report", built)
    page = Path(line["report"])
    for label in ("garbage", "bin", "bin_overflow", "vendor_stall"):
        sheet = page.parent / f"train_{label}.jpg"
        assert sheet.name in page.read_text()
        assert cv2.imread(str(sheet)) is not None


@pytest.mark.train
@pytest.mark.shared
def test_a_picture_in_two_splits_is_refused_or_left_out(
    data: Path, coco: Path, tmp_path: Path
) -> None:
    leaking = tmp_path / "data"
    shutil.copytree(data, leaking)
    for part, suffix in (("images", "png"), ("labels", "txt")):
        folder = leaking / "garbage"
        shutil.copy(folder / "train" / part / f"0.{suffix}", folder / "val" / part / f"9.{suffix}")
    words = ["data", "build", leaking, tmp_path / "out", "--weights", coco, "--model", "none"]
    assert streetwatch(*words, status=2) == []
    *_, whole = streetwatch(*words, "--drop-leaks")
    assert whole["left_out"] == ["train/0.png"]


@pytest.mark.train
@pytest.mark.shared
def test_the_model_goes_on_training_where_it_stopped(
    built: Path, coco: Path, tmp_path: Path
) -> None:
    words = ["train", "--data", built / "data.yaml", "--weights", coco, "--out", tmp_path / "run"]
    small = ["--epochs", 3, "--image-size", 64, "--batch", 4]
    assert streetwatch(*words, *small, "--resume", status=2) == []
    killed = subprocess.Popen([PROGRAM, *map(str, [*words, *small])], stderr=subprocess.DEVNULL)
    second = tmp_path / "run" / "weights" / "epoch1.pt"  # which may be half written, then
    wait_for("checkpoint", lambda: second.exists() or None)
    killed.kill()
    killed.wait()
    (tmp_path / "run" / "weights" / "last.pt").write_bytes(b"half a checkpoi")
    (line,) = streetwatch(*words, *small, "--resume")
    assert Path(line["weights"]).is_file()


@pytest.mark.train
@pytest.mark.shared
def test_a_training_may_begin_with_an_earlier_one(
    built: Path, coco: Path, trained: Path, tmp_path: Path
) -> None:
    words = ["train", "--data", built / "data.yaml", "--weights", coco, "--out", tmp_path / "run"]
    small = ["--epochs", 1, "--image-size", 64, "--batch", 4]
    assert streetwatch(*words, *small, "--begin-with", coco, status=2) == []  # other labels
    (line,) = streetwatch(*words, *small, "--begin-with", trained, "--begin-share", 0.5)
    assert json.loads(Path(line["card"]).read_text())["begin_share"] == 0.5


@pytest.mark.train
@pytest.mark.shared
def test_weights_become_a_model_that_the_service_can_load(exported: Path) -> None:
    detector = Detector.load(str(exported))
    assert set(SOURCES["garbage"]) < set(detector.card.labels)
    seen = detector.detect(np.full((360, 640, 3), 90, np.uint8), confidence=0.0)
    assert len(seen)
    assert (seen.xyxy[:, 2] <= 640).all()


@pytest.mark.train
@pytest.mark.shared
def test_a_released_file_can_be_trained_on_and_answers_as_before(
    built: Path, coco: Path, exported: Path
) -> None:
    import torch  # noqa: PLC0415 -- where the extra is not installed the test is skipped

    labels = Detector.load(str(exported)).card.labels
    fresh = with_labels(load_weights(coco).model, labels)
    pictures = some_pictures(built / "train.txt", 192)
    network = trainable(exported.with_suffix(".onnx"), fresh, pictures)
    session = onnxruntime.InferenceSession(exported.with_suffix(".onnx"))
    (released,) = session.run(None, {"images": pictures[:1]})
    answered = network(torch.tensor(pictures[:1]))[0].detach().numpy()
    assert answered[0, 0] == pytest.approx(released[0, 0], abs=1e-2)
    network.train()  # norms of the batch itself: they hardly differ from those put back
    again = network(torch.tensor(pictures))["one2one"]["scores"]
    network.eval()
    network.model[-1].training = True
    before = network(torch.tensor(pictures))["one2one"]["scores"]
    assert float((again - before).detach().abs().median()) < 0.1


@pytest.mark.train
@pytest.mark.shared
def test_a_file_of_other_labels_is_refused(coco: Path, exported: Path) -> None:
    fresh = with_labels(load_weights(coco).model, ("car", "garbage"))
    with pytest.raises(ModelError, match="not a released YOLO26n of these labels"):
        trainable(exported.with_suffix(".onnx"), fresh, np.zeros((1, 3, 64, 64), np.float32))


@pytest.fixture(scope="module")
def untrained(coco: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The card of the COCO network itself: it sees COCO's vehicles and people."""
    out = tmp_path_factory.mktemp("untrained")
    streetwatch("export", "--weights", coco, "--out", out, "--name", "coco")
    return out / "coco.toml"


@pytest.mark.train
@pytest.mark.shared
def test_an_int8_model_is_smaller_and_sees_what_the_fp32_model_sees(
    untrained: Path, shared_data: Path, tmp_path: Path
) -> None:
    pictures = shared_data / "coco128" / "images"
    words = ["quantize", "--model", untrained, "--frames", pictures, "--count", 24]
    (line,) = streetwatch(*words, "--out", tmp_path / "int8")
    small = Path(line["file"])
    assert small.stat().st_size < 0.4 * untrained.with_suffix(".onnx").stat().st_size
    assert streetwatch(*words, "--out", untrained.parent, status=2) == []

    whole, less = Detector.load(str(untrained)), Detector.load(str(small.with_suffix(".toml")))
    found = n = 0
    for path in sorted(pictures.iterdir())[:16]:
        image = read_picture(path)
        sure, again = whole.detect(image, confidence=0.6), less.detect(image, confidence=0.3)
        alike = again.class_id[:, None] == sure.class_id[None]
        n += len(sure)
        found += int(((iou(again.xyxy, sure.xyxy) > 0.7) & alike).any(axis=0).sum())
    assert n > 20
    assert found >= 0.9 * n


@pytest.mark.train
@pytest.mark.shared
def test_thresholds_are_written_into_the_card_with_what_they_rest_on(
    exported: Path, data: Path
) -> None:
    words = ["calibrate", "--data", data / "garbage" / "train", "--model", exported]
    before = exported.read_text()
    # A model of one epoch sees nothing right: that is told, and changes no threshold.
    dry = streetwatch(*words, "--dry-run", status=1)
    assert exported.read_text() == before
    assert {line["label"] for line in dry} == set(SOURCES["garbage"])
    assert all(line["n"] == 6 for line in dry)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["data", "build", "DIR", "DIR/out"], id="no data"),
        pytest.param(
            ["train", "--data", "DIR/data.yaml", "--weights", "DIR/no.pt", "--out", "DIR/out"],
            id="no set",
        ),
        pytest.param(["export", "--weights", "DIR/no.pt", "--out", "DIR/out"], id="no weights"),
    ],
)
def test_wrong_input_to_the_training_is_one_line_and_exits_2(
    tmp_path: Path, arguments: list[str]
) -> None:
    words = [word.replace("DIR", str(tmp_path)) for word in arguments]
    done = training(*words)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.strip().splitlines()
    assert str(tmp_path) in line or "pip install" in line
