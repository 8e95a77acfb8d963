"""Training: YOLO26n, taught our labels without forgetting COCO's vehicles and people."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streetwatch.models.errors import ModelError
from streetwatch.models.ultralytics_model import COCO_CLASS, load_weights

#: Layers 0..9 are the backbone: frozen, so that a short training on 2 cores can't spoil it.
FROZEN_LAYERS = 10


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What is trained, and how.

    Attributes:
        data: `data.yaml` of a training set in the YOLO layout.
        labels: Of the set, in its own order.
        weights: YOLO26n, trained on COCO.
        out: Folder of checkpoints; `out/weights/best.pt` is the result.
        epochs: Times through the training set.
        image_size: Longest side, pixels.
        batch: Pictures a step.
        device: `cpu`, or a GPU's number.
        seed: Of everything random.
    """

    data: Path
    labels: tuple[str, ...]
    weights: Path
    out: Path
    epochs: int = 6
    image_size: int = 416
    batch: int = 16
    device: str = "cpu"
    seed: int = 0

    @property
    def last(self) -> Path:
        """The checkpoint that a resumed training goes on from."""
        return self.out / "weights" / "last.pt"

    @property
    def best(self) -> Path:
        """The result."""
        return self.out / "weights" / "best.pt"

    def overrides(self) -> Mapping[str, Any]:
        """Return the plan as ultralytics' settings.

        Augmentation suits few epochs: some mosaics, none in the last two. `shear` and `scale`
        vary the aspect, since the garbage pictures were stretched to squares of unknown origin.
        """
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
            "freeze": FROZEN_LAYERS,
            "optimizer": "AdamW",
            "lr0": 7e-4,
            "lrf": 0.05,
            "cos_lr": True,
            "warmup_epochs": 0.3,
            "mosaic": 0.6,
            "close_mosaic": 2,
            "scale": 0.5,
            "shear": 2.0,
            "amp": False,
            "plots": False,
            "save_period": 1,
            "verbose": False,
        }


#: Told the epochs done and the epochs there are.
OnEpoch = Callable[[int, int], None]


def train(plan: TrainingPlan, *, resume: bool = False, on_epoch: OnEpoch) -> Path:
    """Train and return the best weights.

    Args:
        plan: What and how.
        resume: Go on from the last checkpoint in `plan.out`.
        on_epoch: Progress.

    Raises:
        ExtraMissingError: the extra `train` is not installed.
        ModelError: the weights or the checkpoint can't be used.
    """
    if resume and not plan.last.is_file():
        raise ModelError(f"{plan.last}: no checkpoint to go on from: train without --resume")
    student = with_labels(load_weights(plan.weights).model, plan.labels)
    trainer = _trainer(plan, student, resume=resume)
    trainer.add_callback("on_train_epoch_end", lambda t: on_epoch(t.epoch + 1, t.epochs))
    trainer.train()
    return plan.best


def _trainer(plan: TrainingPlan, student: Any, *, resume: bool) -> Any:  # noqa: ANN401
    from ultralytics.models.yolo.detect import DetectionTrainer  # noqa: PLC0415

    class Trainer(DetectionTrainer):  # type: ignore[misc]  # ultralytics is untyped
        """Trains the prepared student instead of a fresh network."""

        def get_model(self, cfg: object = None, weights: Any = None, verbose: bool = True) -> Any:  # noqa: ANN401, ARG002, FBT001, FBT002 -- ultralytics' signature
            if resume and weights is not None:
                return weights.float()
            return student

    overrides = dict(plan.overrides())
    if resume:
        overrides |= {"model": str(plan.last), "resume": str(plan.last)}
    return Trainer(overrides=overrides)


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
