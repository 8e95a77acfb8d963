"""Distillation: the student keeps giving the COCO network's answers for COCO's labels.

Fine-tuning on street pictures alone would forget how COCO's vehicles and people look elsewhere.
Beside the task's own loss, the student is drawn towards what the untouched network says of the
same augmented picture: its class scores, and its boxes where it is sure of something (Li and
Hoiem, Learning without Forgetting, 2016, applied to a detector's raw head).
"""

from collections.abc import Mapping
from typing import Any

from streetwatch.models.precision import fast
from streetwatch.models.ultralytics_model import COCO_CLASS

#: A box of the teacher counts from this score on, by its score.
_LEAST_SCORE = 0.1


def remembering(student: Any, coco: Any, labels: tuple[str, ...], *, weight: float) -> Any:  # noqa: ANN401
    """Return the student's criterion with the wish to remember added.

    Args:
        student: The network that is trained; its head has COCO's widths.
        coco: The network as it was; it is frozen.
        labels: Of the student's classes.
        weight: Of the added loss; 1.0 gives it the gain of the task's own class loss.
    """
    from ultralytics.utils.loss import E2ELoss  # noqa: PLC0415

    shared = [label for label in labels if label in COCO_CLASS]
    mine = [labels.index(label) for label in shared]
    theirs = [COCO_CLASS[label] for label in shared]
    _freeze(coco)

    class Remembering(E2ELoss):  # type: ignore[misc]  # ultralytics is untyped
        """The task's loss and the distance from the teacher."""

        def __call__(self, preds: Any, batch: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:  # noqa: ANN401
            loss, items = super().__call__(preds, batch)
            taught = _answers(coco, batch["img"])
            of_head = {"one2many": self.o2m, "one2one": self.o2o}
            for head, share in of_head.items():
                apart = _distance(preds[head], taught[head], mine, theirs)
                gain = weight * share * self.one2many.hyp.cls * len(batch["img"])
                loss[1] = loss[1] + gain * apart
            return loss, items

    return Remembering(student)


def _freeze(network: Any) -> None:  # noqa: ANN401
    """Fix the network, and let its head give raw scores as in training."""
    network.eval()
    for parameter in network.parameters():
        parameter.requires_grad = False
    network.model[-1].training = True


def _answers(network: Any, images: Any) -> Any:  # noqa: ANN401
    from torch import no_grad  # noqa: PLC0415

    with no_grad(), fast(images.device.type):
        return network(images)


def _distance(seen: Any, taught: Any, mine: list[int], theirs: list[int]) -> Any:  # noqa: ANN401
    """Return the mean distance of scores and boxes per object that the teacher sees."""
    from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy  # noqa: PLC0415
    from torch.nn.functional import l1_loss  # noqa: PLC0415

    target = taught["scores"][:, theirs].float().sigmoid()
    objects = target.sum().clamp(min=1)
    scores = cross_entropy(seen["scores"][:, mine].float(), target, reduction="sum") / objects
    sure = target.amax(1, keepdim=True)
    sure = sure * (sure > _LEAST_SCORE)
    boxes = l1_loss(seen["boxes"].float(), taught["boxes"].float(), reduction="none")
    return scores + (boxes * sure).sum() / objects
