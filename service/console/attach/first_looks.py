"""Looks at the camera that a page attaches, from its first picture until the page is left."""

from contextlib import ExitStack
from dataclasses import dataclass, field

from streetwatch.service.cameras.address import Account
from streetwatch.service.cameras.camera import CameraDocument
from streetwatch.service.cameras.errors import CameraRefusedError
from streetwatch.service.cameras.stepping import BusyError
from streetwatch.service.gathering import Gathering, Gatherings
from streetwatch.vision.types import Look, Seconds


@dataclass(slots=True)
class FirstLooks:
    """One page's gathering; none where somebody attaches two cameras at once, or too many do.

    Attributes:
        gatherings: Look at cameras that are not kept yet.
        who: Attaches it.
    """

    gatherings: Gatherings
    who: str
    _gathering: Gathering | None = None
    _under_way: ExitStack = field(default_factory=ExitStack)

    @property
    def looks(self) -> tuple[Look, ...]:
        """What was seen so far."""
        return self._gathering.looks if self._gathering else ()

    def span_s(self) -> Seconds:
        """Return for how long it was watched."""
        return self._gathering.span_s if self._gathering else 0.0

    def begin(self, document: CameraDocument, account: Account | None) -> None:
        """Look at a camera from now on; what was seen of another is forgotten."""
        self.end()
        try:
            begun = self.gatherings.begun(document, who=self.who, account=account)
            self._gathering = self._under_way.enter_context(begun)
        except (BusyError, CameraRefusedError):
            self._gathering = None

    def end(self) -> None:
        """Look no more. What was seen is forgotten by `begin` only."""
        self._under_way.close()
