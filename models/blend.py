"""Blending: weights between the COCO network's and a trained one's.

Fine-tuning moves away from what COCO taught further than the new labels need. A network on the way
between the two keeps most of both (Wortsman et al., Robust fine-tuning of zero-shot models, 2022).
"""

from typing import Any

from streetwatch.models.ultralytics_model import COCO_CLASS

#: The head's class layers; their rows are labels.
_CLASS_LAYERS = ("cv3.", "one2one_cv3.")


def blended(trained: Any, coco: Any, labels: tuple[str, ...], *, share: float) -> Any:  # noqa: ANN401
    """Return the trained network with its weights moved towards COCO's; `trained` is changed.

    Args:
        trained: A network of ours.
        coco: The COCO network with our labels, of the same shape.
        labels: Of both. The class rows of those that COCO does not have stay as they were trained.
        share: Of the trained network; 1 changes nothing.
    """
    ours = [row for row, label in enumerate(labels) if label not in COCO_CLASS]
    theirs = coco.state_dict()
    weights = trained.state_dict()
    for name, value in weights.items():
        if not value.dtype.is_floating_point:
            continue
        mixed = share * value + (1 - share) * theirs[name].to(value)
        if any(layer in name for layer in _CLASS_LAYERS) and value.shape[:1] == (len(labels),):
            mixed[ours] = value[ours]
        weights[name] = mixed
    trained.load_state_dict(weights)
    return trained
