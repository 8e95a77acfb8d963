"""Evidence that is kept in a real S3 server."""

from itertools import count
from pathlib import Path

import httpx

from plain_http import NO_TLS
from streetwatch.service.evidence.bucket import Address, Bucket
from streetwatch.service.evidence.bucketed import BucketedEvidence, Closing
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.outbound.networks import Networks
from streetwatch.service.outbound.outbound import Outbound
from waiting import PATIENCE_S

#: What must stand nowhere: it is looked for in all that is said and written.
CANARY = "canary-of-the-secret-key"

KEY = bytes(range(32))

#: Cases that have evidence.
CASE, OTHER = "a" * 26, "b" * 26

_NUMBERS = count()

#: Only what is written as an address of this machine may be connected to.
_NOWHERE = Networks.of([])


def make_bucket(url: str, name: str) -> None:
    """Make a bucket."""
    httpx.put(f"{url}/{name}", timeout=PATIENCE_S, verify=NO_TLS).raise_for_status()


def new_name() -> str:
    """Return a name that no bucket has yet."""
    return f"evidence-{next(_NUMBERS)}"


def bucketed(folder: Path, url: str, name: str) -> BucketedEvidence:
    """Return evidence in a bucket, before it a folder."""
    address = Address.of(f"s3://{name}/city?endpoint={url}")
    bucket = Bucket(address, "streetwatch", CANARY, Outbound.of(_NOWHERE, [url]))
    cache = EvidenceFolder(folder / "evidence-cache", 0o700)
    return BucketedEvidence(EvidenceFolder(folder / "evidence"), bucket, cache, Closing(KEY))
