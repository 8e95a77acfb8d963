"""What can be wrong with a change of the cameras: one class per answer."""

from collections.abc import Iterable

from streetwatch.service.config.checking import Mistake
from streetwatch.service.incidents.errors import InputError, StreetwatchError


class CameraRefusedError(InputError):
    """What was written is wrong; nothing was changed.

    Attributes:
        mistakes: One for each value to mend, with its place in the document.
    """

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(one.line for one in self.mistakes))


class NoSuchCameraError(StreetwatchError):
    """There is no camera of this id."""

    def __init__(self, camera_id: str) -> None:
        super().__init__(f"there is no camera {camera_id}: see the list of cameras")


class WatchedElsewhereError(NoSuchCameraError):
    """There is one, and another process has its pictures."""

    def __init__(self, camera_id: str) -> None:
        StreetwatchError.__init__(
            self,
            f"the camera {camera_id} is watched by another node or by none just now: "
            "streetwatch cluster status says by which",
        )


class CameraConflictError(StreetwatchError):
    """It does not go together with the cameras that are there."""


class CameraChangedError(StreetwatchError):
    """Somebody changed the camera after it was read: read it again."""

    def __init__(self, camera_id: str) -> None:
        super().__init__(f"the camera {camera_id} has changed meanwhile: read it again")


class OtherKeyError(InputError):
    """A kept password can't be read: the key is another one."""
