"""The benchmark spares the detector where the service would, and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from streetwatch.benchmarks.sparing import sparing_looks
from streetwatch.models.labels import CLASS_ID
from streetwatch.service.cameras import Camera
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Detections, Frame, Image, Look
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone

EVERY_S = 4.0
RULE = replace(DEFAULTS[ViolationType.EXPOSED_GARBAGE], dwell_s=60.0)
ZONE = Zone("pavement", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)), rules=(RULE,))
CAMERA = Camera("corner", "corner", Source(SourceKind.FILE, "clip.mp4"), None, (ZONE,))

EMPTY = np.full((120, 160, 3), 90, np.uint8)


def with_patch(left: int) -> Image:
    picture = EMPTY.copy()
    picture[40:80, left : left + 40] = 200
    return picture


@dataclass
class SeesAlways:
    """Says one label of every picture, and counts them."""

    label: str
    longest_side: int = 640
    asked: list[None] = field(default_factory=list)

    def detect(
        self, image: Image, *, confidence: float | None = None, longest: int | None = None
    ) -> Detections:
        del image, confidence, longest
        self.asked.append(None)
        box = np.array([[10, 40, 50, 80]], np.float32)
        return Detections(box, np.array([0.2], np.float32), np.array([CLASS_ID[self.label]]))


def looked(pictures: Sequence[Image], sees: SeesAlways) -> list[Look]:
    frames = [
        Frame("corner", number, EVERY_S * number, Pixels(picture))
        for number, picture in enumerate(pictures)
    ]
    return list(sparing_looks(frames, sees, CAMERA, confidence=0.1))


@pytest.mark.parametrize(
    ("label", "pictures", "asked"),
    [
        pytest.param("bin", [EMPTY] * 16, 3, id="nothing to file: settling, then every 30 s"),
        pytest.param("garbage", [EMPTY] * 16, 16, id="something may mature: each time"),
        pytest.param("garbage", [EMPTY] * 61, 33, id="for twice its dwell, then every 30 s"),
        pytest.param("bin", [EMPTY, with_patch(10)] * 8, 3, id="what passes in the zone is none"),
        pytest.param("bin", [EMPTY] * 4 + [with_patch(10)] * 12, 5, id="what settles there: twice"),
        pytest.param("bin", [EMPTY, with_patch(110)] * 8, 3, id="a change elsewhere is none"),
    ],
)
def test_the_detector_is_asked_where_it_may_decide_something(
    label: str, pictures: Sequence[Image], asked: int
) -> None:
    sees = SeesAlways(label)
    looks = looked(pictures, sees)
    assert len(looks) == len(pictures)
    assert len(sees.asked) == asked
