"""Files of evidence are whole or not there."""

import hashlib
from pathlib import Path

import pytest

from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.errors import InputError, StorageError


def test_a_file_is_written_whole_and_its_hash_returned(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path / "evidence")
    digest = folder.write("abc", "still.jpg", b"picture")
    assert digest == hashlib.sha256(b"picture").hexdigest()
    assert folder.path("abc", "still.jpg").read_bytes() == b"picture"


def test_a_full_disk_leaves_the_earlier_file_and_nothing_half_written(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path)
    folder.write("abc", "clip.mp4", b"before")

    def fill_up(path: Path) -> None:
        path.write_bytes(b"half")
        with Path("/dev/full").open("wb", buffering=0) as full:
            full.write(b"more")

    with pytest.raises(StorageError, match=r"abc/clip\.mp4 could not be written: No space left"):
        folder.write_by("abc", "clip.mp4", fill_up)
    assert [path.name for path in (tmp_path / "abc").iterdir()] == ["clip.mp4"]
    assert folder.path("abc", "clip.mp4").read_bytes() == b"before"


def test_a_root_that_cannot_be_a_folder_is_refused_with_the_way_to_mend_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file/evidence: evidence can't be written here"):
        EvidenceFolder(tmp_path / "file" / "evidence")


@pytest.mark.parametrize("name", ["../secret", "a/b", "", ".hidden", "/etc/passwd", "a\x00b"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = EvidenceFolder(tmp_path)
    with pytest.raises(ValueError, match="not a name of evidence"):
        folder.path("abc", name)
    with pytest.raises(ValueError, match="not a name of evidence"):
        folder.path(name, "still.jpg")


def test_a_file_is_read_back_and_one_that_is_gone_is_told(tmp_path: Path) -> None:
    folder = EvidenceFolder(tmp_path)
    folder.write("abc", "still.jpg", b"picture")
    assert folder.read("abc", "still.jpg") == b"picture"
    with pytest.raises(StorageError, match=r"evidence abc/none\.jpg can't be read: No such file"):
        folder.read("abc", "none.jpg")
    with pytest.raises(ValueError, match="not a name of evidence"):
        folder.read("abc", "../abc/still.jpg")
