"""What is under the masks is opened by name, for a reason, and noted before anybody sees it."""

from pathlib import Path

import numpy as np
import pytest

from sealed import Sees
from streetwatch.service.config.target_schema import HttpEntry
from streetwatch.service.delivery.build import Surroundings
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.originals import (
    NoOriginalError,
    NoReasonError,
    Opening,
    Originals,
)
from streetwatch.service.incidents.errors import StorageError
from streetwatch.vision.masking import Masker

CASE = "a" * 26
NOON = 1795406400.0


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    folder = EvidenceFolder(tmp_path / "evidence")
    copies = Copies(folder, Masker(Sees((("person", (10.0, 10.0, 60.0, 60.0)),))))
    image = np.random.default_rng(3).integers(0, 255, (90, 120, 3), np.uint8)
    copies.still(CASE, "threshold.jpg", image, copies.masked(image))
    folder.write(CASE, "track.json", b"{}")
    return folder


def test_an_opening_is_noted_before_the_file_is_given(folder: EvidenceFolder) -> None:
    noted: list[tuple[Opening, float]] = []
    originals = Originals(folder, lambda: NOON, lambda one, at: noted.append((one, at)))
    opening = Opening("王工", "当事人申诉复核", CASE, "threshold.jpg", "10.0.0.7")
    path = originals.open(opening)
    assert path.read_bytes() != folder.read(CASE, "threshold.jpg")
    assert noted == [(opening, NOON)]


def test_what_can_not_be_noted_stays_shut(folder: EvidenceFolder) -> None:
    def refuse(opening: Opening, now: float) -> None:
        raise StorageError(f"{opening.who} {now}: the database is gone")

    with pytest.raises(StorageError, match="the database is gone"):
        Originals(folder, lambda: NOON, refuse).open(
            Opening("li", "a good reason", CASE, "threshold.jpg")
        )


@pytest.mark.parametrize(
    ("why", "name", "refusal"),
    [
        pytest.param(" x ", "threshold.jpg", NoReasonError, id="no reason"),
        pytest.param("a good reason", "none.jpg", NoOriginalError, id="no such file"),
        pytest.param("a good reason", "../../db", NoOriginalError, id="a way out"),
    ],
)
def test_nothing_is_noted_of_what_is_not_given(
    folder: EvidenceFolder, why: str, name: str, refusal: type[Exception]
) -> None:
    noted: list[Opening] = []
    originals = Originals(folder, lambda: NOON, lambda one, _: noted.append(one))
    with pytest.raises(refusal):
        originals.open(Opening("li", why, CASE, name))
    assert noted == []


def test_a_target_is_sent_originals_only_where_the_settings_say_why(folder: EvidenceFolder) -> None:
    noted: list[Opening] = []
    originals = Originals(folder, lambda: NOON, lambda one, _: noted.append(one))
    around = Surroundings("http://x", folder, lambda: NOON, {}, originals=originals)
    keys = {"id": "city", "kind": "http", "url": "http://x", "template": "t.yaml"}
    masked = around.files_for(HttpEntry.model_validate(keys))
    assert masked.read(CASE, "threshold.jpg") == folder.read(CASE, "threshold.jpg")
    assert noted == []
    open_to = around.files_for(HttpEntry.model_validate(keys | {"unmasked": "交警取证协议"}))
    original = folder.originals.read(CASE, "threshold.jpg")
    assert open_to.read(CASE, "threshold.jpg") == original
    assert open_to.read(CASE, "track.json") == b"{}"
    assert [(one.who, one.why) for one in noted] == [("target:city", "交警取证协议")]
