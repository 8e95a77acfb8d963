"""How the C library keeps memory that was freed: in few heaps, and given back when told to."""

import ctypes
import sys
from typing import Any, Final

_M_ARENA_MAX: Final = -8  # glibc's malloc.h
_ARENAS: Final = 2


def keep_few_heaps() -> bool:
    """Tell glibc to share two heaps among all threads; return whether it did.

    By itself it gives each thread one of eight heaps a core, and what a capture has freed in one
    is not used by the others. A C library without the call is left as it is.
    """
    mallopt = _of_glibc("mallopt")
    return bool(mallopt and mallopt(_M_ARENA_MAX, _ARENAS))


def give_back() -> bool:
    """Give whole pages that nobody uses back to the system; return whether any were.

    Pictures of all sizes come and go among small things that stay: by itself glibc gives back only
    what is free at the very end of a heap, and a heap grows as long as no hole is large enough.
    """
    trim = _of_glibc("malloc_trim")
    return bool(trim and trim(0))


def _of_glibc(name: str) -> Any:  # noqa: ANN401 -- a function of C
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
