"""What a fake camera shows: a drawn street in which one thing stands, coded as cameras code."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import PictureType, VideoFrame
from av.video.stream import VideoStream

from streetwatch.datasets.fake_trouble import Calm, Clips
from streetwatch.vision.types import Box, Image, Seconds, Size

#: Small: what matters is the wire, not the picture.
SIZE: Final = (320, 180)
FPS: Final = 10
KEY_EVERY: Final = 10  #: pictures
RARE_KEY_EVERY: Final = 250

#: Of a film: what the shipped model sees in, and another.
FILM_SIZE: Final = (640, 360)
RESIZED: Final = (960, 540)

#: What stands there, x1 y1 x2 y2 in pixels of `SIZE`: bright, so that it is told from the street.
THING: Final[Box] = (140.0, 90.0, 180.0, 114.0)
THING_LEVEL: Final = 235

#: At the end of a film: long, so that no two looks in a row see the same picture of it.
CALM_S: Final[Seconds] = 31.0

_SECONDS: Final = 6
_NOISE: Final = 2.5  #: of a sensor, standard deviation in grey levels
_TINY: Final = 20


@dataclass(frozen=True, slots=True)
class Keys:
    """Which pictures of a clip are key frames.

    Attributes:
        every: So many from one to the next.
        at: The number of one that is one too.
    """

    every: int = KEY_EVERY
    at: int = 0


RARE_KEYS: Final = Keys(RARE_KEY_EVERY)


def drawn_clips(folder: Path) -> Clips:
    """Draw and code all that a camera of the drawn street can show."""
    chance = np.random.default_rng(7)
    street = _street(chance)

    def pictures(count: int) -> Iterator[VideoFrame]:
        noisy = (street + chance.normal(0, _NOISE, street.shape) for _ in range(count))
        return (_frame(np.asarray(np.clip(one, 0, 255), np.uint8)) for one in noisy)

    grey = _frame(np.full((SIZE[1], SIZE[0], 3), 128, np.uint8))
    length = _SECONDS * FPS
    return Clips(
        street=coded(pictures(length), folder / "street.mp4"),
        grey=coded([grey] * length, folder / "grey.mp4"),
        resized=coded(pictures(length), folder / "resized.mp4", size=(480, 270)),
        recoded=coded(pictures(length), folder / "recoded.mp4", codec="libx265"),
        long_gop=coded(pictures(RARE_KEY_EVERY), folder / "long_gop.mp4", keys=RARE_KEYS),
    )


def clips_of(film: Path, folder: Path, *, rest_s: Seconds = 0.0) -> Clips:
    """Code all that a camera can show that shows a film; what is there already is kept.

    Args:
        film: Which; its first picture is the empty street.
        folder: Where the clips are.
        rest_s: For how long at least the empty street is shown before the film begins anew.
    """
    length = _pictures_in(film)

    def made(name: str, size: Size, codec: str = "libx264", keys: Keys = Keys()) -> Path:
        path = folder / f"{film.stem}-{name}-and-calm.mp4"
        if path.is_file():
            return path
        pictures = chain(_pictures(film), _calm(film))
        return coded(pictures, path, size=size, codec=codec, keys=replace(keys, at=length))

    grey = folder / f"{film.stem}-grey.mp4"
    flat = _frame(np.full((FILM_SIZE[1], FILM_SIZE[0], 3), 128, np.uint8))
    return Clips(
        street=made("street", FILM_SIZE),
        grey=grey if grey.is_file() else coded([flat] * _SECONDS * FPS, grey, size=FILM_SIZE),
        resized=made("resized", RESIZED),
        recoded=made("recoded", FILM_SIZE, "libx265"),
        long_gop=made("long_gop", FILM_SIZE, keys=RARE_KEYS),
        are_aligned=True,
        calm=Calm(length / FPS, max(rest_s, CALM_S)),
    )


def _calm(film: Path) -> Iterator[VideoFrame]:
    """Yield a film's first picture again and again, each as a sensor sees it."""
    chance = np.random.default_rng(11)
    still = next(_pictures(film)).reformat(*FILM_SIZE, "bgr24").to_ndarray().astype(np.float32)
    for _ in range(round(CALM_S * FPS)):
        noisy = still + _NOISE * chance.standard_normal(still.shape, np.float32)
        yield _frame(np.asarray(np.clip(noisy, 0, 255), np.uint8))


def _pictures_in(film: Path) -> int:
    with av.open(film) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)


def _pictures(film: Path) -> Iterator[VideoFrame]:
    with av.open(film) as container:
        yield from container.decode(video=0)


def coded(
    pictures: Iterable[VideoFrame],
    path: Path,
    *,
    size: Size = SIZE,
    codec: str = "libx264",
    keys: Keys = Keys(),
) -> Path:
    """Code pictures into a file, which appears whole or not at all.

    Args:
        pictures: What is shown.
        path: The file.
        size: Of the pictures.
        codec: As FFmpeg names it.
        keys: Which pictures are key frames.
    """
    unfinished = path.with_suffix(".part.mp4")
    options = {
        "preset": "ultrafast",
        "g": str(keys.every),
        "keyint_min": str(keys.every),
        "bf": "0",
        "sc_threshold": "0",
        "forced-idr": "1",
        "crf": "26",
        "x265-params": f"keyint={keys.every}:bframes=0:log-level=none",
    }
    with av.open(unfinished, "w") as output:
        stream = output.add_stream(codec, rate=FPS, options=options)
        if not isinstance(stream, VideoStream):
            raise TypeError(f"{codec} is no codec of video")
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number, frame in enumerate(pictures):
            one = frame.reformat(*size, "yuv420p")
            one.pts, one.time_base = number, Fraction(1, FPS)
            one.pict_type = PictureType.I if number == keys.at else PictureType.NONE
            output.mux(stream.encode(one))
        output.mux(stream.encode())
    return unfinished.replace(path)


def _street(chance: np.random.Generator) -> npt.NDArray[np.float64]:
    """Draw a street with something in it."""
    blocks = chance.integers(40, 150, (_TINY, _TINY * 2), np.uint8)
    grey = cv2.resize(blocks, SIZE, interpolation=cv2.INTER_CUBIC).astype(np.float64)
    x1, y1, x2, y2 = (round(side) for side in THING)
    grey[y1:y2, x1:x2] = THING_LEVEL
    return np.repeat(grey[:, :, None], 3, axis=2)


def _frame(image: Image) -> VideoFrame:
    return VideoFrame.from_ndarray(image, format="bgr24")
