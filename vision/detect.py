"""Detection: from a picture to what is in it, at the model card's operating thresholds."""

from collections.abc import Mapping, Sequence
from typing import Protocol, Self

import cv2
import numpy as np
import numpy.typing as npt

from streetwatch.models import registry
from streetwatch.models.card import ModelCard
from streetwatch.models.labels import CLASS_ID
from streetwatch.models.session import Provider, Session
from streetwatch.vision.letterbox import Letterbox, letterbox
from streetwatch.vision.types import Detections, Image

#: Two boxes of one label that overlap by more than this are one object.
_SAME_OBJECT_IOU = 0.7

Rows = npt.NDArray[np.float32]  #: (N, 6) x1 y1 x2 y2 confidence class, as the model gives them


def decode(
    rows: Rows,
    fitted: Letterbox,
    *,
    class_ids: npt.NDArray[np.int64],
    thresholds: npt.NDArray[np.float32],
) -> Detections:
    """Turn a model's rows into detections of the picture.

    Args:
        rows: Of one picture.
        fitted: How the picture was made the model's input.
        class_ids: For each class of the model, its index into LABELS.
        thresholds: For each class of the model, the least confidence.
    """
    classes = rows[:, 5].astype(np.int64)
    rows, classes = _above(rows, classes, thresholds[classes])
    single = _without_doubles(rows, classes)
    rows, classes = rows[single], classes[single]
    return Detections(fitted.restored(rows[:, :4]), rows[:, 4], class_ids[classes])


def _above(
    rows: Rows, classes: npt.NDArray[np.int64], least: npt.NDArray[np.float32]
) -> tuple[Rows, npt.NDArray[np.int64]]:
    kept = rows[:, 4] >= least
    return rows[kept], classes[kept]


def _without_doubles(rows: Rows, classes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the rows without second boxes on one object.

    The network is trained to give each object once; after a short training it sometimes does not.
    """
    corners = rows[:, :4]
    boxes = np.concatenate((corners[:, :2], corners[:, 2:] - corners[:, :2]), axis=1)
    kept = cv2.dnn.NMSBoxesBatched(
        boxes.tolist(), rows[:, 4].tolist(), classes.tolist(), 0.0, _SAME_OBJECT_IOU
    )
    return np.sort(np.asarray(kept, np.int64).reshape(-1))


def above(seen: Detections, thresholds: Mapping[str, float]) -> Detections:
    """Return what is at least as sure as its label's threshold."""
    least = np.array([thresholds.get(label, np.inf) for label in seen.labels], np.float32)
    return seen[seen.confidence >= least]


#: A fixed camera is looked at again and again: what is as unsure as this share of its operating
#: threshold, but stays where it is for its whole dwell, is there (docs/adr/0016).
WATCHING_SHARE = 0.4

#: What never moves gets no second opinion from its moving: a stain is as still as a heap.
STILL_SHARE = 0.7

#: Garbage counts from here only where something was seen to come; what stood before must be as sure
#: as the rule's `stood_score` says (docs/adr/0042, 0048).
FAINT_SHARE = 0.2

_SHARES = {"garbage": FAINT_SHARE, "bin_overflow": STILL_SHARE, "vendor_stall": STILL_SHARE}


def watching(card: ModelCard) -> dict[str, float]:
    """Return the least confidence of each label in the looks at a fixed camera."""
    return {
        label: _SHARES.get(label, WATCHING_SHARE) * threshold
        for label, threshold in card.thresholds.items()
    }


class Runs(Protocol):
    """A loaded model, wherever it computes: `Session` is the one on this machine."""

    @property
    def card(self) -> ModelCard:
        """The model's card."""

    def run(self, batch: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the model's rows, as `Session.run` does."""


class Detector:
    """A model that looks at pictures. Safe to call from several threads."""

    def __init__(self, session: Runs, thresholds: Mapping[str, float] | None = None) -> None:
        """Look with a session.

        Args:
            session: The loaded model.
            thresholds: Least confidence of each label; None: the card's operating thresholds.
        """
        card = session.card
        least = card.thresholds if thresholds is None else thresholds
        self._session = session
        self._class_ids = np.array([CLASS_ID[label] for label in card.labels], np.int64)
        self._thresholds = np.array([least[label] for label in card.labels], np.float32)

    def watching(self) -> Self:
        """Return the same model for the looks at a fixed camera: less sure of one picture."""
        return type(self)(self._session, watching(self.card))

    @classmethod
    def load(
        cls,
        name: str | None = None,
        *,
        threads: int = 0,
        provider: Provider = Provider.CPU,
        lean: bool = False,
    ) -> Self:
        """Load a model by name or by the path of its card; left out: the default model.

        The rest is as `Session` has it.

        Raises:
            ModelError: no such model, its file can't be loaded, or the provider is not here.
        """
        card = registry.find(name)
        return cls(Session(card, threads=threads, provider=provider, lean=lean))

    @property
    def card(self) -> ModelCard:
        """The model's card."""
        return self._session.card

    @property
    def longest_side(self) -> int:
        """Pixels of the model's input: it sees no more in a larger picture."""
        return self.card.input_size

    def detect(
        self, image: Image, *, confidence: float | None = None, longest: int | None = None
    ) -> Detections:
        """Return what is in the picture.

        Args:
            image: (H, W, 3) BGR, any size.
            confidence: Everything above; None: each label's operating threshold.
            longest: Pixels that its longest side is looked at in; None: the model's input.
        """
        return self.detect_batch([image], confidence=confidence, longest=longest)[0]

    def detect_batch(
        self,
        images: Sequence[Image],
        *,
        confidence: float | None = None,
        longest: int | None = None,
    ) -> list[Detections]:
        """Return what is in each picture; pictures of one size go through the model together."""
        if not images:
            return []
        side = self.card.input_size if longest is None else longest
        fitted = [letterbox(image, side) for image in images]
        shapes = {blob.shape for blob, _ in fitted}
        if len(shapes) > 1:
            return [self.detect(image, confidence=confidence, longest=longest) for image in images]
        rows = self._session.run(np.stack([blob for blob, _ in fitted]))
        thresholds = self._thresholds
        if confidence is not None:
            thresholds = np.full_like(thresholds, confidence)
        return [
            decode(one, how, class_ids=self._class_ids, thresholds=thresholds)
            for one, (_, how) in zip(rows, fitted, strict=True)
        ]
