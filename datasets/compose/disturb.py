"""What weather, lamps, the pole and the lens do to a picture."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import cos, pi
from types import MappingProxyType

import cv2
import numpy as np

from streetwatch.datasets.compose.kinds import Disturbance
from streetwatch.vision.types import Image, Seconds, Size

Effect = Callable[[Image, Seconds], Image]

_NOISE_TILES = 4
_SENSOR_NOISE = 2.5  # grey levels, by day
_NIGHT_NOISE = 7.0
_NIGHT_GAIN = 0.4
_DROPS = 160
_BEAM_EVERY_S: Seconds = 23.0
_BEAM_S: Seconds = 2.5
_SHAKE_PX = 2.5
_LIGHT_PERIOD_S: Seconds = 300.0


@dataclass(frozen=True, slots=True, eq=False)
class _Rain:
    chance: np.random.Generator

    def __call__(self, picture: Image, at: Seconds) -> Image:
        del at
        height, width = picture.shape[:2]
        streaks = np.zeros_like(picture)
        starts = self.chance.uniform((0, 0), (width, height), (_DROPS, 2)).astype(int)
        for x, y in starts.tolist():
            cv2.line(streaks, (x, y), (x - 3, y + 16), (90, 90, 90), 1)
        softer = cv2.addWeighted(picture, 0.85, np.full_like(picture, 128), 0.15, 0)
        return np.asarray(cv2.add(softer, streaks), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class _Headlights:
    """A beam that sweeps over half the street."""

    beam: Image

    def __call__(self, picture: Image, at: Seconds) -> Image:
        if at % _BEAM_EVERY_S >= _BEAM_S:
            return picture
        shift = round((at % _BEAM_S) / _BEAM_S * picture.shape[1] / 2)
        return np.asarray(cv2.add(picture, np.roll(self.beam, shift, axis=1)), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class _Shake:
    chance: np.random.Generator

    def __call__(self, picture: Image, at: Seconds) -> Image:
        del at
        right, down = self.chance.normal(0, _SHAKE_PX, 2).tolist()
        moved = np.array([[1, 0, right], [0, 1, down]], np.float64)
        size = picture.shape[1], picture.shape[0]
        return np.asarray(cv2.warpAffine(picture, moved, size, borderMode=cv2.BORDER_REPLICATE))


@dataclass(frozen=True, slots=True, eq=False)
class _Noise:
    tiles: tuple[Image, ...]
    chance: np.random.Generator

    def __call__(self, picture: Image, at: Seconds) -> Image:
        del at
        tile = self.tiles[int(self.chance.integers(len(self.tiles)))]
        return np.asarray(cv2.addWeighted(picture, 1.0, tile, 1.0, -128.0), np.uint8)


def effects(what: Disturbance, size: Size, chance: np.random.Generator) -> list[Effect]:
    """Return what a disturbance does to each picture, in order; sensor noise is always there."""
    made = [make(size, chance) for one, make in _EFFECTS.items() if what.has(one)]
    dark = what.has(Disturbance.NIGHT)
    return [*made, _noise(size, _NIGHT_NOISE if dark else _SENSOR_NOISE, chance)]


def _light(size: Size, chance: np.random.Generator) -> Effect:
    """Return clouds and dusk: darker and lighter again, to less than half."""
    del size
    phase = float(chance.uniform(0, 2 * pi))

    def dimmed(picture: Image, at: Seconds) -> Image:
        gain = 0.72 + 0.28 * cos(2 * pi * at / _LIGHT_PERIOD_S + phase)
        return np.asarray(cv2.convertScaleAbs(picture, alpha=gain), np.uint8)

    return dimmed


def _night(size: Size, chance: np.random.Generator) -> Effect:
    del size, chance

    def darkened(picture: Image, at: Seconds) -> Image:
        del at
        return np.asarray(cv2.convertScaleAbs(picture, alpha=_NIGHT_GAIN), np.uint8)

    return darkened


def _headlights(size: Size, chance: np.random.Generator) -> Effect:
    del chance
    width, height = size
    across = np.exp(-(((np.arange(width) - width / 4) / (width / 8)) ** 2))
    down = np.exp(-(((np.arange(height) - 0.7 * height) / (height / 4)) ** 2))
    beam = 110 * np.outer(down, across)
    return _Headlights(np.repeat(beam[..., None], 3, axis=2).astype(np.uint8))


def _noise(size: Size, levels: float, chance: np.random.Generator) -> Effect:
    shape = (_NOISE_TILES, size[1], size[0], 3)
    normal = chance.standard_normal(shape, np.float32)
    tiles = cv2.convertScaleAbs(normal.reshape(-1, 3), alpha=levels, beta=128).reshape(shape)
    return _Noise(tuple(np.asarray(tiles, np.uint8)), chance)


_EFFECTS: Mapping[Disturbance, Callable[[Size, np.random.Generator], Effect]] = MappingProxyType(
    {
        Disturbance.LIGHT: _light,
        Disturbance.NIGHT: _night,
        Disturbance.HEADLIGHTS: _headlights,
        Disturbance.RAIN: lambda _, chance: _Rain(chance),
        Disturbance.SHAKE: lambda _, chance: _Shake(chance),
    }
)
