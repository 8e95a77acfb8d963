"""The loop that most programs are: a thread per stream that reads every picture."""

import threading
import time
from collections.abc import Callable, Sequence

import cv2
import numpy as np
import onnxruntime

from streetwatch.vision.letterbox import letterbox

_INPUT = 640


def watch(urls: Sequence[str], model: str, interval_s: float, on_look: Callable[[], None]) -> None:
    """Read all streams; detect in the newest picture of each every `interval_s`. Never returns."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    newest: dict[str, np.ndarray] = {}
    for url in urls:
        threading.Thread(target=_read, args=(url, newest), daemon=True).start()
    pause = threading.Event()
    while True:
        began = time.monotonic()
        for url in urls:
            image = newest.pop(url, None)
            if image is not None:
                blob, _ = letterbox(np.asarray(image, np.uint8), _INPUT)
                session.run(None, {name: blob[None]})
                on_look()
        pause.wait(max(began + interval_s - time.monotonic(), 0.0))


def _read(url: str, newest: dict[str, np.ndarray]) -> None:
    capture = cv2.VideoCapture(url)
    while True:
        given, image = capture.read()
        if given:
            newest[url] = image
