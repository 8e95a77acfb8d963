"""Ultralytics' own way: `YOLO.predict` on a list of streams, with its loader's stride."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

_FPS = 25


def watch(urls: Sequence[str], model: str, interval_s: float, on_look: Callable[[], None]) -> None:
    """Detect in every so-many-th picture of all streams. Never returns while they last."""
    from ultralytics import YOLO  # noqa: PLC0415 -- an extra of the benchmark

    with TemporaryDirectory() as folder:
        listed = Path(folder) / "cameras.streams"
        listed.write_text("\n".join(urls), encoding="utf-8")
        results = YOLO(model, task="detect").predict(
            source=str(listed),
            stream=True,
            vid_stride=round(interval_s * _FPS),
            imgsz=640,
            device="cpu",
            verbose=False,
        )
        for _ in results:
            on_look()
