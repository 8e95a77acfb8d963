"""What is seen faintly counts where something has come, and nowhere else."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from streetwatch.models.labels import CLASS_ID
from streetwatch.service.store.codec import presence_document, presence_of
from streetwatch.vision.types import Box, Boxes, Detections, Look, View
from streetwatch.zones.explain import explain
from streetwatch.zones.presence import Presence, observe
from streetwatch.zones.rules import DEFAULTS, Gate, ViolationType
from streetwatch.zones.street import Street, street_at
from streetwatch.zones.zone import Zone

SIZE = (640, 360)
RULE = replace(DEFAULTS[ViolationType.EXPOSED_GARBAGE], dwell_s=60.0, stood_score=0.36)
PAVEMENT = Zone("pavement", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), rules=(RULE,))
PLACE: Box = (200.0, 150.0, 300.0, 220.0)
MIDDLE = (250.0, 180.0)
NOWHERE: Boxes = np.empty((0, 4), np.float32)


def texture(seed: int, height: int, width: int) -> npt.NDArray[np.uint8]:
    """Return blocks of grey, coarse enough for a street to remember."""
    blocks = np.random.default_rng(seed).integers(40, 215, (height // 5 + 1, width // 5 + 1))
    drawn: npt.NDArray[np.uint8] = np.kron(blocks, np.ones((5, 5))).astype(np.uint8)
    return drawn[:height, :width]


BARE = texture(0, 180, 320)
HEAP = texture(1, 35, 50)


def view(*, heap: bool = False, light: float = 1.0) -> View:
    drawn = BARE.astype(np.float32)
    if heap:
        drawn[75:110, 100:150] = HEAP
    shown: View = np.clip(drawn * light, 0, 255).astype(np.uint8)
    return shown


def look(
    at: float, shown: View, confidence: float | None = None, *others: tuple[str, float]
) -> Look:
    """Return a look that sees garbage at the place with a confidence, and others there."""
    seen = [("garbage", confidence)] if confidence is not None else []
    seen += others
    return Look(
        at,
        SIZE,
        Detections(
            np.array([PLACE for _ in seen], np.float32).reshape(-1, 4),
            np.array([sure for _, sure in seen], np.float32),
            np.array([CLASS_ID[label] for label, _ in seen], np.int64),
        ),
        shown,
    )


def watched(*looks: Look) -> Presence:
    presence = Presence()
    for one in looks:
        presence = observe(presence, one, (PAVEMENT,), epoch=None).presence
    return presence


def bare(until: int) -> list[Look]:
    return [look(float(at), view()) for at in range(0, until, 2)]


@pytest.mark.parametrize(
    ("confidence", "came", "others", "is_filed"),
    [
        pytest.param(0.15, True, (), True, id="faint, and it came"),
        pytest.param(0.15, False, (), False, id="faint, and it stood there all the time"),
        pytest.param(0.4, False, (), True, id="sure, and it stood there all the time"),
        pytest.param(0.4, True, (), True, id="sure, and it came"),
        pytest.param(0.15, True, (("bicycle", 0.3),), False, id="what came is rather a bicycle"),
        pytest.param(0.15, True, (("bicycle", 0.1),), True, id="what came is rather garbage"),
    ],
)
def test_what_was_not_seen_to_come_must_be_sure(
    *, confidence: float, came: bool, others: tuple[tuple[str, float], ...], is_filed: bool
) -> None:
    before = bare(20) if came else []
    stands = [look(float(at), view(heap=True), confidence, *others) for at in range(20, 100, 2)]
    stays = watched(*before, *stands).stays
    assert [stay.violation_at is not None for stay in stays] == [True] * is_filed


def test_a_box_too_faint_for_what_stood_is_stopped_by_its_score() -> None:
    seen = look(40.0, view(), 0.2)
    presence = watched(*bare(40), seen)
    (finding,) = explain(MIDDLE, seen, presence, (PAVEMENT,), faint=seen.detections, epoch=None)
    assert finding.gate is Gate.SCORE
    assert finding.says == {"label": "garbage", "confidence": 0.2, "stood_score": 0.36}


def test_the_light_of_a_place_is_not_something_that_came() -> None:
    dim = [look(float(at), view(light=0.6), 0.2) for at in range(20, 100, 2)]
    assert not watched(*bare(20), *dim).stays


def test_what_something_hid_for_long_has_not_come_when_it_leaves() -> None:
    heap = [look(float(at), view(heap=True), 0.5) for at in range(20, 1600, 4)]
    left = [look(float(at), view(), 0.2) for at in range(1600, 1900, 4)]
    assert not [stay for stay in watched(*bare(20), *heap, *left).stays if stay.absent_s == 0]


def test_what_passes_leaves_no_trace_and_what_nobody_knows_becomes_the_street() -> None:
    street, place = street_at(look(0.0, view())), np.array([PLACE], np.float32)
    assert street is not None
    for at in range(4, 40, 4):
        street = street.after(look(float(at), view(heap=True)), NOWHERE)
    assert not street.shows(look(40.0, view(heap=True)), place).any()
    for at in range(40, 900, 4):
        street = street.after(look(float(at), view(heap=True)), NOWHERE)
    assert street.shows(look(900.0, view(heap=True)), place).all()


def test_a_street_comes_back_from_storage_as_it_was() -> None:
    kept = watched(*bare(40))
    stored = presence_of(presence_document(kept), camera_id="kerb")
    assert stored == kept
    faint = look(40.0, view(heap=True), 0.15)
    assert len(observe(stored, faint, (PAVEMENT,), epoch=None).presence.stays) == 1


def test_no_street_is_kept_where_no_rule_asks() -> None:
    zone = replace(PAVEMENT, rules=(replace(RULE, stood_score=0.0),))
    assert observe(Presence(), look(0.0, view()), (zone,), epoch=None).presence.street is None


@pytest.mark.parametrize("shown", [None, view()[::2, ::2]], ids=["no picture", "another size"])
def test_a_picture_that_can_not_be_compared_shows_nothing_that_came(shown: View | None) -> None:
    street = Street(0.0, np.zeros((45, 80), np.uint8))
    assert street.shows(replace(look(9.0, view()), view=shown), np.array([PLACE], np.float32)).all()
