"""Learning from verdicts: what analysts confirmed and rejected becomes a source for `data build`.

A verdict is about one box in one frame, so a picture of its surroundings is cut out of the frame:
what nobody judged stays outside as far as possible. Confirmed, the box is labelled; rejected
because there was no such object, the picture is a hard negative. A rejection for another reason
(it was allowed, it was moving on) says nothing about the model, and neither does an unsure one.
Places are kept apart: all pictures of one place are in `train`, or all in `val`.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml

from streetwatch.datasets.yolo_folder import DatasetError, LabelledBox, read_picture
from streetwatch.models.labels import LABELS
from streetwatch.vision.types import Box, Image

#: The surroundings reach so many of the box's longer side to every side of its middle ...
_REACH = 1.5

#: ... and at least so many pixels: less shows nothing of the street.
_LEAST_REACH_PX = 160

_JPEG_QUALITY = 92

#: A city's own pictures are its own business.
_LICENCE = "own cameras, not to be passed on"


class Judgement(StrEnum):
    """What an analyst said."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    UNSURE = "unsure"


#: The reason of a rejection that is about the model: there is no such object.
WRONG_OBJECT = "wrong_object"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One verdict.

    Attributes:
        frame: Picture file.
        place: Camera and zone: pictures of one place are never in two splits.
        label: What the model took it for.
        box: x1 y1 x2 y2, pixels of the frame.
        judgement: What the analyst said.
        reason: Of a rejection.
    """

    frame: Path
    place: str
    label: str
    box: Box
    judgement: Judgement
    reason: str


def read_verdicts(folder: Path) -> Iterator[Reviewed]:
    """Yield the verdicts of a folder: `verdicts.jsonl`, a JSON object a line, and its frames.

    Raises:
        DatasetError: the file is missing, or a line is wrong; says which and how to write it.
    """
    file = folder / "verdicts.jsonl"
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{file}: can't be read as text: {error}") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _verdict(line, folder, f"{file}:{number}")


def _verdict(line: str, folder: Path, where: str) -> Reviewed:
    try:
        fields: Mapping[str, Any] = json.loads(line)
        x1, y1, x2, y2 = (float(value) for value in fields["bbox"])
        made = Reviewed(
            frame=_inside(folder, str(fields["frame"])),
            place=str(fields["place"]),
            label=str(fields["label"]),
            box=(x1, y1, x2, y2),
            judgement=Judgement(fields["verdict"]),
            reason=str(fields.get("reason", "")),
        )
    except (json.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise DatasetError(
            f"{where}: {error}: write frame, place, label, bbox (four numbers), "
            f"verdict ({', '.join(Judgement)}) and, if rejected, reason"
        ) from error
    if made.label not in LABELS or not (x1 < x2 and y1 < y2):
        raise DatasetError(f"{where}: label one of {', '.join(LABELS)}; bbox x1 < x2 and y1 < y2")
    return made


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"frame {name!r} leads out of the folder")
    return path


def learn_from(
    folder: Path, out: Path, *, held_out: float, on_verdict: Callable[[], None]
) -> Mapping[str, Mapping[str, int]]:
    """Write a source of the verdicts in `folder`, and return what it holds, by split.

    Args:
        folder: See `read_verdicts`.
        out: Folder of the source; its name is the source's.
        held_out: Share of the places that go to `val`.
        on_verdict: Progress.

    Raises:
        DatasetError: a verdict or a frame is wrong, or there is nothing to learn from.
    """
    verdicts = list(read_verdicts(folder))
    usable = [one for one in verdicts if _says_something(one)]
    if not usable:
        raise DatasetError(
            f"{folder}: none of {len(verdicts)} verdicts is confirmed, or rejected as "
            f"{WRONG_OBJECT}: there is nothing to learn"
        )
    counts: dict[str, Counter[str]] = {}
    labels = sorted({one.label for one in usable}, key=LABELS.index)
    for number, one in enumerate(usable):
        split = split_of(one.place, held_out)
        counts.setdefault(split, Counter())[one.judgement.value] += 1
        near = [other for other in usable if other.frame == one.frame]
        _write(out / split, f"{number:06d}", one, near, labels)
        on_verdict()
    for split in counts:
        content = {"names": labels, "licence": _LICENCE}
        (out / split / "data.yaml").write_text(
            yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8"
        )
    return counts


def _says_something(one: Reviewed) -> bool:
    wrong = one.judgement is Judgement.REJECTED and one.reason == WRONG_OBJECT
    return wrong or one.judgement is Judgement.CONFIRMED


def split_of(place: str, held_out: float) -> str:
    """Return `val` for a share of the places, always the same ones, and `train` for the rest."""
    drawn = int.from_bytes(hashlib.sha256(place.encode()).digest()[:4]) / 2**32
    return "val" if drawn < held_out else "train"


def _write(folder: Path, name: str, one: Reviewed, near: list[Reviewed], labels: list[str]) -> None:
    for part in ("images", "labels"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    image = read_picture(one.frame)
    window = _surroundings(one.box, image)
    x1, y1, x2, y2 = window
    quality = [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
    cv2.imwrite(str(folder / "images" / f"{name}.jpg"), image[y1:y2, x1:x2], quality)
    confirmed = (other for other in near if other.judgement is Judgement.CONFIRMED)
    boxes = [box for other in confirmed if (box := _within(other, window))]
    lines = [box.line(labels.index(box.label)) for box in boxes]
    (folder / "labels" / f"{name}.txt").write_text("".join(lines), encoding="utf-8")


def _surroundings(box: Box, image: Image) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = box
    height, width = image.shape[:2]
    reach = max(_REACH * max(x2 - x1, y2 - y1), _LEAST_REACH_PX)
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    left, right = np.clip((round(x - reach), round(x + reach)), 0, width).tolist()
    top, bottom = np.clip((round(y - reach), round(y + reach)), 0, height).tolist()
    if right <= left or bottom <= top:
        raise DatasetError(f"a verdict's bbox {box} lies outside its {width} x {height} frame")
    return left, top, right, bottom


def _within(other: Reviewed, window: tuple[int, int, int, int]) -> LabelledBox | None:
    """Return a box as shares of the window; None where half of it or more is outside."""
    left, top, right, bottom = window
    x1, x2 = np.clip((other.box[0], other.box[2]), left, right).tolist()
    y1, y2 = np.clip((other.box[1], other.box[3]), top, bottom).tolist()
    whole = (other.box[2] - other.box[0]) * (other.box[3] - other.box[1])
    if (x2 - x1) * (y2 - y1) <= 0.5 * whole:
        return None
    width, height = right - left, bottom - top
    centre = ((x1 + x2) / 2 - left) / width, ((y1 + y2) / 2 - top) / height
    return LabelledBox(other.label, centre, ((x2 - x1) / width, (y2 - y1) / height))
