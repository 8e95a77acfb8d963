"""What seals evidence in tests: one key, so that what is signed is the same each time."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from filed import NOON, a_message, an_incident
from streetwatch.models.labels import CLASS_ID
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.report import Report
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.cutting import ClipWindow
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.keys import Signer
from streetwatch.service.evidence.making import make_due
from streetwatch.service.evidence.manifest import EvidenceSeal
from streetwatch.service.evidence.pack import Signing, pack
from streetwatch.service.evidence.recorder import Recorder
from streetwatch.service.incidents import handle
from streetwatch.service.incidents.case import Site
from streetwatch.service.incidents.handle import Watched
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.store.awaited import AwaitedCopies
from streetwatch.service.store.chains import public_keys
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.vision.picture import Pixels
from streetwatch.vision.types import Box, Detections, Frame, Image
from streetwatch.zones.rules import DEFAULTS, ViolationType
from streetwatch.zones.zone import Zone

SIGNER = Signer.of("c3RyZWV0d2F0Y2ggc2lnbnMgb25seSB0ZXN0cyAhISE=", "the tests' key")

SEAL = EvidenceSeal(SIGNER, "streetwatch 0", "model@1", "f" * 64)

_WHOLE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@dataclass(frozen=True)
class Sees:
    """A detector that sees what it is told, in every picture."""

    things: tuple[tuple[str, Box], ...]
    sure: tuple[float, ...] = ()
    longest_side: int = 640
    asked: list[Image] = field(default_factory=list)

    def detect(
        self, image: Image, *, confidence: float | None = None, longest: int | None = None
    ) -> Detections:
        del confidence, longest
        self.asked.append(image)
        count = len(self.things)
        return Detections(
            np.array([box for _, box in self.things], np.float32).reshape(count, 4),
            np.array(self.sure or (0.9,) * count, np.float32),
            np.array([CLASS_ID[label] for label, _ in self.things], np.int64),
        )

    def detect_batch(
        self,
        images: Sequence[Image],
        *,
        confidence: float | None = None,
        longest: int | None = None,
    ) -> list[Detections]:
        return [self.detect(one, confidence=confidence, longest=longest) for one in images]


def recorder_of(copies: Copies, incident: Incident, seal: EvidenceSeal = SEAL) -> Recorder:
    """Return the recorder of an incident's camera, without a ring."""
    rule = DEFAULTS[ViolationType(incident.type)]
    return Recorder(
        site=Site(incident.camera_id, "人民路", None),
        zones=(Zone(incident.zone_id, _WHOLE, rules=(rule,)),),
        copies=copies,
        seal=seal,
        ring=None,
        window=ClipWindow(1.0, 1.0),
    )


def seal_case(  # noqa: PLR0913 -- each is a knob of one case
    store: SqlStore,
    copies: Copies,
    name: str,
    *,
    camera: str = "kerb",
    seal: EvidenceSeal = SEAL,
    image: Image | None = None,
) -> Incident:
    """File a camera's case with a still, and seal its evidence."""
    incident = an_incident(id=name, camera_id=camera)
    recorder = recorder_of(copies, incident, seal)
    pixels = np.full((360, 640, 3), 90, np.uint8) if image is None else image
    recorder.pictures.show(Frame(camera, 1, NOON, Pixels(pixels)))
    with store.transaction() as transaction:
        transaction.put_incident(incident)
        transaction.put_attachments(name, recorder.pictures.stills_of(incident, frozenset()))
    make_due(copies, AwaitedCopies(store.engine))
    gathered = recorder.gather(incident).result()
    assert gathered is not None
    watched = Watched(gathered.site, (gathered.zone,), "model@1")
    handle.complete_evidence(
        name, recorder.sealed(gathered, NOON), watched=watched, store=store, at=NOON
    )
    return incident


def packed_case(store: SqlStore, folder: EvidenceFolder, signer: Signer = SIGNER) -> bytes:
    """Seal a case, report it to the desk, and return its pack."""
    incident = seal_case(store, Copies(folder), "a" * 26)
    book = Book(store.engine)
    document = case_json(a_message(incident, files=store.evidence(incident.id)).case)
    book.report(Report.model_validate_json(json.dumps(document)), key="key-of-it", now=NOON)
    signing = Signing(signer, public_keys(store.engine))
    return b"".join(pack(book.case(incident.id), folder, signing).stream())
