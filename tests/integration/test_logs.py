"""What an error inside writes to the log."""

import subprocess
import sys

import pytest

FAILING = """
import structlog
from streetwatch.service.logs import configure_logs

configure_logs({log_format!r})

def connect(url):
    password = url.rpartition("/")[2]
    raise ValueError("it broke")

try:
    connect("rtsp://camera/" + "canary-" + "in-a-local")
except ValueError:
    structlog.get_logger().exception("it.broke")
"""


@pytest.mark.parametrize("log_format", ["console", "json"])
def test_a_traceback_tells_where_and_not_what_the_variables_held(log_format: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FAILING.format(log_format=log_format)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "it broke" in done.stderr
    assert "in connect" in done.stderr
    assert "canary-in-a-local" not in done.stderr
