"""Memory of the real C library, in a process of its own: ours has holes of other tests."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only glibc has these calls")

#: Takes 60 MiB, frees nearly all of it, keeps what lies between; tells what is resident then, and
#: after something was done about it.
FULL_OF_HOLES = """
from pathlib import Path
from streetwatch.service.runtime.memory import Memory
from streetwatch.vision.memory import give_back, settle_heaps

def resident_mib():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(one for one in lines if one.startswith("VmRSS:")).split()[1]) / 1024

taken = [(bytearray(b"x" * 100_000), bytearray(b"y" * 2_000)) for _ in range(600)]
kept = [small for _, small in taken]
del taken
print(resident_mib())
{done}
print(resident_mib())
"""

ROUNDS = """
memory = Memory()
memory.start()  # begins with a round
memory.stop(timeout_s=10.0)
"""


@pytest.mark.parametrize(
    "done",
    [pytest.param("assert give_back()", id="at once"), pytest.param(ROUNDS, id="in rounds")],
)
def test_what_was_freed_between_things_that_stay_is_given_back(done: str) -> None:
    script = FULL_OF_HOLES.format(done=done)
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, text=True
    )
    before, after = map(float, told.stdout.split())
    assert after < before - 30


def test_glibc_takes_all_that_it_is_told() -> None:
    script = "from streetwatch.vision.memory import settle_heaps; assert settle_heaps()"
    subprocess.run([sys.executable, "-c", script], check=True)
