"""A model card: what a model file is, what it knows, and what was measured of it."""

import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from streetwatch.models.calibrate import OperatingPoint
from streetwatch.models.errors import ModelError
from streetwatch.models.labels import CLASS_ID, LABELS


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What a threshold was chosen by, on pictures that were not trained on.

    Attributes:
        basis: A `models.calibrate.Basis`.
        n: True objects.
        tp: Right detections at the threshold.
        fp: Wrong ones.
    """

    basis: str
    n: int
    tp: int
    fp: int


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What stands in a card.

    Attributes:
        name: What cases and manifests call the model.
        file: The ONNX file, relative to the card.
        sha256: Of that file, hex.
        input_size: Longest side the model is given, pixels; a multiple of 32.
        labels: What each of the model's classes is, in the model's own order.
        thresholds: Operating threshold of each label, 0..1.
        licence: SPDX expression.
        calibration: Of the labels whose threshold was measured; the others' is a choice.
    """

    name: str
    file: Path
    sha256: str
    input_size: int
    labels: tuple[str, ...]
    thresholds: Mapping[str, float]
    licence: str
    calibration: Mapping[str, Calibrated] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Name and content, so that evidence says which file judged."""
        return f"{self.name}@{self.sha256[:12]}"


def read_card(path: Path) -> ModelCard:
    """Read a card.

    Raises:
        ModelError: it can't be read, or a field is missing or wrong; says which.
    """
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ModelError(f"{path}: not a model card: {error}") from error
    try:
        card = _card(fields, path.parent)
    except KeyError as error:
        raise ModelError(f"{path}: {error} is missing from the model card") from error
    except (TypeError, ValueError) as error:
        raise ModelError(f"{path}: {error}") from error
    return card


def _card(fields: Mapping[str, Any], folder: Path) -> ModelCard:
    labels = tuple(fields["labels"])
    if not isinstance(fields["thresholds"], Mapping):
        raise TypeError("thresholds must be a table: [thresholds], then a line for each label")
    thresholds = {str(label): float(value) for label, value in fields["thresholds"].items()}
    _check(labels, thresholds, int(fields["input_size"]))
    return ModelCard(
        name=str(fields["name"]),
        file=folder / str(fields["file"]),
        sha256=str(fields["sha256"]),
        input_size=int(fields["input_size"]),
        labels=labels,
        thresholds=thresholds,
        licence=str(fields["licence"]),
        calibration={
            str(label): Calibrated(
                str(table["basis"]), int(table["n"]), int(table["tp"]), int(table["fp"])
            )
            for label, table in fields.get("calibration", {}).items()
        },
    )


def calibrated(card: ModelCard, points: Mapping[str, OperatingPoint]) -> ModelCard:
    """Return a card with the thresholds that were measured; other labels keep theirs."""
    measured = {
        label: Calibrated(point.basis.value, point.n, point.tp, point.fp)
        for label, point in points.items()
    }
    thresholds = {label: point.threshold for label, point in points.items()}
    return replace(
        card,
        thresholds={**card.thresholds, **thresholds},
        calibration={**card.calibration, **measured},
    )


def _check(labels: tuple[str, ...], thresholds: Mapping[str, float], input_size: int) -> None:
    unknown = [label for label in labels if label not in CLASS_ID]
    if unknown:
        raise ValueError(f"label {unknown[0]!r} is not one of {', '.join(LABELS)}")
    if len(set(labels)) != len(labels) or not labels:
        raise ValueError("labels must be given, each once")
    if set(thresholds) != set(labels):
        missing = sorted(set(labels) ^ set(thresholds))
        raise ValueError(f"thresholds must name the same labels as labels: see {missing[0]!r}")
    if not all(0 < value < 1 for value in thresholds.values()):
        raise ValueError("thresholds must lie between 0 and 1")
    if input_size <= 0 or input_size % 32:
        raise ValueError("input_size must be a multiple of 32")


def checked_file(card: ModelCard) -> Path:
    """Return the card's model file.

    Raises:
        ModelError: the file is missing, or is not the one the card speaks of.
    """
    try:
        with card.file.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{card.file}: the model file can't be read: {error.strerror}") from error
    if found != card.sha256:
        raise ModelError(
            f"{card.file}: sha256 {found[:12]}... is not the card's {card.sha256[:12]}...: "
            "take the file that belongs to the card, or export the model again"
        )
    return card.file


def write_card(card: ModelCard, path: Path) -> None:
    """Write a card beside its model file."""
    thresholds = (f"{label} = {card.thresholds[label]:g}" for label in card.labels)
    lines = [
        f"name = {json.dumps(card.name)}",
        f"file = {json.dumps(os.path.relpath(card.file, path.parent))}",
        f'sha256 = "{card.sha256}"',
        f"input_size = {card.input_size}",
        f"labels = {json.dumps(card.labels)}",
        f"licence = {json.dumps(card.licence)}",
        "",
        "[thresholds]",
        *thresholds,
    ]
    for label, one in card.calibration.items():
        lines += ["", f"[calibration.{label}]", f'basis = "{one.basis}"']
        lines += [f"n = {one.n}", f"tp = {one.tp}", f"fp = {one.fp}"]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
