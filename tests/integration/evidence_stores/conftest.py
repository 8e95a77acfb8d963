"""Evidence in a folder, on its way, and in an S3 store."""

from pathlib import Path

import pytest

from bucket_parts import bucketed, make_bucket, new_name
from streetwatch.service.evidence.bucketed import BucketedEvidence


@pytest.fixture
def bucket(tmp_path: Path, s3: str) -> BucketedEvidence:
    """Evidence in a bucket of its own."""
    name = new_name()
    make_bucket(s3, name)
    return bucketed(tmp_path, s3, name)
