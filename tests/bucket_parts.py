"""A real S3 server in a process of its own, and evidence that is kept in it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from streetwatch.service.evidence.bucket import Address, Bucket
from streetwatch.service.evidence.bucketed import BucketedEvidence, Closing
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.outbound.networks import Networks
from streetwatch.service.outbound.outbound import Outbound

#: What must stand nowhere: it is looked for in all that is said and written.
CANARY = "canary-of-the-secret-key"

KEY = bytes(range(32))

#: Only what is written as an address of this machine may be connected to.
_NOWHERE = Networks.of([])


@contextmanager
def s3_server() -> Iterator[str]:
    """Run moto's server; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", "from moto.server import main; main()", f"-p{port}"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, env=dict(os.environ))
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait_for(url: str) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            httpx.get(f"{url}/moto-api/", timeout=5)
        except httpx.TransportError:
            if time.monotonic() > until:
                raise
        else:
            return


def make_bucket(url: str, name: str) -> None:
    """Make a bucket."""
    httpx.put(f"{url}/{name}", timeout=10).raise_for_status()


def bucketed(folder: Path, url: str, name: str) -> BucketedEvidence:
    """Return evidence in a bucket, before it a folder."""
    address = Address.of(f"s3://{name}/city?endpoint={url}")
    bucket = Bucket(address, "streetwatch", CANARY, Outbound.of(_NOWHERE, [url]))
    cache = EvidenceFolder(folder / "evidence-cache", 0o700)
    return BucketedEvidence(EvidenceFolder(folder / "evidence"), bucket, cache, Closing(KEY))
