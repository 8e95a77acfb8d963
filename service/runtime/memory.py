"""How the C library keeps memory: few heaps, so that a hundred threads don't keep one each."""

import ctypes
import sys

_M_ARENA_MAX = -8  # glibc's malloc.h
_ARENAS = 2


def keep_few_heaps() -> bool:
    """Tell glibc to share two heaps among all threads; return whether it did.

    By itself it gives each thread one of eight heaps a core, and what a capture has freed in one
    is not used by the others. A C library without the call is left as it is.
    """
    if sys.platform != "linux":
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return bool(mallopt and mallopt(_M_ARENA_MAX, _ARENAS))
