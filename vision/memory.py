"""How the C library keeps memory that was freed: in few heaps, and given back when told to.

What grows in a process that forgets nothing are the holes in its heaps: pictures of all sizes come
and go between packets that stay for half a minute (docs/explanation/faults.md).
"""

import ctypes
import sys
from typing import Any, Final

# glibc's malloc.h
_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8

_MIB: Final = 2**20

_KNOBS: Final = {
    # By itself it gives each thread one of eight heaps a core, and what a capture has freed in one
    # is not used by the others.
    _M_ARENA_MAX: 2,
    # What is larger, a model's layers or a coder's pictures, gets pages of its own and leaves no
    # hole. A camera's picture is smaller (1920x1080: 6 MB), and its pages are not asked for anew.
    _M_MMAP_THRESHOLD: 8 * _MIB,
    # With a fixed threshold above it would give back 128 kB at a time, and ask for them again.
    _M_TRIM_THRESHOLD: 256 * _MIB,
}


def settle_heaps() -> bool:
    """Tell glibc how to keep its heaps; return whether it does. Others are left as they are."""
    mallopt = _of_glibc("mallopt")
    told = [bool(mallopt and mallopt(name, value)) for name, value in _KNOBS.items()]
    return all(told)


def give_back() -> bool:
    """Give whole pages that nobody uses back to the system; return whether any were.

    By itself glibc gives back only what is free at the very end of a heap.
    """
    trim = _of_glibc("malloc_trim")
    return bool(trim and trim(0))


def _of_glibc(name: str) -> Any:  # noqa: ANN401 -- a function of C
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
