"""The evidence store (S3) fails in every way: what is said, what waits, how soon all is there."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

import httpx

from streetwatch.benchmarks.fault_city import until
from streetwatch.datasets.fake_store import StoreTrouble, store_door
from streetwatch.service.evidence.bucket import Address, Bucket
from streetwatch.service.evidence.bucketed import BucketedEvidence, Closing
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.moving import Moving
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.outbound.networks import Networks
from streetwatch.service.outbound.outbound import Outbound
from streetwatch.vision.types import Seconds

#: A picture of two hundred kilobytes of each of three cases.
FILES: Final = {letter * 26: letter.encode() * 200_000 for letter in "abc"}
STILL: Final = "still.jpg"

_STARTS_WITHIN_S: Final = 60.0
_RECOVERS_WITHIN_S: Final = 60.0
_STOPS_WITHIN_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class StoreOutcome:
    """What a trouble came to.

    Attributes:
        reason: Why nothing was moved, as it was told; empty where nothing was refused.
        waited: Files that waited when the trouble had lasted.
        readable: Whether all could be read all the while.
        recovery_s: From the end of the trouble until all was in the store; None: never.
        whole: Whether each file is there with all its bytes, and nothing else is.
    """

    trouble: StoreTrouble
    reason: str
    waited: int
    readable: bool
    recovery_s: Seconds | None
    whole: bool

    @property
    def is_right(self) -> bool:
        """Whether nothing was lost, and nothing is half there."""
        return self.readable and self.whole and self.recovery_s is not None


@dataclass(frozen=True, slots=True)
class StoreFault:
    """One bucket before which a door stands.

    Attributes:
        store: Where the S3 server answers.
        bucket: Name of an empty bucket.
        folder: Empty.
    """

    store: str
    bucket: str
    folder: Path

    def run(self, trouble: StoreTrouble, *, lasting_s: Seconds) -> StoreOutcome:
        """Have the store suffer while evidence is written, then recover."""
        with store_door(self.store) as door:
            evidence = self._evidence(door.url)
            moving = Moving(evidence, time.time)
            door.suffer(trouble)
            for case, content in FILES.items():
                evidence.write(case, STILL, content)
            moving.start()
            try:
                Event().wait(lasting_s)  # the trouble itself
                reason, waited = moving.health().reason, moving.health().waiting
                readable = all(evidence.read(one, STILL) == FILES[one] for one in FILES)
                door.recover()
                recovery_s = _seconds_until(lambda: not evidence.waiting())
            finally:
                moving.stop(timeout_s=_STOPS_WITHIN_S)
            whole = _in_the_store(evidence) == FILES
        return StoreOutcome(trouble, reason, waited, readable, recovery_s, whole)

    def _evidence(self, url: str) -> BucketedEvidence:
        address = Address.of(f"s3://{self.bucket}/city?endpoint={url}")
        only_this_machine = Outbound.of(Networks.of([]), [url])
        bucket = Bucket(address, "streetwatch", "a-key-of-nobody", only_this_machine)
        cache = EvidenceFolder(self.folder / "evidence-cache", 0o700)
        here = EvidenceFolder(self.folder / "evidence")
        return BucketedEvidence(here, bucket, cache, Closing(bytes(range(32))))


def run_store_faults(folder: Path, *, lasting_s: Seconds) -> tuple[StoreOutcome, ...]:
    """Have a store for each trouble suffer at the same time, then recover.

    Args:
        folder: Empty.
        lasting_s: How long they suffer.

    Raises:
        InputError: there is no S3 server to be had.
    """

    def one(trouble: StoreTrouble) -> StoreOutcome:
        httpx.put(f"{url}/{trouble}", timeout=10).raise_for_status()
        return StoreFault(url, trouble.value, folder / trouble).run(trouble, lasting_s=lasting_s)

    with s3_server() as url, ThreadPoolExecutor(len(StoreTrouble)) as at_once:
        return tuple(at_once.map(one, StoreTrouble))


@contextmanager
def s3_server() -> Iterator[str]:
    """Run an S3 server in a process of its own; yield its address.

    Raises:
        InputError: it does not start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 -- ours
        [sys.executable, "-c", "from moto.server import main; main()", f"-p{port}"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=dict(os.environ),
    )
    url = f"http://127.0.0.1:{port}"
    try:
        if _seconds_until(lambda: _answers(url) or process.poll() is not None) is None:
            raise InputError(f"the S3 server does not answer within {_STARTS_WITHIN_S:g} s")
        if process.poll() is not None:
            raise InputError("no S3 server can be run here: install streetwatch[dev]")
        yield url
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        httpx.get(f"{url}/moto-api/", timeout=5)
    except httpx.TransportError:
        return False
    return True


def _seconds_until(is_so: Callable[[], bool]) -> Seconds | None:
    """Return how long it took until something was so; None: it never was."""
    began = time.monotonic()
    found = until(lambda: is_so() or None, seconds=_RECOVERS_WITHIN_S, every_s=0.02)
    return None if found is None else time.monotonic() - began


def _in_the_store(evidence: BucketedEvidence) -> dict[str, bytes | None]:
    keys = [key for key, _ in evidence.bucket.keys("evidence/")]
    return {key.split("/")[1]: evidence.bucket.get(key) for key in keys}
