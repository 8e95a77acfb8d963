"""Verdicts: what people's moves of cases say about the model, for `streetwatch learn`."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from streetwatch.service.desk.book import Book
from streetwatch.service.desk.history import moves
from streetwatch.service.desk.query import Filter
from streetwatch.service.desk.states import CaseState, RejectReason
from streetwatch.service.evidence.originals import NoOriginalError, Opening, Originals
from streetwatch.zones.rules import ViolationType

#: What the object of a case is called by the model. A case of parking does not say which vehicle
#: it was: confirmed, it teaches nothing.
_LABEL_OF: Mapping[str, str] = MappingProxyType(
    {
        ViolationType.STREET_VENDING: "vendor_stall",
        ViolationType.OUT_OF_STORE: "vendor_stall",
        ViolationType.EXPOSED_GARBAGE: "garbage",
        ViolationType.BIN_OVERFLOW: "bin_overflow",
    }
)
_ANY_VEHICLE = "car"

_PAGE = 200

#: What other people tell says nothing about the model.
_SEEN = Filter(sources=("video",))

#: The still that shows the object where the case says it stood.
_FRAME = "threshold.jpg"


def write_verdicts(book: Book, originals: Originals, out: Path) -> Iterator[Mapping[str, Any]]:
    """Copy the frames of judged cases into `out/frames`, and yield a verdict for each.

    Cases that nobody has judged, and those whose frame is not kept any more, are left out.
    """
    frames = out / "frames"
    frames.mkdir(parents=True, exist_ok=True)
    for document in _cases(book):
        verdict = _verdict(document)
        if verdict is None:
            continue
        frame = _frame_of(document["external_id"], originals)
        if frame is not None:
            name = f"{document['number']}.jpg"
            shutil.copyfile(frame, frames / name)
            yield {"frame": f"frames/{name}", **verdict}


def _frame_of(name: str, originals: Originals) -> Path | None:
    """Return the frame that is learnt from: the original, or masks would be learnt with it."""
    opening = Opening("cli:data", "训练模型 / to train the model", name, _FRAME)
    try:
        return originals.open(opening)
    except NoOriginalError:
        return originals.folder.fetched(name, _FRAME)


def _cases(book: Book) -> Iterator[Mapping[str, Any]]:
    page = book.page(_SEEN, limit=_PAGE)
    yield from page.cases
    while page.next is not None:
        page = book.page(_SEEN, limit=_PAGE, after=page.next)
        yield from page.cases


def _verdict(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what a case's history says of it; None where that is nothing about the model."""
    if document["camera"] is None:
        return None  # a picture from outside is not what a camera sees
    made = {entry["state"]: entry for entry in moves(document["history"])}
    facts = {
        "place": f"{document['camera']['id']}/{document['zone_id']}",
        "bbox": document["bbox"],
    }
    label = _LABEL_OF.get(document["type"])
    if CaseState.REJECTED in made:
        reason = made[CaseState.REJECTED].get("reason") or RejectReason.OTHER
        return {**facts, "label": label or _ANY_VEHICLE, "verdict": "rejected", "reason": reason}
    if CaseState.ACCEPTED in made and label:
        return {**facts, "label": label, "verdict": "confirmed"}
    return None
