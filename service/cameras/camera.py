"""The cameras of `cameras.yaml`, as values."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from streetwatch.service.config.camera_schema import CameraEntry, CamerasEntry, SourceEntry
from streetwatch.service.config.checking import checked
from streetwatch.service.config.document import Tree, read_document
from streetwatch.service.config.environment import filled
from streetwatch.service.config.errors import CamerasFileError
from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.incidents.routing import TO_THE_DESK, Routes
from streetwatch.vision.capture.source import Source, SourceKind, redact
from streetwatch.vision.types import Seconds
from streetwatch.zones.calibration import Calibration
from streetwatch.zones.place import Place
from streetwatch.zones.polygon import Polygon
from streetwatch.zones.shopfront import with_fronts
from streetwatch.zones.zone import Zone, ZoneKind

#: One camera as `cameras.yaml` has it.
CameraDocument: TypeAlias = dict[str, Tree]


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
        looks_in_sub_stream: Whether it is looked at in its smaller stream; evidence is not.
        document: How it was written, the address without its password.
    """

    id: str
    name: str
    source: Source
    place: Place | None
    zones: tuple[Zone, ...]
    calibration: Calibration | None = None
    looks_in_sub_stream: bool = False
    document: CameraDocument = field(default_factory=dict, compare=False, repr=False)

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

    @property
    def permitted(self) -> tuple[Polygon, ...]:
        """The areas in which stalls may stand."""
        return tuple(zone.polygon for zone in self.zones if zone.kind is ZoneKind.PERMITTED)

    @property
    def drawn(self) -> str:
        """Name what is drawn on its picture: another name, and it is drawn on what it shows now."""
        outlines = repr([(zone.id, zone.kind, zone.polygon) for zone in self.zones])
        return hashlib.sha256(outlines.encode()).hexdigest()[:12]

    @property
    def grid(self) -> str | None:
        """The unit grid that it stands in, where that is known."""
        return None if self.place is None else self.place.grid_code

    def lies_in(self, reach: Reach) -> bool:
        """Tell whether it belongs to a part of the city."""
        return reach.has(self.id, self.grid)

    def is_on_duty(self, at: Seconds) -> bool:
        """Tell whether any of its rules applies at `at`, seconds since the epoch."""
        return any(rule.schedule.is_open(at) for zone in self.zones for rule in zone.rules)

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
    tree = filled(document, environ, refusal=CamerasFileError)
    file = checked(
        CamerasEntry,
        tree,
        written=document.tree,
        where=document.where,
        refusal=CamerasFileError,
    )
    return tuple(
        camera_of(entry, _source(entry.source, path.parent), written)
        for entry, written in zip(file.cameras, _items(tree), strict=True)
    )


def camera_of(entry: CameraEntry, source: Source, written: CameraDocument) -> Camera:
    """Return the camera that an entry describes.

    Args:
        entry: Checked.
        source: Where its pictures come from, password and all.
        written: The entry as it was written.
    """
    return Camera(
        id=entry.id,
        name=entry.name or entry.id,
        source=source,
        place=entry.place.place() if entry.place else None,
        zones=with_fronts(tuple(zone.zone() for zone in entry.zones)),
        calibration=entry.calibration.calibration() if entry.calibration else None,
        looks_in_sub_stream=entry.source.sub_stream,
        document=with_source(written, source, source.redacted),
    )


def with_source(document: CameraDocument, source: Source, url: str) -> CameraDocument:
    """Return a camera's document with another address in it, and no password beside it."""
    written = document.get("source")
    beside = written if isinstance(written, dict) else {}
    shown = {
        key: redact(value) if isinstance(value, str) else value for key, value in beside.items()
    }
    return document | {"source": shown | {"kind": source.kind.value, "url": url}}


def _items(tree: Tree) -> list[CameraDocument]:
    """Return the cameras of a file that was checked."""
    cameras = tree["cameras"] if isinstance(tree, dict) else None
    return [one for one in cameras if isinstance(one, dict)] if isinstance(cameras, list) else []


def _source(entry: SourceEntry, folder: Path) -> Source:
    url = str(folder / entry.url) if entry.kind is SourceKind.FILE else entry.url
    return Source(entry.kind, url)
