"""What is seen faintly counts only where something has come: a stain stands as still as a heap."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from streetwatch.vision.types import Detections, Look
from streetwatch.zones.footprint import iou
from streetwatch.zones.stays import Flags
from streetwatch.zones.street import Street

#: What is as much of the place under another label, and surer, is that.
_SAME_THING_IOU = 0.5


def believed(look: Look, wanted: Flags, least: float, street: Street | None) -> Look:
    """Return a look without what is too faint, where nothing was seen to come.

    Args:
        look: The look.
        wanted: Which of its boxes a rule looks for, (M,).
        least: Confidence of theirs that needs no coming.
        street: What is there while nothing stands there; None: not known yet.
    """
    seen = look.detections
    faint = np.flatnonzero(wanted & (seen.confidence < least))
    if not len(faint):
        return look
    kept = np.ones(len(seen), bool)
    kept[faint] = False
    if street is not None:
        came = ~street.shows(look, seen.xyxy[faint])
        kept[faint] = came & ~_is_rather_else(seen, wanted, faint)
    return replace(look, detections=seen[kept])


def _is_rather_else(seen: Detections, wanted: Flags, faint: npt.NDArray[np.intp]) -> Flags:
    """Tell which boxes another label's box claims with more confidence."""
    others = ~wanted
    same = iou(seen.xyxy[faint], seen.xyxy[others]) >= _SAME_THING_IOU
    surer = seen.confidence[others][None] > seen.confidence[faint][:, None]
    return np.asarray((same & surer).any(axis=1), np.bool_)
