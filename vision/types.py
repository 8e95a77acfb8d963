"""The nouns of vision, as in `supervision`: frozen values in columns, checked at birth."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from streetwatch.models.labels import LABELS

Seconds: TypeAlias = float  #: capture time: since the epoch, or since a clip's start
Image: TypeAlias = npt.NDArray[np.uint8]  #: (H, W, 3) BGR
View: TypeAlias = npt.NDArray[np.uint8]  #: (h, w) grey, a picture made small
Boxes: TypeAlias = npt.NDArray[np.float32]  #: (N, 4) x1 y1 x2 y2, pixels
Box: TypeAlias = tuple[float, float, float, float]  #: x1 y1 x2 y2, pixels
Size: TypeAlias = tuple[int, int]  #: width, height, pixels


class Picture(Protocol):
    """A picture that becomes pixels no earlier, and no larger, than somebody needs it."""

    @property
    def size(self) -> Size:
        """Width and height in pixels."""

    def image(self) -> Image:
        """Return all of its pixels, (H, W, 3) BGR. Not to be written to."""

    def within(self, longest: int) -> Image:
        """Return it scaled down so that no side is longer; never scaled up."""

    def kept(self) -> Self:
        """Return it for keeping: without what can be made again."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of one camera.

    Attributes:
        camera_id: Whose picture it is.
        seq: Counts the frames of this camera since capture began; gaps are allowed.
        at: Capture time, seconds.
        picture: What it shows.
    """

    camera_id: str
    seq: int
    at: Seconds
    picture: Picture

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        return self.picture.size

    @property
    def image(self) -> Image:
        """All of its pixels, made anew each time they are asked for."""
        return self.picture.image()

    def kept(self) -> Self:
        """Return it for keeping: without what can be made again."""
        return replace(self, picture=self.picture.kept())


@dataclass(frozen=True, slots=True)
class Spared:
    """What a case is about, as its picture shows it: the evidence, which no mask may take away.

    Attributes:
        box: Where it stands, pixels.
        size: Of the picture.
        is_vehicle: Whether its plate is part of the evidence.
    """

    box: Box
    size: Size
    is_vehicle: bool

    def within(self, size: Size) -> Box:
        """Return where it stands in a picture of another size."""
        x, y = size[0] / self.size[0], size[1] / self.size[1]
        return self.box[0] * x, self.box[1] * y, self.box[2] * x, self.box[3] * y


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What a detector saw in one picture, as columns.

    Attributes:
        xyxy: (N, 4) float32, pixels of the picture.
        confidence: (N,) float32, 0..1.
        class_id: (N,) int64, index into `streetwatch.models.labels.LABELS`.

    Raises:
        ValueError: the columns differ in length or a class id is out of range.
    """

    xyxy: Boxes
    confidence: npt.NDArray[np.float32]
    class_id: npt.NDArray[np.int64]

    def __post_init__(self) -> None:
        n = len(self.class_id)
        if self.xyxy.shape != (n, 4) or self.confidence.shape != (n,):
            raise ValueError(
                f"columns differ: xyxy {self.xyxy.shape}, confidence {self.confidence.shape}, "
                f"class_id {self.class_id.shape}"
            )
        if n and not (self.class_id.min() >= 0 and self.class_id.max() < len(LABELS)):
            raise ValueError(f"class ids must lie in 0..{len(LABELS) - 1}")

    def __len__(self) -> int:
        return len(self.class_id)

    def __getitem__(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> Self:
        """Return the chosen rows, by mask or by index array."""
        return type(self)(self.xyxy[rows], self.confidence[rows], self.class_id[rows])

    def rescaled(self, before: Size, after: Size) -> Self:
        """Return the same on the picture at another size."""
        if before == after:
            return self
        factors = np.array((after[0] / before[0], after[1] / before[1]) * 2, np.float32)
        return type(self)(self.xyxy * factors, self.confidence, self.class_id)

    @property
    def labels(self) -> list[str]:
        """The label of each row."""
        return [LABELS[i] for i in self.class_id]

    @classmethod
    def empty(cls) -> Self:
        """Return no detections."""
        return cls(np.empty((0, 4), np.float32), np.empty(0, np.float32), np.empty(0, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One look at one camera: the time, the picture's size and what was seen.

    A look without detections says "nothing seen"; no look at all says nothing.

    Attributes:
        at: Capture time.
        size: Of the picture.
        detections: In pixels of the picture.
        view: The whole picture made small; None where there is none (recorded looks).
        is_detected: The detector looked; False: what it saw before is said again.
    """

    at: Seconds
    size: Size
    detections: Detections
    view: View | None = None
    is_detected: bool = True


class Sees(Protocol):
    """Whatever finds things in pictures."""

    @property
    def longest_side(self) -> int:
        """Pixels: it sees no more in a larger picture."""

    def detect(
        self, image: Image, *, confidence: float | None = None, longest: int | None = None
    ) -> Detections:
        """Return what is in the picture.

        Args:
            image: (H, W, 3) BGR, any size.
            confidence: Everything above; None: each label's operating threshold.
            longest: Pixels that its longest side is looked at in; None: `longest_side`.
        """


class SeesMany(Sees, Protocol):
    """What can find things in several pictures at once."""

    def detect_batch(
        self,
        images: Sequence[Image],
        *,
        confidence: float | None = None,
        longest: int | None = None,
    ) -> list[Detections]:
        """Return what is in each picture; one after the other where their sizes differ."""
