"""When a clip is cut, and who is asked for one that another process has cut."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bucket_parts import bucketed, make_bucket
from streetwatch.service.evidence.clips import Clips
from streetwatch.service.evidence.copies import Copies, NoCopy
from streetwatch.service.evidence.cutting import CLIP, ClipWindow
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.incidents.case import Attachment
from streetwatch.service.incidents.errors import StorageError
from streetwatch.vision.capture.file import read_file
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.capture.source import Source, SourceKind

CASE = "a" * 26
START = 1000.0
WINDOW = ClipWindow(before_s=2.0, after_s=1.0)

#: Of clips whose beginning the ring has, and has not.
SEEN, MISSED = START + 4.0, START + 2.0

Begun = Callable[[], Attachment | NoCopy]


@pytest.fixture
def ring(counting_clip: Callable[..., Path]) -> Ring:
    """Six seconds of a stream."""
    ring, source = Ring(keep_s=60.0), Source(SourceKind.FILE, str(counting_clip()))
    for _ in read_file(source, camera_id="a", look_interval_s=60, start_at=START, ring=ring):
        pass
    return ring


def begun(clips: Clips, end: float) -> Begun:
    return clips.begun(CASE, end, spare=None, given_up=lambda: False)


def of(folder: EvidenceStore, ring: Ring | None) -> Clips:
    return Clips(Copies(folder), ring, WINDOW)


def test_no_look_waits_for_a_store_that_is_away(tmp_path: Path, ring: Ring) -> None:
    gone = bucketed(tmp_path / "gone", "http://127.0.0.1:9", "evidence")
    assert isinstance(begun(of(gone, ring), SEEN)(), Attachment)
    made = begun(of(gone, ring), MISSED)
    gone.here.discard(CASE, CLIP)
    with pytest.raises(StorageError, match="evidence store"):
        made()


def test_what_was_cut_before_the_camera_changed_hands_is_taken(
    tmp_path: Path, s3: str, ring: Ring
) -> None:
    make_bucket(s3, "clips")
    before, here = (bucketed(tmp_path / name, s3, "clips") for name in ("before", "here"))
    of(before, ring).leave(CASE, SEEN)
    before.move()
    later = Ring(keep_s=60.0)
    clip = begun(of(here, later), SEEN)()
    assert isinstance(clip, Attachment)
    assert clip.sha256 == before.sha256(CASE, CLIP)


def test_whoever_has_only_the_end_of_it_leaves_the_clip_to_what_was_cut_before(
    tmp_path: Path, s3: str, ring: Ring
) -> None:
    make_bucket(s3, "ends")
    here = bucketed(tmp_path / "here", s3, "ends")
    of(here, ring).leave(CASE, MISSED)
    assert not here.has(CASE, CLIP)
    assert isinstance(begun(of(here, ring), MISSED)(), Attachment), "nobody has cut it: the end is"


def test_without_a_stream_there_is_none_and_it_is_said_why(tmp_path: Path, s3: str) -> None:
    make_bucket(s3, "none")
    made = begun(of(bucketed(tmp_path, s3, "none"), None), SEEN)()
    assert isinstance(made, NoCopy)
    assert "keeps none" in made.why
