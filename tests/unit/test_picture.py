"""Pictures are made small and masked before anything looks at them."""

import numpy as np
import pytest

from streetwatch.models.labels import CLASS_ID
from streetwatch.vision.picture import Masked, Pixels, fitting
from streetwatch.vision.types import Detections, Frame, Image
from streetwatch.vision.view import glance_at

LEFT_HALF = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))


class Corner:
    """Sees one car in the upper left quarter of whatever it is given, and keeps what it saw."""

    longest_side = 320

    def detect(
        self, image: Image, *, confidence: float | None = None, longest: int | None = None
    ) -> Detections:
        del confidence, longest
        self.seen = image
        height, width = image.shape[:2]
        box = np.array([[0, 0, width / 2, height / 2]], np.float32)
        return Detections(box, np.array([0.9], np.float32), np.array([CLASS_ID["car"]], np.int64))


@pytest.mark.parametrize("longest", [640, 100], ids=["whole", "small"])
def test_no_way_leads_around_a_mask(longest: int) -> None:
    picture = Masked(Pixels(np.full((200, 400, 3), 200, np.uint8)), (LEFT_HALF,))
    for image in (picture.image(), picture.within(longest)):
        width = image.shape[1]
        assert not image[:, : width // 2 - 1].any()
        assert image[:, width // 2 + 4 :].all(), "it reaches little past its outline"


def test_the_detector_is_given_no_more_pixels_than_it_sees_and_boxes_are_of_the_frame() -> None:
    sees = Corner()
    frame = Frame("a", 0, 1.0, Pixels(np.zeros((720, 1280, 3), np.uint8)))
    glance = glance_at(frame, longest=sees.longest_side, masks=())
    look = glance.look(glance.detected(sees))
    assert sees.seen.shape == (180, 320, 3)
    assert look.size == (1280, 720)
    assert look.detections.xyxy.tolist() == [[0, 0, 640, 360]]


@pytest.mark.parametrize(
    ("size", "small"),
    [
        pytest.param((1920, 1080), (640, 360), id="wide"),
        pytest.param((1080, 1920), (360, 640), id="tall"),
        pytest.param((320, 240), (320, 240), id="never larger"),
        pytest.param((5000, 2), (640, 1), id="a sliver"),
    ],
)
def test_a_picture_is_fitted(size: tuple[int, int], small: tuple[int, int]) -> None:
    assert fitting(size, 640) == small
