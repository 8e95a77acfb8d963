"""How evidence is moved to an S3 store, whatever happens meanwhile."""

import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from bucket_parts import CANARY, CASE, OTHER, bucketed, make_bucket, new_name
from live_service import wait_for
from streetwatch.service.evidence.bucket import Bucket
from streetwatch.service.evidence.bucketed import FETCHED_S, BucketedEvidence, Closing
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.moving import Moving
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.openings import evidence_of
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.service.settings_file import load_settings
from waiting import PATIENCE_S


def test_originals_leave_the_machine_closed(bucket: BucketedEvidence) -> None:
    bucket.originals.write(CASE, "still.jpg", b"somebody's face")
    bucket.move()
    key = f"originals/{CASE}/still.jpg"
    closed = bucket.bucket.get(key)
    assert closed is not None
    assert b"face" not in closed
    assert list(bucket.here.originals_root.rglob("*.jpg")) == []
    other = replace(bucket, closing=Closing(bytes(32)))
    with pytest.raises(StorageError, match="not what was put there"):
        other.originals.read(CASE, "still.jpg")
    bucket.bucket.put(f"originals/{OTHER}/still.jpg", closed)
    with pytest.raises(StorageError, match="not what was put there"):
        bucket.originals.read(OTHER, "still.jpg")


def test_what_was_fetched_lies_for_its_owner_alone_and_goes_after_a_while(
    bucket: BucketedEvidence,
) -> None:
    bucket.write(CASE, "still.jpg", b"picture")
    bucket.move()
    path = bucket.fetched(CASE, "still.jpg")
    assert path is not None
    assert bucket.cache.root.stat().st_mode & 0o077 == 0
    fetched_at = path.stat().st_mtime
    bucket.sweep(before=fetched_at + FETCHED_S - 1)
    assert path.exists()
    bucket.sweep(before=fetched_at + FETCHED_S + 1)
    assert not path.exists()
    assert bucket.read(CASE, "still.jpg") == b"picture"


def test_what_is_deleted_while_it_is_moved_does_not_come_back(bucket: BucketedEvidence) -> None:
    bucket.write(CASE, "still.jpg", b"picture")

    class Slow(Bucket):
        """Somebody deletes the case while a file is on its way."""

        def put(self, key: str, content: bytes) -> None:
            bucket.here.remove(CASE)
            super().put(key, content)

    there = bucket.bucket
    slow = Slow(there.address, there.access_key, there.secret_key, there.outbound)
    assert replace(bucket, bucket=slow).move() == 0
    assert not bucket.has(CASE, "still.jpg")


def test_what_is_replaced_while_it_is_moved_is_the_later_one(bucket: BucketedEvidence) -> None:
    bucket.write(CASE, "still.jpg", b"before")

    class Slow(Bucket):
        """Somebody writes the file anew while it is on its way."""

        def put(self, key: str, content: bytes) -> None:
            super().put(key, content)
            bucket.here.write(CASE, "still.jpg", b"after")

    there = bucket.bucket
    slow = Slow(there.address, there.access_key, there.secret_key, there.outbound)
    replace(bucket, bucket=slow).move()
    assert bucket.read(CASE, "still.jpg") == b"after"
    bucket.move()
    assert bucket.read(CASE, "still.jpg") == b"after"
    assert bucket.waiting() == ()


def test_a_store_that_can_not_be_reached_loses_nothing_and_is_told(
    tmp_path: Path, bucket: BucketedEvidence, s3: str
) -> None:
    gone = bucketed(tmp_path, "http://127.0.0.1:9", bucket.bucket.address.bucket)
    now = [0.0]
    moving = Moving(gone, lambda: now[0])
    gone.write(CASE, "still.jpg", b"picture")
    gone.originals.write(CASE, "still.jpg", b"original")
    now[0] = gone.waiting()[0].modified_at + 60
    assert moving.round() == 0
    health = moving.health()
    assert health.waiting == 2
    assert 59 < health.oldest_s < 62
    assert "could not be put" in health.reason
    assert CANARY not in health.reason
    assert gone.read(CASE, "still.jpg") == b"picture", "it is here"
    with pytest.raises(StorageError, match="evidence store"):
        gone.has(CASE, "other.jpg")
    with pytest.raises(StorageError, match="evidence store"):
        gone.remove(CASE)
    gone.write(CASE, "still.jpg", b"picture")
    back = Moving(bucketed(tmp_path, s3, bucket.bucket.address.bucket), lambda: now[0])
    assert back.round() >= 1
    assert back.health().reason == ""
    assert bucket.read(CASE, "still.jpg") == b"picture"


def test_what_is_written_is_told_at_once_and_moved_without_a_look_through_the_folder(
    bucket: BucketedEvidence,
) -> None:
    told: list[int] = []
    bucket.just_written.tell(lambda: told.append(len(told)))
    bucket.here.write(CASE, "by-another-process.jpg", b"picture")
    bucket.originals.write(CASE, "still.jpg", b"original")
    bucket.write(CASE, "still.jpg", b"picture")
    assert len(told) == 2
    assert bucket.move_written() == 2
    assert bucket.originals.bucket.has(f"originals/{CASE}/still.jpg")
    assert [one.name for one in bucket.waiting()] == ["by-another-process.jpg"]
    assert bucket.move_written() == 0


def test_what_is_moved_leaves_no_empty_folder_here(bucket: BucketedEvidence) -> None:
    bucket.write(CASE, "still.jpg", b"picture")
    bucket.originals.write(CASE, "still.jpg", b"original")
    bucket.move_written()
    left = (*bucket.here.root.iterdir(), *bucket.here.originals_root.iterdir())
    assert left == ()


def test_a_folder_that_is_tidied_all_the_time_takes_what_is_written(tmp_path: Path) -> None:
    folder, is_over = EvidenceFolder(tmp_path / "evidence"), threading.Event()

    def tidy() -> None:
        while not is_over.is_set():
            folder.tidy(CASE)

    with ThreadPoolExecutor(1) as pool:
        tidying = pool.submit(tidy)
        try:
            for number in range(100):
                folder.write(CASE, f"{number}.jpg", b"picture")
                folder.discard(CASE, f"{number}.jpg")
        finally:
            is_over.set()
        tidying.result()
    assert folder.names(CASE) == ()


def test_a_clip_that_is_masked_next_stays_until_the_folder_is_looked_through(
    bucket: BucketedEvidence,
) -> None:
    bucket.originals.write_by(CASE, "clip.mp4", lambda path: _written(path, b"clip"))
    assert bucket.move_written() == 0
    bucket.write_by(CASE, "clip.mp4", lambda path: _written(path, b"masked"))
    assert bucket.move_written() == 1
    assert bucket.move() == 1


def _written(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def test_whoever_ends_in_order_leaves_nothing_on_its_disk(bucket: BucketedEvidence) -> None:
    bucket.write(CASE, "before.jpg", b"picture")
    moving = Moving(bucket, time.time)
    moving.start()
    wait_for("first round", lambda: not bucket.waiting() or None)
    bucket.here.write(CASE, "at-last.jpg", b"picture")
    moving.stop(timeout_s=30.0)
    assert bucket.waiting() == ()
    assert bucket.read(CASE, "at-last.jpg") == b"picture"


def test_whoever_ends_while_the_store_is_away_does_not_wait_for_it(
    tmp_path: Path, bucket: BucketedEvidence
) -> None:
    gone = bucketed(tmp_path, "http://127.0.0.1:9", bucket.bucket.address.bucket)
    gone.write(CASE, "still.jpg", b"picture")
    moving = Moving(gone, time.time)
    moving.start()
    wait_for("refusal", lambda: moving.health().reason or None)
    moving.stop(timeout_s=PATIENCE_S)
    assert len(gone.waiting()) == 1


def test_a_store_is_connected_to_only_where_the_settings_let_it_stand(
    bucket: BucketedEvidence,
) -> None:
    there = bucket.bucket
    forbidden = Bucket(there.address, there.access_key, there.secret_key, Outbound())
    with pytest.raises(StorageError, match="in no network that may be connected to"):
        forbidden.has("evidence/x")
    metadata = replace(there.address, endpoint="http://169.254.169.254")
    with pytest.raises(StorageError, match="can stand at 169"):
        Bucket(metadata, "a", CANARY, Outbound()).has("evidence/x")


def test_the_secret_key_is_said_nowhere(
    bucket: BucketedEvidence, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    structlog.reset_defaults()
    caplog.set_level(logging.DEBUG)
    missing = replace(bucket.bucket.address, bucket="no-such-bucket")
    refused = Bucket(missing, "streetwatch", CANARY, bucket.bucket.outbound)
    told = [repr(refused), repr(bucket)]
    assert str(bucket.closing.key)[2:20] not in told[1]
    for ask in (
        lambda: refused.put("k", b"x"),
        lambda: list(refused.keys("k/")),
    ):
        with pytest.raises(StorageError) as caught:
            ask()
        told += [str(caught.value), repr(caught.value.__cause__), repr(caught.value.__context__)]
    Moving(replace(bucket, bucket=refused), lambda: 0.0).round()
    out, err = capfd.readouterr()
    told += [out, err, caplog.text, json.dumps([str(one) for one in caplog.records])]
    assert [one for one in told if CANARY in one] == []


def test_a_service_of_these_settings_keeps_its_evidence_there(tmp_path: Path, s3: str) -> None:
    name = new_name()
    make_bucket(s3, name)
    path = tmp_path / "streetwatch.yaml"
    path.write_text(
        f"data_dir: data\nevidence: {{url: 's3://{name}/city?endpoint={s3}',"
        f" access_key: streetwatch, secret_key: {CANARY}}}\n",
        encoding="utf-8",
    )
    settings = load_settings(path, environ={})
    first = evidence_of(settings)
    assert isinstance(first, BucketedEvidence)
    first.originals.write(CASE, "still.jpg", b"original")
    assert first.move() == 1
    again = evidence_of(settings)
    assert again.originals.read(CASE, "still.jpg") == b"original", "the key is the service's"
    stored = [key for key, _ in first.bucket.keys("originals/")]
    assert stored == [f"originals/{CASE}/still.jpg"]
