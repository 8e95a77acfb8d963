"""The cameras as somebody sees and changes them: all, or those of a part of the city."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from streetwatch.service.cameras.address import Account
from streetwatch.service.cameras.camera import Camera, CameraDocument
from streetwatch.service.cameras.catalogue import Catalogue
from streetwatch.service.cameras.errors import NoSuchCameraError
from streetwatch.service.cameras.merging import Listed
from streetwatch.service.incidents.reach import EVERYWHERE, Reach


@dataclass(frozen=True, slots=True)
class Cameras:
    """The cameras that lie within somebody's reach; the others are not there.

    Attributes:
        all: Every camera.
        reach: The part.
    """

    all: Catalogue
    reach: Reach = EVERYWHERE

    def within(self, reach: Reach) -> "Cameras":
        """Return those that somebody else may know of."""
        return replace(self, reach=reach)

    @property
    def listed(self) -> tuple[Listed, ...]:
        """Those that are watched."""
        return tuple(one for one in self.all.listed if one.camera.lies_in(self.reach))

    @property
    def cameras(self) -> tuple[Camera, ...]:
        """The same without where they come from."""
        return tuple(one.camera for one in self.listed)

    @property
    def taken_out(self) -> tuple[Camera, ...]:
        """The file's cameras that the console has removed."""
        return tuple(one for one in self.all.taken_out if one.lies_in(self.reach))

    def find(self, camera_id: str) -> Listed:
        """Return a camera.

        Raises:
            NoSuchCameraError: there is none of this id here.
        """
        found = self.all.find(camera_id)
        if not found.camera.lies_in(self.reach):
            raise NoSuchCameraError(camera_id)
        return found

    def check(self, document: CameraDocument, *, account: Account | None = None) -> Camera:
        """Return the camera that a document describes, as `Catalogue.check` does.

        Raises:
            NoSuchCameraError: one of this id stands elsewhere: its password is not lent.
        """
        camera_id = str(document.get("id", ""))
        known = {one.id for one in (*self.all.cameras, *self.all.written)}
        mine = {one.id for one in (*self.cameras, *self.taken_out)}
        if camera_id in known - mine:
            raise NoSuchCameraError(camera_id)
        return self.all.check(document, account=account)

    def add(self, document: CameraDocument, *, by: str, account: Account | None = None) -> Listed:
        """Make a camera here, as `Catalogue.add` does."""
        return self.all.add(document, by=by, account=account, within=self.reach)

    def put(
        self,
        document: CameraDocument,
        *,
        by: str,
        account: Account | None = None,
        expected: Iterable[str] | None = None,
    ) -> Listed:
        """Make or change a camera here, as `Catalogue.put` does."""
        return self.all.put(document, by=by, account=account, expected=expected, within=self.reach)

    def remove(self, camera_id: str, *, by: str, expected: Iterable[str] | None = None) -> None:
        """Watch a camera no more, as `Catalogue.remove` does."""
        self.all.remove(camera_id, by=by, expected=expected, within=self.reach)

    def revert(self, camera_id: str, *, by: str, expected: Iterable[str] | None = None) -> Listed:
        """Go back to what the file says, as `Catalogue.revert` does."""
        return self.all.revert(camera_id, by=by, expected=expected, within=self.reach)
