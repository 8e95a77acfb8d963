"""Cameras that are about to come: their streams are read before they are this node's to look at.

To connect to a camera and wait for its next key frame takes seconds. Whoever has it looks at it
until whoever is to have it has a picture (docs/adr/0045).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from streetwatch.service.cameras.camera import Camera
from streetwatch.vision.capture.stream import Capture
from streetwatch.vision.capture.two_streams import TwoStreams


@dataclass(slots=True)
class Arrivals:
    """The captures of cameras that are to come. Guarded by the fleet that owns it.

    Attributes:
        reads: Makes the capture of a camera; it is not started.
    """

    reads: Callable[[Camera], Capture | TwoStreams]
    _coming: dict[str, tuple[Camera, Capture | TwoStreams]] = field(
        init=False, default_factory=dict
    )

    def expect(self, cameras: Iterable[Camera]) -> frozenset[str]:
        """Read these cameras' streams from now on, and no other's.

        Returns:
            Those whose pictures come.
        """
        expected = {one.id: one for one in cameras}
        for name in [name for name, (one, _) in self._coming.items() if expected.get(name) != one]:
            self._coming.pop(name)[1].stop(timeout_s=0)
        for name, one in expected.items():
            if name not in self._coming:
                capture = self.reads(one)
                capture.start()
                self._coming[name] = (one, capture)
        return frozenset(name for name, (_, one) in self._coming.items() if one.state.is_live)

    def taken(self, camera: Camera) -> Capture | TwoStreams | None:
        """Hand over the capture of a camera that has come; None: it is to be made anew."""
        expected, capture = self._coming.pop(camera.id, (None, None))
        if capture is None:
            return None
        if expected == camera and capture.state.is_live:
            return capture
        capture.stop(timeout_s=0)
        return None
