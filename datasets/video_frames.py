"""Pictures of a clip, far apart in time."""

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from streetwatch.vision.types import Image

FRAMES_PER_CLIP = 28
_LEAST_STEP_S = 0.6


def spread(clip: Path) -> Iterator[Image]:
    """Yield up to `FRAMES_PER_CLIP` pictures of a clip, (H, W, 3) BGR, evenly spread."""
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        length_s = float(container.duration or 0) / 1e6
        step_s = max(length_s / FRAMES_PER_CLIP, _LEAST_STEP_S)
        due_s = 0.0
        for frame in container.decode(stream):
            if frame.pts is not None and frame.time >= due_s:
                due_s = frame.time + step_s
                yield np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
