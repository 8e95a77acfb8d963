"""A look is written and read back as it was, with its view."""

import json

import numpy as np
import pytest

from streetwatch.service.incidents.errors import InputError
from streetwatch.service.runtime.recorded import look_line, recorded_looks
from streetwatch.vision.types import Detections, Look

VIEW = np.random.default_rng(0).integers(0, 255, (90, 160)).astype(np.uint8)
SEEN = Detections(
    np.array([[1.5, 2.25, 30.0, 40.0]], np.float32),
    np.array([0.625], np.float32),
    np.array([2], np.int64),
)


@pytest.mark.parametrize("view", [VIEW, None], ids=["with a view", "without"])
def test_a_look_comes_back_as_it_was_written(view: np.ndarray[tuple[int, int]] | None) -> None:
    (back,) = recorded_looks([look_line(Look(12.5, (640, 360), SEEN, view))], name="looks")
    assert isinstance(back, Look)
    assert (back.at, back.size, back.detections.labels) == (12.5, (640, 360), SEEN.labels)
    assert np.array_equal(back.detections.xyxy, SEEN.xyxy)
    assert np.array_equal(back.detections.confidence, SEEN.confidence)
    if view is None or back.view is None:
        assert back.view is view
    else:
        assert np.array_equal(back.view, view)


@pytest.mark.parametrize("view", ["AAAA", "no base64!", 7], ids=["no PNG", "no base64", "a number"])
def test_a_view_that_is_none_is_refused_with_its_line(view: object) -> None:
    line = json.loads(look_line(Look(12.5, (640, 360), SEEN, VIEW))) | {"view": view}
    with pytest.raises(InputError, match="looks:2: not a look"):
        list(recorded_looks(["", json.dumps(line)], name="looks"))
