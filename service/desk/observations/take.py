"""Takes a report from outside: looks at its picture, files it or adds it to the case there is."""

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from streetwatch.service.access.doer import Doer
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.draft import Document, Draft
from streetwatch.service.desk.errors import NoSuchCaseError
from streetwatch.service.desk.merging import UNCLASSIFIED
from streetwatch.service.desk.observations.observation import Observation
from streetwatch.service.desk.observations.picture import Limits, decoded
from streetwatch.service.desk.observations.sight import Seen, seen_in, suggested, surest
from streetwatch.service.desk.states import DeskConflictError
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.vision.masking import Masker
from streetwatch.vision.types import Image, Seconds, Sees
from streetwatch.zones.moment import utc

_PICTURE = "observation.jpg"

#: What the case keeps of a report beside its facts.
_TOLD = {"reporter", "id", "address", "note", "device_id", "fill_level"}

#: Pictures from outside that are looked at at the same time: the cameras come first.
_AT_ONCE = 1

#: A picture that has to wait longer is sent back to come again.
_PATIENCE_S: Seconds = 10.0


class BusyError(RuntimeError):
    """Too many pictures at once: come again."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was taken in.

    Attributes:
        file: Its file of evidence, as a case has it.
        seen: What the model sees in it.
    """

    file: Document
    seen: tuple[Seen, ...]


@dataclass(slots=True)
class Observations:
    """Takes reports. Safe between threads.

    Attributes:
        book: Where the cases are.
        evidence: Where the pictures are kept.
        detector: Looks at them.
        limits: What a picture may be.
        clock: Seconds since the epoch.
    """

    book: Book
    evidence: EvidenceStore
    detector: Sees
    limits: Limits
    clock: Callable[[], Seconds]
    _turns: threading.Semaphore = field(
        init=False, default_factory=lambda: threading.Semaphore(_AT_ONCE)
    )

    def take(
        self, told: Observation, content: bytes | None, *, key: str | None, doer: Doer | None = None
    ) -> tuple[dict[str, Any], bool]:
        """Take a report; return what is answered and whether it made a new case.

        Args:
            told: What is reported.
            content: Of its picture.
            key: The same for every delivery of one report.
            doer: Who reports; None: the reporter.

        Raises:
            PictureRefusedError: the picture can't be taken.
            BusyError: too many pictures at once.
            DeskConflictError: the key was used for another report, or its type is switched off.
            StorageError: the disk or the database refused.
        """
        known = self._known(told)
        if known is not None:
            return _answer(known), False
        now = self.clock()
        picture = None if content is None else self._look(told, content, now)
        draft = draft_of(told, picture, now=now)
        try:
            case, is_new = self.book.file(
                draft, key=key or draft.external_id, now=now, doer=doer or Doer(told.reporter)
            )
        except DeskConflictError:
            self._forget(told)
            raise
        return _answer(case, observation=draft.document["observation"]), is_new

    def _known(self, told: Observation) -> Document | None:
        try:
            return self.book.case(told.external_id)
        except NoSuchCaseError:
            return None

    def _forget(self, told: Observation) -> None:
        """Delete the picture of a report that was refused: no case would ever have it deleted."""
        if self._known(told) is None:
            self.evidence.remove(told.external_id)

    def _look(self, told: Observation, content: bytes, now: Seconds) -> Picture:
        if not self._turns.acquire(timeout=_PATIENCE_S):
            raise BusyError("too many pictures at once: send it again in a while")
        try:
            image = decoded(content, self.limits)
            seen = seen_in(self.detector.detect(image))
            kept = self._kept(told, image, now)
        finally:
            self._turns.release()
        return Picture(kept, seen)

    def _kept(self, told: Observation, image: Image, now: Seconds) -> Document:
        """Keep the picture, without people in what goes out."""
        name, copies = told.external_id, Copies(self.evidence, Masker(self.detector))
        kept = copies.still(name, _PICTURE, image, copies.masked(image))
        return {
            "name": _PICTURE,
            "role": "observation",
            "media_type": "image/jpeg",
            "sha256": kept.sha256,
            "captured_at": utc(_time(told, now)),
            "url": f"/evidence/{name}/{_PICTURE}",
        }


def draft_of(told: Observation, picture: Picture | None, *, now: Seconds) -> Draft:
    """Return the draft of a report: what the reporter calls it wins over what the model sees."""
    seen = picture.seen if picture else ()
    suggestion = suggested(seen)
    kind = _type(told, suggestion)
    best = surest(seen, kind)
    at = _time(told, now)
    document = _document(told, kind, at) | {
        "confidence": best.confidence if best else 0.0,
        "bbox": list(best.xyxy) if best else None,
        "evidence": [picture.file] if picture else [],
        "observation": {
            **told.model_dump(mode="json", include=_TOLD),
            "seen": [{**asdict(one), "xyxy": list(one.xyxy)} for one in seen],
            "suggested_type": suggestion,
            "says": _said(told, picture, best),
        },
    }
    return Draft(
        external_id=told.external_id,
        source=told.source,
        type=kind,
        occurred_at=at,
        document=document,
        lon=told.lon,
        lat=told.lat,
        place_key=told.place_key,
    )


def _type(told: Observation, suggestion: str | None) -> str:
    if told.source == "sensor":
        return "bin_overflow"
    return str(told.type or suggestion or UNCLASSIFIED)


def _time(told: Observation, now: Seconds) -> Seconds:
    """Return when it was seen; a clock that is ahead of ours is not believed."""
    return now if told.at is None else min(told.at.timestamp(), now)


def _document(told: Observation, kind: str, at: Seconds) -> Document:
    """Return the facts, with the same keys as a camera's; what only a camera knows is null."""
    place = {"lon": told.lon, "lat": told.lat, "crs": told.crs, "grid_code": None}
    words = told.note or told.address or told.device_id or told.reporter
    return {
        "external_id": told.external_id,
        "source": told.source,
        "type": kind,
        "description": words,
        "camera": None,
        "zone_id": None,
        "place": {**place, "is_measured": True},
        "surface": told.surface,
        **dict.fromkeys(("first_seen", "violation_at", "last_seen"), utc(at)),
        **dict.fromkeys(("warned_at", "opened_at", "cleared_at", "disputed_at")),
        "observed_s": 0.0,
        "unobserved_s": 0.0,
        "versions": None,
    }


def _said(told: Observation, picture: Picture | None, best: Seen | None) -> str:
    """Tell the reporter, and whoever judges the case, what the model made of it."""
    if told.source == "sensor":
        return f"传感器上报 / the sensor says {told.fill_level:.0%}"
    if picture is None:
        return "无图片, 待人工核实 / no picture: a person will judge"
    if best is None:
        return "图中未识别到, 待人工核实 / not found in the picture: a person will judge"
    return f"图中识别到 / found in the picture: {best.label} ({best.confidence:.2f})"


def _answer(case: Document, *, observation: Document | None = None) -> dict[str, Any]:
    told = observation or case.get("observation") or {}
    return {
        **{name: case[name] for name in ("number", "external_id", "state", "type", "duplicate_of")},
        **{name: told.get(name) for name in ("seen", "suggested_type", "says")},
    }
