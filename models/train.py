"""Training: YOLO26n, taught our labels without forgetting COCO's vehicles and people."""

import hashlib
import json
import os
import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2

from streetwatch.models.blend import blended
from streetwatch.models.distil import remembering
from streetwatch.models.errors import ModelError
from streetwatch.models.precision import fast
from streetwatch.models.released import some_pictures, trainable
from streetwatch.models.ultralytics_model import COCO_CLASS, load_weights

#: The step that a size grows by: the network's stride.
_STRIDE = 32

#: The first epochs see pictures of this share of the size: most is learned there, at half the cost
#: (progressive resizing: Tan and Le, EfficientNetV2, 2021, section 4).
_FIRST_SIZE = 0.6

#: A picture is squeezed to this share along one side at most: the garbage pictures were stretched
#: to squares from 3:4 or 4:3, and a camera's picture is not stretched.
_MOST_SQUEEZE = 0.7


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What is trained, and how.

    Attributes:
        data: `data.yaml` of a training set in the YOLO layout.
        labels: Of the set, in its own order.
        weights: YOLO26n, trained on COCO.
        out: Folder of checkpoints; `out/weights/best.pt` is the result.
        epochs: Times through the training set.
        image_size: Longest side, pixels, that the last epochs reach and validation uses.
        batch: Pictures a step.
        device: `cpu`, or a GPU's number.
        frozen_layers: How many of the first layers stay as they are; 10 is the whole backbone.
        remember: Weight of what keeps COCO's labels known (`models.distil`); 0 leaves it out.
        progressive: Begin with small pictures and end with `image_size`.
        seed: Of everything random.
        begin_with: Weights of an earlier training, or a released file (.onnx, FP32), to go on
            from with new pictures or a city's own; None: COCO's.
        begin_share: How much of those is kept; the rest is COCO's (`models.blend`).
        learning_rate: At the start; it falls to a fiftieth.
        mosaic: Share of pictures that are put together from four.
    """

    data: Path
    labels: tuple[str, ...]
    weights: Path
    out: Path
    epochs: int = 16
    image_size: int = 640
    batch: int = 16
    device: str = "cpu"
    frozen_layers: int = 0
    remember: float = 1.0
    progressive: bool = True
    seed: int = 0
    begin_with: Path | None = None
    begin_share: float = 0.8
    learning_rate: float = 7e-4
    mosaic: float = 0.9

    @property
    def checkpoints(self) -> list[Path]:
        """What a resumed training may go on from, newest first.

        A training that was killed may have been writing the newest one.
        """
        saved = [path for path in (self.out / "weights").glob("*.pt") if path != self.best]
        return sorted(saved, key=lambda path: path.stat().st_mtime, reverse=True)

    @property
    def best(self) -> Path:
        """The result."""
        return self.out / "weights" / "best.pt"

    def size_at(self, epoch: int) -> int:
        """Return the pictures' longest side in an epoch (from 0), pixels: a multiple of 32."""
        if not self.progressive:
            return self.image_size
        grown_by = 0.75 * max(self.epochs - 1, 1)  # the last quarter has the full size
        share = min(_FIRST_SIZE + (1 - _FIRST_SIZE) * epoch / grown_by, 1.0)
        return max(round(self.image_size * share / _STRIDE) * _STRIDE, _STRIDE)

    def overrides(self) -> Mapping[str, Any]:
        """Return the plan as ultralytics' settings."""
        return {
            "model": str(self.weights),
            "data": str(self.data),
            "project": str(self.out.parent),
            "name": self.out.name,
            "exist_ok": True,
            "epochs": self.epochs,
            "imgsz": self.image_size,
            "batch": self.batch,
            "device": self.device,
            "seed": self.seed,
            "deterministic": True,
            "workers": 1,
            "cache": "ram",
            "freeze": self.frozen_layers or None,
            "optimizer": "AdamW",
            "lr0": self.learning_rate,
            "lrf": 0.02,
            "cos_lr": True,
            "warmup_epochs": 0.5,
            "warmup_bias_lr": 0.0,  # its default, 0.1, is SGD's: AdamW would unlearn with it
            "mosaic": self.mosaic,
            "close_mosaic": max(self.epochs // 4, 1),
            "scale": 0.5,
            "shear": 2.0,
            "amp": False if self.device == "cpu" else "bf16",
            "channels_last": True,
            "plots": False,
            "save_period": 1,
            "verbose": False,
        }


#: Told the epochs done and the epochs there are.
OnEpoch = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training gave: the best weights, and the card that says how they were made."""

    weights: Path
    card: Path


def train(plan: TrainingPlan, *, resume: bool = False, on_epoch: OnEpoch) -> Trained:
    """Train and return the best weights.

    Args:
        plan: What and how.
        resume: Go on from the last checkpoint in `plan.out`.
        on_epoch: Progress.

    Raises:
        ExtraMissingError: the extra `train` is not installed.
        ModelError: the weights or the checkpoint can't be used.
    """
    checkpoint = _checkpoint(plan) if resume else None
    coco = load_weights(plan.weights).model
    trainer = _trainer(plan, coco, checkpoint=checkpoint)
    trainer.add_callback("on_train_epoch_end", lambda t: on_epoch(t.epoch + 1, t.epochs))
    trainer.train()
    return Trained(plan.best, _write_training_card(plan, trainer.metrics))


def _write_training_card(plan: TrainingPlan, metrics: Mapping[str, Any]) -> Path:
    """Write down what was trained how, with what, and what `val` said, as JSON."""
    manifest = plan.data.with_name("manifest.json")
    content = {
        "labels": plan.labels,
        "settings": {
            name: value
            for name, value in plan.overrides().items()
            if name not in {"model", "data", "project", "name"}
        },
        "remember": plan.remember,
        "begin_share": plan.begin_share if plan.begin_with else 0.0,
        "progressive": [plan.size_at(epoch) for epoch in range(plan.epochs)],
        "versions": {name: version(name) for name in ("torch", "ultralytics")},
        "coco_weights_sha256": hashlib.sha256(plan.weights.read_bytes()).hexdigest(),
        "set": json.loads(manifest.read_text(encoding="utf-8")) if manifest.is_file() else None,
        "val": {name: round(float(value), 4) for name, value in metrics.items()},
    }
    card = plan.out / "training.json"
    card.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return card


def _checkpoint(plan: TrainingPlan) -> Path:
    """Return the newest checkpoint that is whole."""
    for path in plan.checkpoints:
        try:
            load_weights(path)
        except ModelError:
            continue
        return path
    raise ModelError(f"{plan.out}: no checkpoint to go on from: train without --resume")


def _trainer(plan: TrainingPlan, coco: Any, *, checkpoint: Path | None) -> Any:  # noqa: ANN401
    from ultralytics.models.yolo.detect import DetectionTrainer  # noqa: PLC0415

    class Trainer(DetectionTrainer):  # type: ignore[misc]  # ultralytics is untyped
        """Trains the prepared student instead of a fresh network, as the plan says."""

        def get_model(self, cfg: object = None, weights: Any = None, verbose: bool = True) -> Any:  # noqa: ANN401, ARG002, FBT001, FBT002 -- ultralytics' signature
            if checkpoint and weights is not None:
                return weights.float()
            return _beginner(plan, coco, self.data["train"])

        def build_dataset(
            self, img_path: str, mode: str = "train", batch: int | None = None
        ) -> Any:  # noqa: ANN401
            dataset = super().build_dataset(img_path, mode, batch)
            if mode == "train":
                dataset.load_image = _squeezing(dataset.load_image)
            return dataset

        def preprocess_batch(self, batch: dict[str, Any]) -> dict[str, Any]:
            ready: dict[str, Any] = super().preprocess_batch(batch)
            ready["img"] = _resized(ready["img"], plan.size_at(self.epoch))
            return ready

    overrides = dict(plan.overrides())
    if checkpoint:
        overrides |= {"model": str(checkpoint), "resume": str(checkpoint)}
    trainer = Trainer(overrides=overrides)
    if plan.device == "cpu":
        trainer.add_callback("on_pretrain_routine_end", _fast_on_cpu)
    if plan.remember:
        trainer.add_callback("on_pretrain_routine_end", lambda t: _remember(t, coco, plan))
    return trainer


def _beginner(plan: TrainingPlan, coco: Any, listed: str) -> Any:  # noqa: ANN401
    """Return the network as it is before the first step; `listed` names the training pictures."""
    network = with_labels(coco, plan.labels)
    if plan.begin_with is None:
        return network
    earlier = _earlier(plan, plan.begin_with, coco, listed)
    begun = blended(earlier, network, plan.labels, share=plan.begin_share)
    for parameter in begun.parameters():
        parameter.requires_grad = True
    return begun


def _earlier(plan: TrainingPlan, file: Path, coco: Any, listed: str) -> Any:  # noqa: ANN401
    if file.suffix == ".onnx":
        pictures = some_pictures(Path(listed), plan.image_size)
        return trainable(file, with_labels(coco, plan.labels), pictures)
    earlier = load_weights(file)
    if tuple(earlier.names.values()) != plan.labels:
        raise ModelError(f"{file}: its labels are not the set's: train from COCO")
    return earlier.model.float()


def _fast_on_cpu(trainer: Any) -> None:  # noqa: ANN401
    """Run the network on all cores and in bfloat16: half the time of a step on CPUs with AMX.

    Ultralytics itself offers bfloat16 on GPUs only, and leaves one core idle.
    """
    from torch import set_num_threads  # noqa: PLC0415

    set_num_threads(os.cpu_count() or 1)

    predict = trainer.model.predict

    def fast_predict(*args: Any, **options: Any) -> Any:  # noqa: ANN401
        with fast("cpu"):
            return predict(*args, **options)

    trainer.model.predict = fast_predict


def _remember(trainer: Any, coco: Any, plan: TrainingPlan) -> None:  # noqa: ANN401
    teacher = deepcopy(coco).float().to(trainer.device)
    trainer.model.criterion = remembering(trainer.model, teacher, plan.labels, weight=plan.remember)


def _squeezing(load: Callable[..., Any]) -> Callable[..., Any]:
    """Return ultralytics' loader of one picture, which squeezes some of them along one side.

    Labels are shares of the picture at that point: they stay right.
    """

    def squeezed(number: int, **options: bool) -> tuple[Any, tuple[int, int], tuple[int, int]]:
        image, original, (height, width) = load(number, **options)
        if random.random() < 0.5:  # noqa: S311 -- seeded by ultralytics, not a secret
            share = random.uniform(_MOST_SQUEEZE, 1.0)  # noqa: S311 -- as above
            across = random.random() < 0.5  # noqa: S311 -- as above
            size = (round(width * share), height) if across else (width, round(height * share))
            image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        return image, original, image.shape[:2]

    return squeezed


def _resized(images: Any, size: int) -> Any:  # noqa: ANN401
    from torch.nn.functional import interpolate  # noqa: PLC0415

    if max(images.shape[2:]) == size:
        return images
    return interpolate(images, (size, size), mode="bilinear", antialias=True)


def with_labels(coco: Any, labels: tuple[str, ...]) -> Any:  # noqa: ANN401
    """Return the COCO network with its last class layers replaced by ours.

    The rows of the labels that COCO has are copied, in both heads, so that vehicles and people are
    known before the first step; the others begin at COCO's mean. Building a fresh network with
    fewer classes would not do: its head would be narrower and could take none of the weights.
    """
    import torch  # noqa: PLC0415

    network = deepcopy(coco).float()
    head = network.model[-1]
    for branch in (head.cv3, head.one2one_cv3):
        for layers in branch:
            layers[-1] = _class_layer(torch, layers[-1], labels)
    head.end2end = True
    head.nc = len(labels)
    head.no = head.nc + head.reg_max * 4
    network.nc = network.yaml["nc"] = len(labels)
    network.names = dict(enumerate(labels))
    for parameter in network.parameters():
        parameter.requires_grad = True
    return network


def _class_layer(torch: Any, old: Any, labels: tuple[str, ...]) -> Any:  # noqa: ANN401
    new = torch.nn.Conv2d(old.in_channels, len(labels), 1)
    with torch.no_grad():
        new.weight.copy_(old.weight.mean(0, keepdim=True).expand_as(new.weight))
        new.bias.copy_(old.bias.mean().expand_as(new.bias))
        for row, label in enumerate(labels):
            if label in COCO_CLASS:
                new.weight[row] = old.weight[COCO_CLASS[label]]
                new.bias[row] = old.bias[COCO_CLASS[label]]
    return new
