"""The clips of one camera's incidents: cut while the stream is there, masked behind the cameras."""

from collections.abc import Callable
from dataclasses import dataclass

from streetwatch.service.evidence.copies import Copies, NoCopy
from streetwatch.service.evidence.cutting import CLIP, ClipWindow, cut, is_whole
from streetwatch.service.incidents.case import Attachment
from streetwatch.vision.capture.errors import ClipUnavailable
from streetwatch.vision.capture.ring import Ring
from streetwatch.vision.types import Seconds, Spared

#: What was cut: its sha256, and when it begins.
Cut = tuple[str, Seconds]


@dataclass(frozen=True, slots=True)
class Clips:
    """Cuts them.

    Attributes:
        copies: Masks and writes.
        ring: What they are cut from; None: there are none.
        window: How much of the stream one has.
    """

    copies: Copies
    ring: Ring | None
    window: ClipWindow

    def keep(self, *, is_awaited: bool) -> None:
        """Keep as much of the stream as a clip has, or what one that is not in sight begins with.

        Coded video of half a minute is most of what a camera takes of the memory.
        """
        if self.ring is not None:
            self.ring.keep(self.window.whole_s if is_awaited else self.window.lead_s)

    def leave(self, incident_id: str, end: Seconds) -> None:
        """Cut a clip for whoever goes on, unless one before us has cut it: it had more of it.

        Raises:
            StorageError: the disk refused.
        """
        if self._is_whole(end):
            self._cut(incident_id, end)

    def begun(
        self,
        incident_id: str,
        end: Seconds,
        *,
        spare: Spared | None,
        given_up: Callable[[], bool],
    ) -> Callable[[], Attachment | NoCopy]:
        """Cut a clip and return what makes its copy.

        What another process may have cut has to be asked for; whoever makes the copy does that, as
        no look waits for a network.

        Args:
            incident_id: Whose it is.
            end: Where it ends.
            spare: What the case is about.
            given_up: Tells whether another process makes it by now.

        Raises:
            StorageError: the disk refused.
        """
        now = self._cut(incident_id, end) if self._is_whole(end) else None

        def made() -> Attachment | NoCopy:
            clip = now or self._cut(incident_id, end)
            if isinstance(clip, NoCopy):
                return clip
            digest, at = clip
            kept = self.copies.clip(incident_id, CLIP, digest, spare, given_up=given_up)
            if isinstance(kept, NoCopy):
                return kept
            return Attachment(CLIP, "clip", "video/mp4", kept.sha256, at, kept.original_sha256)

        return made

    def _is_whole(self, end: Seconds) -> bool:
        return self.ring is not None and is_whole(self.ring, end=end, window=self.window)

    def _cut(self, incident_id: str, end: Seconds) -> Cut | NoCopy:
        if self.ring is None:
            return NoCopy("this camera keeps none (privacy mask, or a source without packets)")
        folder = self.copies.cut_into
        try:
            return cut(self.ring, folder, incident_id, end=end, window=self.window)
        except ClipUnavailable as error:
            return NoCopy(str(error))
