"""Pictures as they go out: masked, the original sealed beside."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from streetwatch.service.evidence.behind import Behind
from streetwatch.service.evidence.coming import there
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.evidence.stills import jpeg, part_of
from streetwatch.service.incidents.case import Attachment
from streetwatch.service.incidents.copying import Copying
from streetwatch.service.incidents.errors import StorageError
from streetwatch.vision.capture.errors import ClipNotWritten, ClipUnavailable
from streetwatch.vision.capture.masked_clip import mask_clip
from streetwatch.vision.masking import Masker
from streetwatch.vision.types import Image, Seconds, Sees, Spared

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was written.

    Attributes:
        sha256: Of what goes out, hex.
        original_sha256: Of the sealed original, hex; None where nothing is masked.
    """

    sha256: str
    original_sha256: str | None


@dataclass(frozen=True, slots=True)
class NoCopy:
    """Why there is no copy."""

    why: str


@dataclass(frozen=True, slots=True)
class Copies:
    """Writes what goes out.

    Attributes:
        folder: Where it goes; the originals go beside it.
        masker: Finds what is masked; None: nothing is.
        behind: Masks, one thing after the other.
    """

    folder: EvidenceStore
    masker: Masker | None = None
    behind: Behind | None = field(default=None, repr=False)

    @classmethod
    def masking(cls, folder: EvidenceStore, sees: Sees) -> "Copies":
        """Return what masks with a detector, in a thread of its own, which is not started."""
        return cls(folder, Masker(sees), Behind())

    @property
    def is_stopping(self) -> bool:
        """Whether nothing else is to be masked."""
        return self.behind is not None and self.behind.is_stopping

    def start(self, due: Callable[[], object]) -> None:
        """Begin to mask.

        Args:
            due: Makes all copies that are due now.
        """
        if self.behind is not None:
            self.behind.start(due)

    def stop(self, *, timeout_s: Seconds = 0.0) -> None:
        """Mask nothing else: what is not masked yet is, after the next start."""
        if self.behind is not None:
            self.behind.stop(timeout_s=timeout_s)

    def wake(self) -> None:
        """Say that a copy may be due."""
        if self.behind is not None:
            self.behind.wake()

    def masked(self, image: Image, *, spare: Spared | None = None) -> Image:
        """Return what goes out of a picture; see `Masker`."""
        return image if self.masker is None else self.masker.masked(image, spare=spare)

    def keep(self, incident_id: str, still: Attachment, image: Image, how: Copying) -> Attachment:
        """Keep a picture; its masked copy is made later.

        Args:
            incident_id: Whose it is.
            still: What it is.
            image: The whole picture.
            how: Its copy is made.

        Returns:
            The still, with its digests.

        Raises:
            StorageError: the disk refused.
        """
        content = jpeg(part_of(image, how.part))
        if self.masker is None:
            return still.made(self.folder.write(incident_id, still.name, content))
        digest = self.folder.originals.write(incident_id, still.name, content)
        return replace(still, original_sha256=digest, copying=how)

    def still(self, incident_id: str, name: str, image: Image, shown: Image) -> Kept:
        """Write a still and its original.

        Args:
            incident_id: Whose it is.
            name: Of the file.
            image: The original.
            shown: What `masked` made of it.

        Raises:
            StorageError: the disk refused.
        """
        original = None
        if self.masker is not None:
            original = self.folder.originals.write(incident_id, name, jpeg(image))
        return Kept(self.folder.write(incident_id, name, jpeg(shown)), original)

    @property
    def cut_into(self) -> EvidenceStore:
        """The folder that a clip is cut into: the originals, where clips are masked."""
        return self.folder if self.masker is None else self.folder.originals

    def later(self, job: Callable[[], T]) -> Future[T]:
        """Have a job done behind the cameras; at once where nothing is masked.

        Returns:
            Fails as the job does, and with `StorageError` when the service stops before.
        """
        return there(job()) if self.behind is None else self.behind.submit(job)

    def clip(
        self,
        incident_id: str,
        name: str,
        digest: str,
        spare: Spared | None,
        *,
        given_up: Callable[[], bool] = lambda: False,
    ) -> Kept | NoCopy:
        """Make what goes out of a clip that was cut into `cut_into`.

        Args:
            incident_id: Whose it is.
            name: Of the file.
            digest: Of what was cut.
            spare: What the case is about.
            given_up: Tells whether another process makes it by now.

        Raises:
            StorageError: the disk refused, or it was given up; the original never goes out.
        """
        if self.masker is None:
            return Kept(digest, None)
        source = self.folder.originals.fetched(incident_id, name)
        if source is None:
            return NoCopy("its original was lost before it was masked")
        write = partial(self._mask, source, masker=self.masker, spare=spare, given_up=given_up)
        try:
            return Kept(self.folder.write_by(incident_id, name, write), digest)
        except ClipUnavailable as error:  # nobody could see it, and nobody may have it as it is
            self.folder.originals.discard(incident_id, name)
            return NoCopy(str(error))
        except ClipNotWritten as error:
            raise StorageError(str(error)) from error

    def _mask(
        self,
        source: Path,
        target: Path,
        *,
        masker: Masker,
        spare: Spared | None,
        given_up: Callable[[], bool],
    ) -> None:
        def stopped() -> bool:
            return given_up() or (self.behind is not None and self.behind.give_way())

        mask_clip(source, target, masker, spare=spare, stopped=stopped)
