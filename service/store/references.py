"""What each camera showed when its zones were drawn, kept for the next start."""

from dataclasses import dataclass

import cv2
import numpy as np
import sqlalchemy as sa
import structlog

from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.store.leases import Lease, fenced
from streetwatch.service.store.reference_schema import camera_reference
from streetwatch.service.store.transactions import reading
from streetwatch.vision.health import Reference
from streetwatch.vision.types import Size

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What is known of a camera's picture.

    Attributes:
        drawn: Names the zones that were drawn on it.
        reference: What it showed then.
        size: Of its pictures, in whose pixels its stays are kept.
    """

    drawn: str
    reference: Reference
    size: Size


class References:
    """Reads and writes the kept pictures. Usable from any thread."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def find(self, camera_id: str) -> Kept | None:
        """Return what is known of a camera; None of a new one.

        Raises:
            StorageError: the database refused.
        """
        wanted = sa.select(camera_reference).where(camera_reference.c.camera_id == camera_id)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).first()
        if row is None:
            return None
        picture = cv2.imdecode(np.frombuffer(row.picture, np.uint8), cv2.IMREAD_GRAYSCALE)
        if picture is None:
            return None
        reference = Reference(np.asarray(picture, np.uint8), row.sharpness)
        return Kept(row.drawn, reference, (row.width, row.height))

    def known(self, camera_id: str) -> Kept | None:
        """Return what is known of a camera; None too where the database refused to say."""
        try:
            return self.find(camera_id)
        except StorageError as error:
            log.warning("camera.reference_not_read", camera=camera_id, reason=str(error))
            return None

    def keep(self, camera_id: str, kept: Kept, held: Lease | None = None) -> None:
        """Keep it in the place of what was known before.

        Args:
            camera_id: Whose.
            kept: What is known now.
            held: The lease of whoever has the camera; None where one process watches all.

        Raises:
            LeaseLostError: it is another node's by now.
            StorageError: the database refused; what was known before is kept.
        """
        _, png = cv2.imencode(".png", kept.reference.picture)
        width, height = kept.size
        row = {
            "camera_id": camera_id,
            "drawn": kept.drawn,
            "width": width,
            "height": height,
            "sharpness": kept.reference.sharpness,
            "picture": png.tobytes(),
        }
        same = camera_reference.c.camera_id == camera_id
        with fenced(self._engine, held) as connection:
            connection.execute(sa.delete(camera_reference).where(same))
            connection.execute(sa.insert(camera_reference).values(row))
