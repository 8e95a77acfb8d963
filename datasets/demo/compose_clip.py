"""Puts the rendered cut-outs on the empty street, frame by frame, and encodes the clip.

`python -m streetwatch.datasets.demo.compose_clip WORK OUT`: WORK as `scene` left it; OUT gets
street.mp4 and truth.json. H.264 without B-frames, a closed group and a key frame every
second, so that a reader of key frames alone sees the street once a second.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from streetwatch.datasets.demo import timeline
from streetwatch.datasets.demo.cutouts import Cutout, lay, load
from streetwatch.datasets.demo.timeline import Leg, Spot

STEP_S = 0.2
_POSE_S = 4.0
_SWAP_S = 0.3
_FADE_S = 0.5
_LENS_PX, _LEAVES_PX = 0.7, 1.9
_DOOR_X_M, _FAR_M = 5.0, 25.0
_PIECES = 11
_SHADE_MOST, _FEATHER_PX = 90, 14
_MOST_BYTES = 4_900_000
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Layer:
    """A cut-out in one frame: its file's stem, where it stands, how it is warped and faded."""

    name: str
    spot: Spot
    opacity: float = 1.0
    from_spot: Spot | None = None


def layers_at(clip_s: float) -> list[Layer]:
    """What stands and moves in the street at that second, farthest first."""
    found = [*_cars(clip_s), *_stall(clip_s), *_heap(clip_s), *_walkers(clip_s)]
    eye = np.array(timeline.VIEW.at[:2])
    return sorted(found, key=lambda layer: -float(np.linalg.norm(np.array(layer.spot) - eye)))


def _cars(clip_s: float) -> Iterator[Layer]:
    arrives, leaves = timeline.CAR_LEGS
    if arrives.end < clip_s <= leaves.start:
        yield Layer("car", timeline.CAR_SPOT)
    for leg in timeline.CAR_LEGS:
        yield from _moving("car", leg, clip_s)
    for leg in timeline.PASSING_LEGS:
        yield from _moving("passing", leg, clip_s)


def _stall(clip_s: float) -> Iterator[Layer]:
    arrives, leaves = timeline.STALL_LEGS
    if arrives.end < clip_s < leaves.start:
        yield Layer("stall", timeline.STALL_SPOT)
    for leg in timeline.STALL_LEGS:
        yield from _moving("pushing", leg, clip_s)
    for leg in timeline.VENDOR_LEGS:
        yield from _moving("vendor", leg, clip_s)
    steps_up, steps_back = timeline.VENDOR_LEGS
    if steps_up.end < clip_s < steps_back.start:
        number, since = divmod(clip_s, _POSE_S)
        if since < _SWAP_S:
            yield Layer(f"vendor_{int(number - 1) % 4}", timeline.VENDOR_SPOT)
        near = (timeline.VENDOR_SPOT[0], timeline.VENDOR_SPOT[1] - 0.01)  # over the pose before
        yield Layer(f"vendor_{int(number) % 4}", near, min(1.0, since / _SWAP_S))


def _heap(clip_s: float) -> Iterator[Layer]:
    grown = _share(clip_s, timeline.BAGS_FROM) * _PIECES
    gone = _share(clip_s, timeline.BAGS_UNTIL) * _PIECES
    pieces = grown - gone
    whole, part = int(pieces), pieces - int(pieces)
    if whole:
        yield Layer(f"bags_{whole:02d}", timeline.HEAP_SPOT)
    if part:
        near = (timeline.HEAP_SPOT[0], timeline.HEAP_SPOT[1] - 0.01)
        yield Layer(f"bags_{whole + 1:02d}", near, min(1.0, 2 * part))


def _share(clip_s: float, span: tuple[float, float]) -> float:
    return min(1.0, max(0.0, (clip_s - span[0]) / (span[1] - span[0])))


def _walkers(clip_s: float) -> Iterator[Layer]:
    helpers = {"resident": timeline.RESIDENT_LEGS, "cleaner": timeline.CLEANER_LEGS}
    for name, (comes, goes) in helpers.items():
        if comes.end < clip_s < goes.start:
            yield Layer(f"{name}_standing", timeline.HELPER_SPOT)
        for leg in (comes, goes):
            yield from _moving(name, leg, clip_s)
    for leg in timeline.STROLL_LEGS:
        yield from _moving("stroller", leg, clip_s)


def _moving(actor: str, leg: Leg, clip_s: float) -> Iterator[Layer]:
    """The actor's last render, moved on to where it stands now."""
    if leg.start <= clip_s <= leg.end:
        rendered = leg.start + int((clip_s - leg.start) / STEP_S + 1e-6) * STEP_S
        name = f"{actor}_{round(rendered * 10):04d}"
        yield Layer(name, leg.at(clip_s), _opacity(leg, clip_s), leg.at(rendered))


def _opacity(leg: Leg, clip_s: float) -> float:
    """At the road's far end or a shop's door actors fade; near by they leave the picture."""
    comes = (clip_s - leg.start) / _FADE_S if _hidden(leg.spots[0]) else 1.0
    goes = (leg.end - clip_s) / _FADE_S if _hidden(leg.spots[-1]) else 1.0
    return min(1.0, comes, goes)


def _hidden(spot: Spot) -> bool:
    return spot[0] > _DOOR_X_M or spot[1] > _FAR_M


def _feathered(cutout: Cutout) -> Cutout:
    """Lets a shadow fade before its cut-out ends, so that no straight edge shows."""
    height, width = cutout.bgra.shape[:2]
    rows, columns = np.arange(height), np.arange(width)
    inward = np.minimum(
        np.minimum(rows, height - 1 - rows)[:, None], np.minimum(columns, width - 1 - columns)
    )
    alpha = cutout.bgra[..., 3]
    ramp = np.where(alpha < _SHADE_MOST, np.minimum(inward / _FEATHER_PX, 1.0), 1.0)
    faded = np.dstack([cutout.bgra[..., :3], alpha * ramp]).astype(np.uint8)
    return replace(cutout, bgra=faded)


def _warped(cutout: Cutout, layer: Layer) -> Cutout:
    """The cut-out as it looks from where its actor has moved to since it was rendered."""
    if layer.from_spot is None or layer.from_spot == layer.spot:
        return cutout
    ground = [(*spot, 0.0) for spot in (layer.from_spot, layer.spot)]
    (x1, y1, deep), (x2, y2, now) = timeline.VIEW.project(np.array(ground)).tolist()
    scale = deep / now
    left, top = x2 + (cutout.left - x1) * scale, y2 + (cutout.top - y1) * scale
    low_x, low_y = int(np.floor(left)), int(np.floor(top))
    height, width = cutout.bgra.shape[:2]
    size = (int(np.ceil(width * scale)) + 2, int(np.ceil(height * scale)) + 2)
    matrix = np.array([[scale, 0, left - low_x], [0, scale, top - low_y]])
    return replace(cutout, bgra=_resampled(cutout.bgra, matrix, size), left=low_x, top=low_y)


def _resampled(bgra: Picture, matrix: NDArray[np.float64], size: tuple[int, int]) -> Picture:
    """Warps with the colour weighted by alpha, so that no dark fringe appears."""
    alpha = bgra[..., 3:].astype(np.float32) / 255
    weighted = np.dstack([bgra[..., :3] * alpha, alpha])
    moved = cv2.warpAffine(weighted, matrix, size, flags=cv2.INTER_LINEAR)
    colour = moved[..., :3] / np.maximum(moved[..., 3:], 1e-3)
    return np.clip(np.dstack([colour, moved[..., 3:] * 255]) + 0.5, 0, 255).astype(np.uint8)


def _softened(street: Picture) -> Picture:
    """The empty street as a plain lens shows it.

    Leaves and the upper floors are softest: they cost the most bytes and nobody watches them.
    """
    hue, strength, _ = cv2.split(cv2.cvtColor(street, cv2.COLOR_BGR2HSV))
    leafy = ((hue > 35) & (hue < 75) & (strength > 60)).astype(np.float32)
    share = np.clip((cv2.GaussianBlur(leafy, (0, 0), 6) - 0.25) * 3, 0, 1)
    above = 0.75 * np.clip((330 - np.arange(len(street))) / 110, 0, 1)[:, None]
    share = np.maximum(share, above)[..., None]
    near = cv2.GaussianBlur(street, (0, 0), _LENS_PX).astype(np.float32)
    leaves = cv2.GaussianBlur(street, (0, 0), _LEAVES_PX).astype(np.float32)
    return np.asarray(near * (1 - share) + leaves * share + 0.5, np.uint8)


class Street:
    """The empty street and the cut-outs of one render."""

    def __init__(self, work: Path) -> None:
        picture = cv2.imread(str(work / "street.png"), cv2.IMREAD_COLOR)
        if picture is None:
            raise FileNotFoundError(f"{work}/street.png is missing: run the scene program first")
        self._empty = _softened(picture.astype(np.uint8))
        self._work = work
        self._cutout = cache(self._load)

    def _load(self, name: str) -> Cutout | None:
        path = self._work / f"{name}.png"
        return _feathered(load(path)) if path.exists() else None  # else: out of the picture

    def frame(self, clip_s: float) -> Picture:
        """The picture (720, 1280, 3) BGR at that second of the clip."""
        canvas = self._empty.copy()
        for layer in layers_at(clip_s):
            cutout = self._cutout(layer.name)
            if cutout is not None and layer.opacity > 0:
                lay(canvas, _warped(cutout, layer), layer.opacity)
        return canvas


def encode(street: Street, path: Path, quality: int) -> int:
    """Writes the clip at that x264 `crf` and returns its size in bytes."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as clip:
        stream = clip.add_stream("libx264", rate=timeline.FPS)
        stream.width, stream.height, stream.pix_fmt = (
            timeline.VIEW.width,
            timeline.VIEW.height,
            "yuv420p",
        )
        stream.time_base = Fraction(1, timeline.FPS)
        stream.options = {
            "crf": str(quality),
            "preset": "slower",
            "x264-params": f"keyint={timeline.FPS}:min-keyint={timeline.FPS}:scenecut=0:bframes=0"
            ":open-gop=0:ref=2:mbtree=0:psy-rd=0,0:ipratio=1.5:deadzone-inter=32:aq-strength=0.8:colorprim=bt709:transfer=bt709:colormatrix=bt709",
        }
        for number in range(timeline.DURATION_S * timeline.FPS):
            picture = av.VideoFrame.from_ndarray(street.frame(number / timeline.FPS), "bgr24")
            frame = picture.reformat(format="yuv420p", dst_colorspace="ITU709")
            frame.pts = number
            clip.mux(stream.encode(frame))
        clip.mux(stream.encode(None))
    return path.stat().st_size


def main() -> None:
    """Encodes at the best quality that stays under the size, and writes the truth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--crf", type=int, default=39)
    asked = parser.parse_args()
    street, quality = Street(asked.work), asked.crf
    while encode(street, asked.out / "street.mp4", quality) > _MOST_BYTES:
        quality += 1
    truth = json.dumps({"street.mp4": timeline.truth()}, ensure_ascii=False, indent=2)
    (asked.out / "truth.json").write_text(truth + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
