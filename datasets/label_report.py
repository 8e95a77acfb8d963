"""The label-quality report of a built set: one HTML page with counts, doubts and contact sheets."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TypeVar

import cv2

from streetwatch.datasets.contact_sheet import crops_sheet, pictures_sheet
from streetwatch.datasets.quality import Doubt, doubts
from streetwatch.datasets.yolo_folder import LabelledImage, read_split
from streetwatch.vision.types import Image

T = TypeVar("T")

_CROPS = 36
_PICTURES = 24
_DOUBTS = 60

_STYLE = (
    "body{font:15px/1.5 system-ui,'Noto Sans CJK SC',sans-serif;margin:2rem;max-width:1500px}"
    "table{border-collapse:collapse}"
    "td,th{border:1px solid #bbb;padding:.2rem .6rem;text-align:right}"
    "th:first-child,td:first-child{text-align:left}img{max-width:100%}"
)


@dataclass(frozen=True, slots=True)
class Split:
    """The pictures of one split of a built set."""

    name: str
    images: tuple[LabelledImage, ...]


def write_report(folder: Path, *, seed: int, on_sheet: Callable[[str], None]) -> Path:
    """Write `folder/report/index.html` and its sheets, and return the page.

    Args:
        folder: Of a set that `data build` made.
        seed: Which pictures are shown.
        on_sheet: Told what is drawn, for progress.

    Raises:
        DatasetError: the folder is no such set.
    """
    splits = [Split(name, tuple(read_split(folder, name))) for name in ("train", "val")]
    out = folder / "report"
    out.mkdir(exist_ok=True)
    chance = random.Random(seed)  # noqa: S311 -- which pictures are shown, not a secret
    parts = [_counts(splits)]
    for split in splits:
        on_sheet(split.name)
        parts.append(f"<h2>{split.name}</h2>")
        parts.append(_doubts(out, split, on_sheet))
        parts.append(_sheet(out, f"{split.name}_pictures", _some(chance, split.images, _PICTURES)))
        parts += _crops(out, split, chance, on_sheet)
    page = out / "index.html"
    body = "\n".join(parts)
    page.write_text(
        f"<!doctype html><meta charset=utf-8><title>标注质量 Label quality</title>"
        f"<style>{_STYLE}</style><h1>标注质量 Label quality</h1>\n{body}\n",
        encoding="utf-8",
    )
    return page


def _counts(splits: Sequence[Split]) -> str:
    tables = []
    for split in splits:
        boxes = Counter(box.label for image in split.images for box in image.boxes)
        empty = sum(not image.boxes for image in split.images)
        rows = "".join(f"<tr><td>{escape(label)}<td>{n}" for label, n in boxes.most_common())
        tables.append(
            f"<h2>{split.name}: {len(split.images)} 张图片 pictures, "
            f"{empty} 张无标注 without a box</h2>"
            f"<table><tr><th>标签 label<th>框 boxes{rows}</table>"
        )
    return "\n".join(tables)


def _doubts(out: Path, split: Split, on_sheet: Callable[[str], None]) -> str:
    found = list(doubts(split.images))
    if not found:
        return "<p>无可疑标注 Nothing looks wrong.</p>"
    on_sheet(f"{split.name}: doubts")
    by_reason = Counter((doubt.why, doubt.box.label) for doubt in found)
    rows = "".join(
        f"<tr><td>{escape(why)}<td>{escape(label)}<td>{n}"
        for (why, label), n in by_reason.most_common()
    )
    listed = out / f"{split.name}_doubts.csv"
    listed.write_text("".join(map(_line, found)), encoding="utf-8")
    _write(
        out / f"{split.name}_doubts.jpg", crops_sheet([(d.image, d.box) for d in found[:_DOUBTS]])
    )
    return (
        f"<h3>可疑标注 To be looked at: {len(found)} (<a href={listed.name}>{listed.name}</a>)</h3>"
        f"<table><tr><th>原因 why<th>标签 label<th>框 boxes{rows}</table>"
        f"<img src={split.name}_doubts.jpg alt='boxes in doubt'>"
    )


def _line(doubt: Doubt) -> str:
    corners = ",".join(f"{value:.4f}" for value in doubt.box.corners)
    return f"{doubt.image.path.name},{doubt.box.label},{doubt.why},{corners}\n"


def _crops(
    out: Path, split: Split, chance: random.Random, on_sheet: Callable[[str], None]
) -> list[str]:
    parts = []
    for label in sorted({box.label for image in split.images for box in image.boxes}):
        on_sheet(f"{split.name}: {label}")
        boxes = [(i, b) for i in split.images for b in i.boxes if b.label == label]
        name = f"{split.name}_{label}.jpg"
        _write(out / name, crops_sheet(_some(chance, boxes, _CROPS)))
        parts.append(f"<h3>{escape(label)} ({len(boxes)})</h3><img src={name} alt={escape(label)}>")
    return parts


def _some(chance: random.Random, items: Sequence[T], most: int) -> list[T]:
    return chance.sample(list(items), min(most, len(items)))


def _sheet(out: Path, name: str, images: Sequence[LabelledImage]) -> str:
    _write(out / f"{name}.jpg", pictures_sheet(images))
    return f"<img src={name}.jpg alt='{name}'>"


def _write(path: Path, image: Image) -> None:
    cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_QUALITY, 85])
