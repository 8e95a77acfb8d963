"""Where a point of the street lies in the picture: a pinhole, the same as the renderer's."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class View:
    """A camera: where it hangs, what it looks at (metres), its angle across and its picture."""

    at: Point
    look_at: Point
    across_deg: float = 60.0
    width: int = 1280
    height: int = 720

    def axes(self) -> NDArray[np.float64]:
        """Rows: to the right, down, ahead."""
        ahead = np.subtract(self.look_at, self.at)
        ahead = ahead / np.linalg.norm(ahead)
        right = np.cross(ahead, (0.0, 0.0, 1.0))
        right /= np.linalg.norm(right)
        return np.stack([right, np.cross(ahead, right), ahead])

    def focal_px(self) -> float:
        """Pixels per unit of slope."""
        return self.width / 2 / float(np.tan(np.radians(self.across_deg) / 2))

    def project(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels x, y and depth in metres of (N, 3) points; depth under 0.1 m is held there."""
        right, down, depth = self.axes() @ (np.atleast_2d(points) - np.array(self.at)).T
        depth = np.maximum(depth, 0.1)
        scale = self.focal_px() / depth
        return np.stack(
            [self.width / 2 + right * scale, self.height / 2 + down * scale, depth], axis=1
        )
