"""A process ends well, whatever its threads are in the middle of."""

import subprocess
import sys

import pytest

_PROGRAM = """
import threading
import numpy as np
from streetwatch.cli.leaving import leave_the_unfinished
from streetwatch.models.registry import find
from streetwatch.models.session import Session

began, picture = threading.Event(), np.zeros((1, 3, 640, 640), np.float32)

def look(session):
    while True:
        began.set()
        session.run(picture)

if {busy}:
    threading.Thread(target=look, args=(Session(find(None), threads=1),), daemon=True).start()
    began.wait()
leave_the_unfinished()
print("on to the end")
"""


@pytest.mark.parametrize("busy", [True, False])
def test_a_thread_in_the_middle_of_a_picture_does_not_abort_the_process(*, busy: bool) -> None:
    program = [sys.executable, "-c", _PROGRAM.format(busy=busy)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ("left_unfinished" in done.stdout) is busy
    assert ("on to the end" in done.stdout) is not busy
