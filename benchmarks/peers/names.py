"""The programs that `--vs` knows."""

from enum import StrEnum


class Peer(StrEnum):
    """A way to watch streams that people use today."""

    OPENCV = "opencv"  #: cv2.VideoCapture in a thread per stream, the model on a picture every 2 s
    ULTRALYTICS = "ultralytics"  #: `YOLO.predict` on its own stream loader
    ROBOFLOW = "roboflow"  #: `inference.InferencePipeline`
