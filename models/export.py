"""Export: from trained weights to an ONNX file and its card."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

from streetwatch.models.card import ModelCard, write_card
from streetwatch.models.errors import ModelError
from streetwatch.models.labels import CLASS_ID
from streetwatch.models.train import with_labels
from streetwatch.models.ultralytics_model import COCO_CLASS, load_weights

#: Until `val` has been measured: a common middle.
UNCALIBRATED = 0.25

LICENCE = "AGPL-3.0-or-later"

_OPSET = 17


def export(weights: Path, *, out: Path, name: str, image_size: int = 640) -> ModelCard:
    """Write `out/NAME.onnx` (FP32, any height and width) and `out/NAME.toml`, and return the card.

    Args:
        weights: Trained by `streetwatch train`; of COCO's own weights the labels that are ours too
            are kept, to compare with.
        out: Folder; made if it is not there.
        name: Of the model.
        image_size: Longest side at run time, pixels.

    Raises:
        ExtraMissingError: the extra `train` is not installed.
        ModelError: the weights can't be used, or know labels that are not ours.
    """
    model = load_weights(weights)
    labels = _labels(model, weights)
    if len(labels) < len(model.names):
        model.model = with_labels(model.model, labels)
    # Ultralytics writes the path of the training data into the file: nobody else's business.
    model.model.args = {**model.model.args, "data": ""}
    # nms=False is ultralytics' word for the one-to-one head: each object once, (N, 300, 6).
    made = Path(
        model.export(format="onnx", imgsz=image_size, dynamic=True, opset=_OPSET, nms=False)
    )
    out.mkdir(parents=True, exist_ok=True)
    file = Path(shutil.move(made, out / f"{name}.onnx"))
    card = ModelCard(
        name=name,
        file=file,
        sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
        input_size=image_size,
        labels=labels,
        thresholds=dict.fromkeys(labels, UNCALIBRATED),
        licence=LICENCE,
    )
    write_card(card, out / f"{name}.toml")
    return card


def _labels(model: Any, weights: Path) -> tuple[str, ...]:  # noqa: ANN401 -- ultralytics is untyped
    """Return the labels that the exported model knows, in its own order."""
    known = [model.names[number] for number in sorted(model.names)]
    if all(label in CLASS_ID for label in known):
        return tuple(known)
    if all(known[number : number + 1] == [label] for label, number in COCO_CLASS.items()):
        return tuple(COCO_CLASS)
    foreign = next(label for label in known if label not in CLASS_ID)
    raise ModelError(f"{weights}: label {foreign!r} is not ours: train it first")
