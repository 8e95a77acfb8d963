"""All cameras: the file's and the console's, and the one way to change them.

What `cameras.yaml` says stays the file's. A change in the console is kept beside it and wins, until
somebody takes it back (docs/adr/0021).
"""

import threading
from collections.abc import Callable, Iterable

import structlog

from streetwatch.service.cameras.address import Account
from streetwatch.service.cameras.camera import Camera, CameraDocument, with_source
from streetwatch.service.cameras.checking import checked_camera
from streetwatch.service.cameras.errors import (
    CameraChangedError,
    CameraConflictError,
    NoSuchCameraError,
)
from streetwatch.service.cameras.ledger import Act, Ledger, Pen, Record
from streetwatch.service.cameras.meant import allowed, meant, refused_at
from streetwatch.service.cameras.merging import Listed, merged
from streetwatch.service.cameras.vault import Vault
from streetwatch.service.incidents.reach import EVERYWHERE, Reach
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: Who is written down where nobody said who they are.
NOBODY = "api"


class Catalogue:
    """The cameras that there are. Usable from any thread.

    Args:
        ledger: Where changes are kept.
        vault: Closes the passwords.
        file: The cameras of `cameras.yaml`.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        ledger: Ledger,
        vault: Vault,
        file: Iterable[Camera],
        *,
        clock: Callable[[], Seconds],
    ) -> None:
        self._ledger = ledger
        self._vault = vault
        self._file = {camera.id: camera for camera in file}
        self.clock = clock
        self._changing = threading.Lock()
        self._followers: list[Callable[[], None]] = []
        self._records = ledger.records()
        self._listed = self._merged()

    @property
    def listed(self) -> tuple[Listed, ...]:
        """All cameras that are watched: the file's in its order, then the console's."""
        return tuple(self._listed.values())

    @property
    def cameras(self) -> tuple[Camera, ...]:
        """The same without where they come from."""
        return tuple(one.camera for one in self.listed)

    @property
    def written(self) -> tuple[Camera, ...]:
        """The cameras of `cameras.yaml`, as they are there."""
        return tuple(self._file.values())

    @property
    def taken_out(self) -> tuple[Camera, ...]:
        """The file's cameras that the console has removed: they can be brought back."""
        return tuple(one for one in self._file.values() if one.id not in self._listed)

    def follow(self, follower: Callable[[], None]) -> None:
        """Have somebody called after each change, in the thread that made it."""
        self._followers.append(follower)

    def catch_up(self) -> bool:
        """Take in what other processes have changed; return whether they had.

        Raises:
            StorageError: the database refused.
        """
        if self._ledger.latest() < self._next_revision():
            return False
        with self._changing:
            self._records = self._ledger.records()
            self._listed = self._merged()
        self._tell()
        return True

    def find(self, camera_id: str) -> Listed:
        """Return a camera.

        Raises:
            NoSuchCameraError: there is none of this id.
        """
        found = self._listed.get(camera_id)
        if found is None:
            raise NoSuchCameraError(camera_id)
        return found

    def check(self, document: CameraDocument, *, account: Account | None = None) -> Camera:
        """Return the camera that a document describes; nothing is changed.

        Args:
            document: One camera as `cameras.yaml` has it. A password that is kept may stand in
                its address as it is shown, `***`.
            account: A password apart from the address.

        Raises:
            CameraRefusedError: with a mistake for each value to mend.
        """
        camera_id = str(document.get("id", ""))
        record = self._record(document, Act.SET, by="", revision=0, account=account)
        trial = merged(
            filter(None, [self._file.get(camera_id)]), {camera_id: record}, self._vault.open
        )
        return trial[camera_id].camera

    def add(
        self,
        document: CameraDocument,
        *,
        by: str,
        account: Account | None = None,
        within: Reach = EVERYWHERE,
    ) -> Listed:
        """Make a camera.

        Raises:
            CameraConflictError: there is one of this id.
            CameraRefusedError: as for `check`.
            StorageError: the database refused.
        """
        camera_id = str(document.get("id", ""))
        if camera_id in self._listed:
            raise CameraConflictError(f"there is a camera {camera_id} already: give another id")
        return self.put(document, by=by, account=account, within=within)

    def put(
        self,
        document: CameraDocument,
        *,
        by: str,
        account: Account | None = None,
        expected: Iterable[str] | None = None,
        within: Reach = EVERYWHERE,
    ) -> Listed:
        """Make or change a camera.

        Args:
            document: As for `check`.
            by: Who does.
            account: As for `check`.
            expected: The versions it may have; None: any.
            within: The part of the city that it stands in, before and after.

        Raises:
            CameraChangedError: it has another version.
            CameraRefusedError: as for `check`, or it would stand elsewhere.
            NoSuchCameraError: it stands elsewhere now.
            StorageError: the database refused.
        """
        camera_id = str(document.get("id", ""))
        with self._changing, self._ledger.writing() as pen:
            self._want(camera_id, expected, pen, within)
            record = self._record(
                document, Act.SET, by=by, revision=self._next_revision(), account=account
            )
            self._want_within(record, within)
            pen.write(record)
        self._changed(record)
        return self.find(camera_id)

    def remove(
        self,
        camera_id: str,
        *,
        by: str,
        expected: Iterable[str] | None = None,
        within: Reach = EVERYWHERE,
    ) -> None:
        """Watch a camera no more. One of the file's is left there, and can be brought back.

        Raises:
            CameraChangedError: it has another version.
            NoSuchCameraError: there is none of this id.
            StorageError: the database refused.
        """
        self._undo(camera_id, Act.REMOVED, by, expected, within)

    def revert(
        self,
        camera_id: str,
        *,
        by: str,
        expected: Iterable[str] | None = None,
        within: Reach = EVERYWHERE,
    ) -> Listed:
        """Go back to what the file says of a camera.

        Raises:
            CameraChangedError: it has another version.
            CameraConflictError: the file has no such camera.
            StorageError: the database refused.
        """
        if camera_id not in self._file:
            self.find(camera_id)
            raise CameraConflictError(
                f"the camera {camera_id} was made in the console: cameras.yaml says nothing of it"
            )
        self._undo(camera_id, Act.REVERTED, by, expected, within)
        return self.find(camera_id)

    def _undo(
        self, camera_id: str, act: Act, by: str, expected: Iterable[str] | None, within: Reach
    ) -> None:
        with self._changing, self._ledger.writing() as pen:
            self._want(camera_id, expected, pen, within)
            if act is Act.REMOVED:
                self.find(camera_id)
            record = Record(camera_id, act, self._next_revision(), self.clock(), by, {})
            self._want_within(record, within)
            pen.write(record)
        self._changed(record)

    def _want(
        self, camera_id: str, expected: Iterable[str] | None, pen: Pen, within: Reach
    ) -> None:
        """Bring up what is known to what is stored, and refuse a change of something else."""
        self._records = pen.records()
        self._listed = self._merged()
        found = self._listed.get(camera_id)
        there = found.camera if found is not None else self._file.get(camera_id)
        if there is not None and not there.lies_in(within):
            raise NoSuchCameraError(camera_id)
        if expected is not None and (found is None or found.version not in set(expected)):
            raise CameraChangedError(camera_id)

    def _want_within(self, record: Record, within: Reach) -> None:
        """Refuse to put a camera where somebody has no say."""
        file = filter(None, [self._file.get(record.camera_id)])
        after = merged(file, {record.camera_id: record}, self._vault.open).get(record.camera_id)
        if after is not None and not after.camera.lies_in(within):
            says = "is not in your part of the city: write a unit grid of yours"
            raise refused_at(("place", "grid_code"), says)

    def _next_revision(self) -> int:
        return max((one.revision for one in self._records.values()), default=0) + 1

    def _changed(self, record: Record) -> None:
        with self._changing:
            self._records = self._records | {record.camera_id: record}
            self._listed = self._merged()
        log.info(
            "camera.changed", camera=record.camera_id, act=record.act.value, by=record.changed_by
        )
        self._tell()

    def _tell(self) -> None:
        for follower in self._followers:
            follower()

    def _merged(self) -> dict[str, Listed]:
        return merged(self._file.values(), self._records, self._vault.open)

    def _record(
        self,
        document: CameraDocument,
        act: Act,
        *,
        by: str,
        revision: int,
        account: Account | None,
    ) -> Record:
        """Return the record of what was written, its password apart."""
        entry = checked_camera(document)
        source = allowed(self._kept(entry.id), entry.source.kind, entry.source.url, account)
        in_file = self._file.get(entry.id)
        shown = with_source(document, source, source.redacted)
        is_files = in_file is not None and in_file.source == source
        sealed = None if is_files else self._vault.close(source.url)
        return Record(entry.id, act, revision, self.clock(), by, shown, sealed)

    def source(
        self, camera_id: str, kind: SourceKind, url: str, account: Account | None = None
    ) -> Source:
        """Return where pictures come from by what was written: with the password that is meant.

        Args:
            camera_id: Whose kept password `***` stands for.
            kind: How they are fetched.
            url: Perhaps with `***`.
            account: A password apart from it.

        Raises:
            AddressError: address and password do not go together.
        """
        return meant(self._kept(camera_id), kind, url, account)

    def _kept(self, camera_id: str) -> list[Source]:
        """Return where a camera's pictures come from now, and by the file."""
        known, of_file = self._listed.get(camera_id), self._file.get(camera_id)
        cameras = (None if known is None else known.camera, of_file)
        return [one.source for one in cameras if one is not None]
