"""In which numbers a network is computed while it is trained."""

from contextlib import AbstractContextManager, nullcontext

#: CPUs that have bfloat16 in software only: there it takes several times as long as float32.
_WITHOUT_BFLOAT16 = frozenset({"DEFAULT", "NO AVX", "AVX2"})


def fast(device: str) -> AbstractContextManager[object]:
    """Return what computes in bfloat16 within it, where that is the faster way.

    Args:
        device: Torch's kind of device: `cpu`, `cuda`.
    """
    from torch import autocast, bfloat16  # noqa: PLC0415
    from torch.backends.cpu import get_cpu_capability  # noqa: PLC0415

    if device == "cpu" and get_cpu_capability() in _WITHOUT_BFLOAT16:
        return nullcontext()
    within: AbstractContextManager[object] = autocast(device, bfloat16)
    return within
