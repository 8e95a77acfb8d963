"""How long tests wait, and what those await that are not asynchronous themselves."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

T = TypeVar("T")

#: How long anything may take that a test does not time: a slow machine is no fault.
PATIENCE_S: Final = 180.0


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """Return what it gives, on a loop in a thread of its own: Playwright has one in this thread."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
