"""The evidence store (S3) is in trouble: nothing is lost, nothing half."""

from pathlib import Path

import pytest

from bucket_parts import make_bucket
from streetwatch.benchmarks.store_faults import StoreFault
from streetwatch.datasets.fake_store import StoreTrouble


@pytest.mark.parametrize("trouble", StoreTrouble)
def test_evidence_waits_for_a_store_in_trouble_and_is_there_once_it_is_back(
    tmp_path: Path, s3: str, trouble: StoreTrouble
) -> None:
    name = f"trouble-{trouble}"
    make_bucket(s3, name)
    outcome = StoreFault(s3, name, tmp_path).run(trouble, lasting_s=2.0)
    assert outcome.is_right, outcome
    # Who takes slowly, or says nothing for less than our patience, refuses nothing.
    assert bool(outcome.reason) is (trouble not in {StoreTrouble.SLOW, StoreTrouble.SILENT})
