"""Memory of the real C library."""

import sys
from pathlib import Path

import pytest

from streetwatch.vision.memory import give_back, settle_heaps

MIB = 1024.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only glibc has these calls")


def resident_mib() -> float:
    (line,) = (
        line
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        if line.startswith("VmRSS:")
    )
    return int(line.split()[1]) / MIB


def full_of_holes(mib: int) -> list[bytearray]:
    """Take memory, free nearly all of it, and keep what lies between."""
    taken = [(bytearray(b"x" * 100_000), bytearray(b"y" * 2_000)) for _ in range(mib * 10)]
    return [small for _, small in taken]


def test_what_was_freed_between_things_that_stay_is_given_back() -> None:
    kept = full_of_holes(mib=60)
    before = resident_mib()
    assert give_back()
    assert resident_mib() < before - 30
    assert len(kept) == 600


def test_glibc_takes_all_that_it_is_told() -> None:
    assert settle_heaps()
