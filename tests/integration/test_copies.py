"""What goes out is made anew where it must be, and is never the original."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from filed import NOON, an_incident
from sealed import Sees, recorder_of
from streetwatch.service.evidence.coming import then
from streetwatch.service.evidence.copies import Copies, Kept, NoCopy
from streetwatch.service.evidence.folder import EvidenceFolder, sha256_of
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import State
from streetwatch.vision.capture.errors import ClipNotWritten, ClipUnavailable
from streetwatch.vision.capture.masked_clip import mask_clip
from streetwatch.vision.masking import Masker
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Frame, Image

CASE = "a" * 26
SOMEBODY = ("person", (40.0, 40.0, 120.0, 200.0))


def noise(seed: int) -> Image:
    return np.random.default_rng(seed).integers(0, 256, (360, 640, 3), np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "evidence")


def test_a_first_picture_of_before_a_restart_is_masked_with_care_once_it_is_a_case(
    folder: EvidenceFolder,
) -> None:
    sees = Sees((SOMEBODY,))
    incident = an_incident(state=State.CANDIDATE, violation_at=None)
    in_haste = recorder_of(Copies(folder, Masker(sees)), incident)
    in_haste.show(Frame("kerb", 1, NOON - 60, Pixels(noise(1))))
    (first,) = in_haste.stills_of(incident)
    folder.write(CASE, first.name, folder.originals.read(CASE, first.name))

    restarted = recorder_of(Copies(folder, Masker(sees)), incident)
    restarted.show(Frame("kerb", 9, NOON, Pixels(noise(2))))
    files = {one.name: one for one in restarted.stills_of(an_incident())}
    again = files["first_seen.jpg"]
    assert again.captured_at == NOON - 60
    assert again.sha256 == sha256_of(folder.path(CASE, first.name)) != first.original_sha256
    assert again.original_sha256 == first.original_sha256


def test_a_clip_that_nobody_can_see_has_no_copy_and_is_not_handed_out(
    folder: EvidenceFolder,
) -> None:
    with ThreadPoolExecutor(1) as worker:
        copies = Copies(folder, Masker(Sees(())), worker)
        digest = copies.cut_into.write(CASE, "clip.mp4", b"no video\n" * 500)
        made = copies.clip(CASE, "clip.mp4", digest, None).result(timeout=20)
    assert isinstance(made, NoCopy)
    assert not folder.path(CASE, "clip.mp4").exists()
    assert not (folder.originals_root / CASE / "clip.mp4").exists()


def test_a_copy_has_fewer_pictures_and_the_time_of_its_clip(
    folder: EvidenceFolder, counting_clip: Callable[..., Path]
) -> None:
    with ThreadPoolExecutor(1) as worker:
        copies = Copies(folder, Masker(Sees((SOMEBODY,))), worker)
        clip = counting_clip(pictures=60, fps=20)
        digest = copies.cut_into.write(CASE, "clip.mp4", clip.read_bytes())
        made = copies.clip(CASE, "clip.mp4", digest, None).result(timeout=20)
    assert made == Kept(sha256_of(folder.path(CASE, "clip.mp4")), digest)


def test_a_service_that_stops_masks_no_other_clip_and_leaves_none_half_made(
    folder: EvidenceFolder, counting_clip: Callable[..., Path], tmp_path: Path
) -> None:
    clip, masker = counting_clip(), Masker(Sees(()))
    with pytest.raises(ClipNotWritten, match="the service stops"):
        mask_clip(clip, tmp_path / "copy.mp4", masker, stopped=lambda: True)
    with pytest.raises(ClipUnavailable):
        mask_clip(Path(__file__), tmp_path / "copy.mp4", masker)
    assert list(tmp_path.glob("*copy*")) == []

    busy = threading.Event()
    with ThreadPoolExecutor(1) as worker:
        worker.submit(busy.wait)
        copies = Copies(folder, masker, worker)
        digest = copies.cut_into.write(CASE, "clip.mp4", clip.read_bytes())
        waiting = then(copies.clip(CASE, "clip.mp4", digest, None), lambda made: made)
        copies.stop()
        busy.set()
        with pytest.raises(StorageError, match="the service stops"):
            waiting.result(timeout=20)
