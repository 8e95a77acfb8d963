"""The cameras of `cameras.yaml`, as values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from streetwatch.service.config.camera_schema import CameraEntry, CamerasEntry, SourceEntry
from streetwatch.service.config.checking import checked
from streetwatch.service.config.document import read_document
from streetwatch.service.config.environment import filled
from streetwatch.service.config.errors import CamerasFileError
from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.incidents.routing import TO_THE_DESK, Routes
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.zones.calibration import Calibration
from streetwatch.zones.place import Place
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.zone import Zone, ZoneKind


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera and what is watched in its picture.

    Attributes:
        id: Unique; `a-z`, `0-9` and `-`.
        name: What people read.
        source: Where its pictures come from.
        place: Where it stands, if anyone wrote it down.
        zones: Of every kind.
        calibration: Where the ground in its picture is, if anyone measured it.
    """

    id: str
    name: str
    source: Source
    place: Place | None
    zones: tuple[Zone, ...]
    calibration: Calibration | None = None

    @property
    def site(self) -> Site:
        """The camera as the case platform knows it."""
        return Site(self.id, self.name, self.place)

    @property
    def masks(self) -> tuple[Polygon, ...]:
        """The areas to paint over before anything looks at the picture."""
        return tuple(zone.polygon for zone in self.zones if zone.kind is ZoneKind.PRIVACY_MASK)

    @property
    def areas(self) -> tuple[Polygon, ...]:
        """The areas in which something may be filed."""
        return tuple(zone.polygon for zone in self.zones if zone.kind is ZoneKind.PROHIBITED)

    def watched(
        self, *, model: str, others: Iterable["Camera"] = (), routes: Routes = TO_THE_DESK
    ) -> Watched:
        """Return the camera as the incidents know it.

        Args:
            model: Names what sees for it.
            others: All cameras that may see the same, this one or not.
            routes: Which target is told what.
        """
        beside = tuple(Watched(one.site, one.zones, model) for one in others)
        return Watched(self.site, self.zones, model, routes, self.calibration, beside)


def load_cameras(path: Path, *, environ: Mapping[str, str]) -> tuple[Camera, ...]:
    """Read `cameras.yaml` (docs/reference/cameras-yaml.md).

    Args:
        path: Of the file. Paths of `file` sources count from its folder.
        environ: Fills in `${NAME}`.

    Raises:
        CamerasFileError: a line for everything that is wrong; none holds a password.
    """
    document = read_document(path, refusal=CamerasFileError)
    file = checked(
        CamerasEntry,
        filled(document, environ, refusal=CamerasFileError),
        written=document.tree,
        where=document.where,
        refusal=CamerasFileError,
    )
    return tuple(_camera(entry, path.parent) for entry in file.cameras)


def _camera(entry: CameraEntry, folder: Path) -> Camera:
    return Camera(
        id=entry.id,
        name=entry.name or entry.id,
        source=_source(entry.source, folder),
        place=entry.place.place() if entry.place else None,
        zones=tuple(zone.zone() for zone in entry.zones),
        calibration=entry.calibration.calibration() if entry.calibration else None,
    )


def _source(entry: SourceEntry, folder: Path) -> Source:
    url = str(folder / entry.url) if entry.kind is SourceKind.FILE else entry.url
    return Source(entry.kind, url)
