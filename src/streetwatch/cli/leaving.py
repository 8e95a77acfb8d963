"""How a process ends whose threads are not all through."""

import os
import sys
import threading

import structlog

log = structlog.get_logger(__name__)


def leave_the_unfinished() -> None:
    """End now, and well, if a thread is still in the middle of a picture; else return.

    Python would end that thread as it comes back from ONNX Runtime, which answers with an abort.
    To be called when all is stored: what is not done is done after the next start.
    """
    left = [one.name for one in threading.enumerate() if one.daemon]
    if left:
        log.info("service.left_unfinished", threads=left)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
