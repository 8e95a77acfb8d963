"""Pictures as they go out: masked, the original sealed beside."""

import hashlib
import os
import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.stills import decoded_jpeg, jpeg
from streetwatch.service.incidents.errors import StorageError
from streetwatch.vision.capture.errors import ClipNotWritten, ClipUnavailable
from streetwatch.vision.capture.masked_clip import mask_clip
from streetwatch.vision.masking import Care, Masker, Subject
from streetwatch.vision.types import Frame, Image, Sees

log = structlog.get_logger(__name__)

#: How far behind the cameras a clip is masked: it may wait, they may not.
_NICE: Final = 10


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
        worker: Masks clips, one after the other.
        stopping: Set when clips are masked no more.
    """

    folder: EvidenceFolder
    masker: Masker | None = None
    worker: Executor | None = field(default=None, repr=False)
    stopping: threading.Event = field(default_factory=threading.Event, repr=False)

    @classmethod
    def masking(cls, folder: EvidenceFolder, sees: Sees) -> "Copies":
        """Return what masks with a detector, clips in a thread of its own."""
        worker = ThreadPoolExecutor(1, thread_name_prefix="mask", initializer=_stand_back)
        return cls(folder, Masker(sees), worker)

    def stop(self) -> None:
        """Mask no other clip: what is not masked yet is, after the next start."""
        self.stopping.set()
        if self.worker is not None:
            self.worker.shutdown(wait=False, cancel_futures=True)

    def masked(
        self, image: Image, *, spare: Subject | None = None, care: Care = Care.STILL
    ) -> Image:
        """Return what goes out of a picture; see `Masker`."""
        if self.masker is None:
            return image
        return self.masker.masked(image, spare=spare, care=care)

    def masked_anew(self, incident_id: str, name: str, spare: Subject | None) -> Kept | None:
        """Make the copy of a still again from its original; None where it has none.

        Raises:
            StorageError: the disk refused.
        """
        path = self.folder.originals_root / incident_id / name
        if self.masker is None or not path.is_file():
            return None
        original = self.folder.originals.read(incident_id, name)
        shown = self.masked(decoded_jpeg(original), spare=spare)
        digest = hashlib.sha256(original).hexdigest()
        return Kept(self.folder.write(incident_id, name, jpeg(shown)), digest)

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
    def cut_into(self) -> EvidenceFolder:
        """The folder that a clip is cut into: the originals, where clips are masked."""
        return self.folder if self.masker is None else self.folder.originals

    def clip(
        self, incident_id: str, name: str, digest: str, spare: Subject | None
    ) -> Future[Kept | NoCopy]:
        """Make what goes out of a clip that was cut into `cut_into`.

        Args:
            incident_id: Whose it is.
            name: Of the file.
            digest: Of what was cut.
            spare: What the case is about.

        Returns:
            Fails with `StorageError` where the disk refused; the original never goes out.
        """
        if self.masker is None or self.worker is None:
            done: Future[Kept | NoCopy] = Future()
            done.set_result(Kept(digest, None))
            return done
        return self.worker.submit(self._masked_clip, incident_id, name, digest, spare)

    def _masked_clip(
        self, incident_id: str, name: str, digest: str, spare: Subject | None
    ) -> Kept | NoCopy:
        source = self.folder.originals.path(incident_id, name)
        write = partial(self._mask, source, spare=spare)
        try:
            return Kept(self.folder.write_by(incident_id, name, write), digest)
        except ClipUnavailable as error:  # nobody could see it, and nobody may have it as it is
            source.unlink(missing_ok=True)
            return NoCopy(str(error))
        except ClipNotWritten as error:
            raise StorageError(str(error)) from error

    def _mask(self, source: Path, target: Path, *, spare: Subject | None) -> None:
        if self.masker is not None:
            mask_clip(source, target, self.masker, spare=spare, stopped=self.stopping.is_set)


@dataclass(slots=True)
class Shown:
    """The pixels of the frame that was asked for last, and what goes out of it.

    A case has several files of one picture: it is looked at once. Whole pictures are large: one is
    held until the next look, no longer.
    """

    copies: Copies
    _frame: Frame | None = None
    _how: tuple[Subject | None, Care] = (None, Care.STILL)
    _pixels: tuple[Image, Image] | None = None

    def of(self, frame: Frame, spare: Subject | None, care: Care) -> tuple[Image, Image]:
        """Return a frame's pixels and what goes out of it, one case's subject spared."""
        how = spare, care
        if self._pixels is None or self._frame is not frame or self._how != how:
            image = frame.image
            self._pixels = image, self.copies.masked(image, spare=spare, care=care)
            self._frame, self._how = frame, how
        return self._pixels


def _stand_back() -> None:
    """Let this thread, and not the process, have less of the machine."""
    try:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
    except OSError as error:  # a container may refuse it: then it is as any other
        log.info("mask.not_nice", reason=error.strerror)
