"""Roboflow's way: `inference.InferencePipeline` with our model as its function."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import onnxruntime

from streetwatch.vision.letterbox import letterbox

_INPUT = 640


def watch(urls: Sequence[str], model: str, interval_s: float, on_look: Callable[[], None]) -> None:
    """Detect in pictures of all streams at a limited rate. Returns when they end."""
    from inference import InferencePipeline  # noqa: PLC0415 -- an extra of the benchmark

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def detect(frames: Sequence[Any]) -> list[dict[str, Any]]:
        for one in frames:
            blob, _ = letterbox(np.asarray(one.image, np.uint8), _INPUT)
            session.run(None, {name: blob[None]})
            on_look()
        return [{} for _ in frames]

    pipeline = InferencePipeline.init_with_custom_logic(
        video_reference=list(urls),
        on_video_frame=detect,
        on_prediction=lambda *_: None,
        max_fps=1 / interval_s,
    )
    pipeline.start()
    pipeline.join()
