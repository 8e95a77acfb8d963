"""Pictures made by pasting rendered objects (`datasets.demo.sprites`) into street pictures."""

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.datasets.yolo_folder import (
    DatasetError,
    LabelledBox,
    LabelledImage,
    read_picture,
)
from streetwatch.vision.types import Box, Image

Made = tuple[str, bytes, tuple[LabelledBox, ...]]

#: What a kind of sprite is, and how wide it is made, as shares of the picture's width. The empty
#: label is of things that are mistaken for vending: nothing is to be seen in them.
_KINDS: Mapping[str, tuple[str, tuple[float, float]]] = MappingProxyType(
    {
        "stall": ("vendor_stall", (0.08, 0.40)),
        "sheet": ("vendor_stall", (0.08, 0.35)),
        "rack": ("vendor_stall", (0.07, 0.35)),
        "tent": ("vendor_stall", (0.12, 0.50)),
        "bags": ("garbage", (0.05, 0.25)),
        "car": ("car", (0.12, 0.40)),
        "person": ("person", (0.02, 0.09)),
        "cafe": ("", (0.08, 0.35)),
        "cargo": ("", (0.08, 0.30)),
    }
)

#: Sellers and customers: a person is this wide beside a stall, as a share of the stall's width.
_PERSON_BESIDE = (0.22, 0.35)

#: An object cut off more than this by the picture's edge is left out.
_LEAST_VISIBLE = 0.6

#: Objects are not pasted over one another by more than this share.
_MOST_OVERLAP = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A rendered object with its shadow.

    Attributes:
        label: What it is.
        widths: Least and greatest width, shares of the picture's.
        rgba: (H, W, 4), BGR and straight alpha.
        box: The object without its shadow, pixels of the sprite.
    """

    label: str
    widths: tuple[float, float]
    rgba: npt.NDArray[np.uint8]
    box: Box


@dataclass(frozen=True, slots=True)
class Paster:
    """Makes `count` pictures from the sprites of a folder, the same ones for one seed.

    Raises:
        DatasetError: the folder holds no sprite.
    """

    sprites: Path
    count: int = 400
    seed: int = 0

    def pictures(
        self, backgrounds: Sequence[LabelledImage], streets: Sequence[LabelledImage] = ()
    ) -> Iterator[Made]:
        """Yield pictures with the boxes of what was pasted and of what stays visible beside it.

        Args:
            backgrounds: Pictures without vending, with their boxes.
            streets: Further ones, from fixed cameras: a third of the pictures is made of them.
        """
        chance = random.Random(self.seed)  # noqa: S311 -- pictures, not secrets
        sprites = load_sprites(self.sprites)
        people = [sprite for sprite in sprites if sprite.label == "person"]
        for number in range(self.count):
            background = chance.choice(streets if streets and number % 3 == 0 else backgrounds)
            canvas = _Canvas(read_picture(background.path))
            for sprite in chance.sample(sprites, min(chance.randint(1, 4), len(sprites))):
                canvas.paste(sprite, chance)
            if people:
                canvas.people_stalls(people, chance)
            if canvas.pasted:
                boxes = (*canvas.left_visible(background.boxes), *canvas.boxes())
                yield f"pasted_{number:03d}", canvas.jpeg(chance), boxes


class _Canvas:
    """A picture that sprites are pasted into."""

    def __init__(self, image: Image) -> None:
        self._image = image.astype(np.float32)
        self._height, self._width = image.shape[:2]
        self._light = float(np.clip(image.mean() / 110, 0.35, 1.15))
        self.pasted: list[tuple[str, Box]] = []

    def paste(self, sprite: Sprite, chance: random.Random) -> None:
        """Paste a sprite somewhere on the ground: lower and larger, or higher and smaller."""
        near = chance.random()
        smallest, largest = sprite.widths
        size = float(np.clip(near + chance.uniform(-0.3, 0.3), 0, 1))
        width = self._width * (smallest + (largest - smallest) * size)
        self._stand(
            sprite,
            width=width,
            middle=chance.uniform(0.1, 0.9) * self._width,
            foot=(0.45 + 0.55 * near) * self._height,
            chance=chance,
        )

    def people_stalls(self, people: Sequence[Sprite], chance: random.Random) -> None:
        """Stand sellers and customers beside the stalls, or partly before them."""
        stalls = [box for label, box in self.pasted if label == "vendor_stall"]
        for x1, _, x2, y2 in stalls:
            for _ in range(chance.randint(0, 2)):
                wide = x2 - x1
                self._stand(
                    chance.choice(people),
                    width=wide * chance.uniform(*_PERSON_BESIDE),
                    middle=(x1 + x2) / 2
                    + wide * chance.choice((-1, 1)) * chance.uniform(0.3, 0.75),
                    foot=y2 + wide * chance.uniform(-0.15, 0.15),
                    chance=chance,
                )

    def _stand(
        self, sprite: Sprite, *, width: float, middle: float, foot: float, chance: random.Random
    ) -> None:
        """Paste a sprite; not where it would hide another or be cut too much."""
        rgba, box = _sized(sprite, width)
        if chance.random() < 0.5:
            rgba, box = _mirrored(rgba, box)
        left, top = round(middle - (box[0] + box[2]) / 2), round(foot - box[3])
        placed = (box[0] + left, box[1] + top, box[2] + left, box[3] + top)
        visible = self._clipped(placed)
        if _area(visible) < _LEAST_VISIBLE * _area(placed) or self._hides(visible):
            return
        self._blend(rgba, left, top, light=self._light * chance.uniform(0.75, 1.2))
        self.pasted.append((sprite.label, visible))

    def boxes(self) -> list[LabelledBox]:
        """Return what was pasted."""
        return [self._share(label, box) for label, box in self.pasted if label]

    def left_visible(self, boxes: Iterable[LabelledBox]) -> list[LabelledBox]:
        """Return the boxes that are not covered by half or more."""
        return [box for box in boxes if self._covered(box) < 0.5]

    def jpeg(self, chance: random.Random) -> bytes:
        """Return the picture as a camera might: some with sensor noise, some strongly coded."""
        image = self._image
        if chance.random() < 0.4:
            noise = np.random.default_rng(chance.randrange(2**32))
            image = image + noise.normal(0, 6, image.shape).astype(np.float32)
        quality = [cv2.IMWRITE_JPEG_QUALITY, chance.randint(60, 92)]
        return cv2.imencode(".jpg", np.clip(image, 0, 255).astype(np.uint8), quality)[1].tobytes()

    def _blend(self, rgba: npt.NDArray[np.uint8], left: int, top: int, *, light: float) -> None:
        x1, y1 = max(left, 0), max(top, 0)
        x2 = min(left + rgba.shape[1], self._width)
        y2 = min(top + rgba.shape[0], self._height)
        part = rgba[y1 - top : y2 - top, x1 - left : x2 - left].astype(np.float32)
        alpha = part[..., 3:] / 255
        here = self._image[y1:y2, x1:x2]
        self._image[y1:y2, x1:x2] = part[..., :3] * light * alpha + here * (1 - alpha)

    def _clipped(self, box: Box) -> Box:
        x1, x2 = np.clip((box[0], box[2]), 0, self._width)
        y1, y2 = np.clip((box[1], box[3]), 0, self._height)
        return float(x1), float(y1), float(x2), float(y2)

    def _hides(self, box: Box) -> bool:
        """Whether a box would cover too much of another one."""
        return any(
            _common(box, other) > _MOST_OVERLAP * max(_area(other), 1e-9)
            for _, other in self.pasted
        )

    def _covered(self, box: LabelledBox) -> float:
        x1, y1, x2, y2 = box.corners
        width, height = self._width, self._height
        pixels = (x1 * width, y1 * height, x2 * width, y2 * height)
        return sum(_common(pixels, other) for _, other in self.pasted) / max(_area(pixels), 1e-9)

    def _share(self, label: str, box: Box) -> LabelledBox:
        x1, x2 = box[0] / self._width, box[2] / self._width
        y1, y2 = box[1] / self._height, box[3] / self._height
        return LabelledBox(label, ((x1 + x2) / 2, (y1 + y2) / 2), (x2 - x1, y2 - y1))


def _sized(sprite: Sprite, width: float) -> tuple[npt.NDArray[np.uint8], Box]:
    x1, y1, x2, y2 = sprite.box
    scale = width / (x2 - x1)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(sprite.rgba, None, fx=scale, fy=scale, interpolation=how)
    return np.asarray(resized, np.uint8), (x1 * scale, y1 * scale, x2 * scale, y2 * scale)


def _mirrored(rgba: npt.NDArray[np.uint8], box: Box) -> tuple[npt.NDArray[np.uint8], Box]:
    width = rgba.shape[1]
    return rgba[:, ::-1], (width - box[2], box[1], width - box[0], box[3])


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _common(left: Box, right: Box) -> float:
    width = min(left[2], right[2]) - max(left[0], right[0])
    height = min(left[3], right[3]) - max(left[1], right[1])
    return max(width, 0.0) * max(height, 0.0)


def load_sprites(folder: Path) -> list[Sprite]:
    """Return the sprites of a folder: `KIND_NNN.png` with `KIND_NNN.json` beside each.

    Raises:
        DatasetError: there is none, or one can't be read.
    """
    sprites = [_sprite(path) for path in sorted(folder.glob("*.png"))]
    if not sprites:
        raise DatasetError(f"{folder}: no sprites (*.png): render them with datasets.demo.sprites")
    return sprites


def _sprite(path: Path) -> Sprite:
    facts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    label, widths = _KINDS[facts["kind"]]
    rgba = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if rgba is None:
        raise DatasetError(f"{path}: not a picture that can be read")
    x1, y1, x2, y2 = facts["box"]
    return Sprite(label, widths, np.asarray(rgba, np.uint8), (x1, y1, x2, y2))
