"""Ultralytics at the edge: imported when it is needed, and only where training is asked for."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from streetwatch.models.errors import ModelError, extra_missing

#: COCO's class numbers of the labels that we share with it.
COCO_CLASS: Mapping[str, int] = MappingProxyType(
    {"person": 0, "bicycle": 1, "car": 2, "motorcycle": 3, "bus": 5, "truck": 7}
)


def load_weights(weights: Path) -> Any:  # noqa: ANN401 -- ultralytics is untyped
    """Return an `ultralytics.YOLO` of a weights file.

    Raises:
        ExtraMissingError: ultralytics is not installed.
        ModelError: the file can't be loaded.
    """
    try:
        from ultralytics import YOLO  # noqa: PLC0415
    except ImportError as error:
        raise extra_missing("train", "training and exporting") from error
    if not weights.is_file():
        raise ModelError(f"{weights}: no such file: give the path of YOLO26n weights (.pt)")
    try:
        return YOLO(str(weights))
    except Exception as error:  # ultralytics raises whatever the unpickling does
        raise ModelError(f"{weights}: not weights that ultralytics can load: {error}") from error


class Teacher:
    """A COCO model that labels vehicles and people where a data set has no boxes of them."""

    def __init__(self, weights: Path) -> None:
        self._model = load_weights(weights)
        self._labels = {number: label for label, number in COCO_CLASS.items()}

    def boxes(
        self, image: npt.NDArray[np.uint8], *, confidence: float, image_size: int
    ) -> list[tuple[str, tuple[float, float, float, float]]]:
        """Return label and (cx, cy, w, h) in shares of the picture, for (H, W, 3) BGR."""
        (seen,) = self._model.predict(
            image,
            imgsz=image_size,
            conf=confidence,
            classes=list(self._labels),
            verbose=False,
        )
        rows = zip(seen.boxes.cls.tolist(), seen.boxes.xywhn.tolist(), strict=True)
        return [(self._labels[int(number)], (x, y, w, h)) for number, (x, y, w, h) in rows]
