"""The street that every camera shows: the demo's, small, and held when all stands there."""

from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np

from streetwatch.datasets import demo

STREET: Final = Path(demo.__file__).with_name("street.mp4")

#: A car, a stall and a heap stand there by then, since seconds 5, 19 and 32.
HELD_AT_S: Final = 60.0
HELD_S: Final = 240.0
#: Until forty cameras' cases are masked, and their nodes replaced in turn.
LONG_HELD_S: Final = 1200.0
WIDTH, HEIGHT, FPS, GOP = 640, 360, 5, 10
_NOISE: Final = 5.0  # standard deviation, levels of 255


def film(target: Path, held_s: float = HELD_S) -> Path:
    """Code the demo's street small; nothing moves any more when all that is to stand stands.

    Its pictures have a sensor's noise: a camera whose pictures are all the same is frozen.
    """
    noise = np.random.default_rng(0)
    options = {"preset": "superfast", "crf": "20", "g": str(GOP), "sc_threshold": "0", "bf": "0"}
    with av.open(STREET) as source, av.open(target, "w") as output:
        stream = output.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        number = 0
        for frame in source.decode(video=0):
            at = frame.time or 0.0
            due = at if at < HELD_AT_S else at + held_s
            while number <= due * FPS:
                small = _noisy(frame.reformat(WIDTH, HEIGHT, "bgr24", interpolation="AREA"), noise)
                small.pts, small.time_base = number, Fraction(1, FPS)
                output.mux(stream.encode(small))
                number += 1
        output.mux(stream.encode())
    return target


def _noisy(frame: av.VideoFrame, noise: np.random.Generator) -> av.VideoFrame:
    pixels = frame.to_ndarray(format="bgr24")
    noisy = pixels + noise.normal(0.0, _NOISE, pixels.shape)
    return av.VideoFrame.from_ndarray(noisy.clip(0, 255).astype(np.uint8), format="bgr24")
