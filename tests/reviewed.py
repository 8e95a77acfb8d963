"""A desk with cases that wait for a verdict, and who reviews them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import av
import cv2
import httpx
import numpy as np

from filed import NOON, a_message, an_incident
from streetwatch.service.case_desk import Desk, reviewing_from
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.report import Report
from streetwatch.service.desk.review.leases import Reviewer
from streetwatch.service.desk.review.reviewing import Reviewing
from streetwatch.service.desk.states import REFUSALS, CaseState
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.evidence.stills import close_up, jpeg
from streetwatch.service.evidence.track_file import track_json
from streetwatch.service.incidents import hearing
from streetwatch.service.incidents.case import Attachment
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.incidents.track import begun, followed
from streetwatch.service.settings import Settings
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.zones.stay import Stay
from wired_desk import wired_desk

LI, WANG = Reviewer("li", "page-1"), Reviewer("wang", "page-2")


@dataclass
class ReviewedDesk:
    """One process of the desk on a database that others may share."""

    store: SqlStore
    now: float = NOON

    def __post_init__(self) -> None:
        self.desk: Desk = wired_desk(Settings(), self.store, clock=lambda: self.now)
        self.reviewing: Reviewing = reviewing_from(self.desk, self.store, on_end=self._close)

    def _close(self, name: str, state: CaseState, at: float) -> None:
        hearing.close(name, rejected=state in REFUSALS, store=self.store, at=at)

    def file(self, name: str, **changes: Any) -> str:  # noqa: ANN401 -- any field of an incident
        """File a case of an incident that is in the store too; return its number."""
        incident: Incident = an_incident(**{"id": name * 26} | changes)
        with self.store.transaction() as transaction:
            transaction.put_incident(incident)
        told = case_json(a_message(incident).case)
        report = Report.model_validate_json(json.dumps(told))
        case, _ = self.desk.book.report(report, key=f"key-of-{incident.id}", now=self.now)
        return str(case["number"])

    def state(self, number: str) -> str:
        return str(self.desk.book.case(number)["state"])


def threshold_still(evidence: EvidenceFolder, incident_id: str) -> None:
    """Write the still that `streetwatch learn` looks at."""
    frame = np.full((480, 640, 3), 80, np.uint8)
    evidence.write(incident_id, "threshold.jpg", cv2.imencode(".jpg", frame)[1].tobytes())


DEMO = Path(__file__).resolve().parents[1] / "datasets" / "demo" / "street.mp4"

#: Of the demo clip: where its car stands, pixels, and its zone.
CAR = (552.0, 358.0, 730.0, 494.0)
CARRIAGEWAY = [[0.568, 0.966], [0.268, 0.391], [0.341, 0.383], [0.763, 0.883]]

_FIRST_S, _FULL_S, _LATEST_S = 6.0, 26.0, 36.0


@dataclass
class Showcase:
    """Cases with evidence in a running service, out of the demo clip.

    Attributes:
        url: Of the service.
        folder: Its data.
    """

    url: str
    folder: Path

    def __post_init__(self) -> None:
        self.evidence = EvidenceFolder(self.folder / "evidence")
        self._stills = _stills({"first_seen": 8.0, "threshold": _FULL_S, "latest": _LATEST_S})

    def file(self, name: str, *, clip: bool = True, **changes: Any) -> str:  # noqa: ANN401
        """File a case of an incident named so; return its number."""
        at = changes.get("violation_at", NOON)
        incident = an_incident(
            **{
                "id": name * 26,
                "camera_id": "demo-street",
                "first_seen": at - 20,
                "last_seen": at + 10,
                "observed_s": 24.0,
                "unobserved_s": 6.0,
                "bbox": CAR,
                "confidence": 0.05,
            }
            | changes
        )
        files = tuple(self._files(incident, with_clip=clip))
        message = a_message(incident, files=files)
        site = replace(message.case.site, camera_id=incident.camera_id, name="演示街口")
        told = case_json(replace(message.case, site=site))
        answer = httpx.post(
            f"{self.url}/desk/cases", json=told, headers={"Idempotency-Key": f"key-{incident.id}"}
        )
        answer.raise_for_status()
        return str(answer.json()["number"])

    def _files(self, incident: Incident, *, with_clip: bool) -> Iterator[Attachment]:
        at = incident.violation_at or NOON
        moments = {"first_seen": at - 20, "threshold": at, "latest": at + 10, "close_up": at}
        for role, picture in self._stills.items():
            digest = self.evidence.write(incident.id, f"{role}.jpg", picture)
            yield Attachment(f"{role}.jpg", role, "image/jpeg", digest, moments[role])
        if with_clip:
            digest = self.evidence.write_by(incident.id, "clip.mp4", _clip)
            yield Attachment("clip.mp4", "clip", "video/mp4", digest, at - 5)
        track = self.evidence.write(incident.id, "track.json", _track(at))
        yield Attachment("track.json", "track", "application/json", track, at - 20)
        manifest = json.dumps({"zone": {"polygon": CARRIAGEWAY}}).encode()
        digest = self.evidence.write(incident.id, "manifest.json", manifest)
        yield Attachment("manifest.json", "manifest", "application/json", digest, at + 10)


def _stills(moments: dict[str, float]) -> dict[str, bytes]:
    pictures: dict[str, bytes] = {}
    with av.open(str(DEMO)) as clip:
        for role, at in moments.items():
            clip.seek(int(at * 1_000_000))
            decoded = next(clip.decode(video=0)).to_ndarray(format="bgr24")
            frame = decoded.astype(np.uint8, copy=False)
            pictures[role] = jpeg(frame)
            if role == "threshold":
                pictures["close_up"] = jpeg(close_up(frame, CAR))
    return pictures


def _clip(path: Path) -> None:
    """Cut the seconds around the violation out of the demo clip, without coding them anew."""
    with av.open(str(DEMO)) as source, av.open(str(path), "w") as target:
        stream = source.streams.video[0]
        out = target.add_stream_from_template(stream)
        source.seek(int((_FULL_S - 5) * 1_000_000))
        start: int | None = None
        for packet in source.demux(stream):
            if packet.dts is None or packet.pts is None or packet.time_base is None:
                continue
            start = packet.dts if start is None else start
            if (packet.dts - start) * packet.time_base > 15:
                break
            packet.pts, packet.dts, packet.stream = packet.pts - start, packet.dts - start, out
            target.mux(packet)


def _track(at: float) -> bytes:
    """Return a track with a stretch in which it was hidden."""
    stay = Stay("carriageway", "illegal_parking_motor", CAR, CAR, 0.8, 1, at - 20, at - 20)
    steps = (("observed_s", 12.0), ("hidden_s", 4.0), ("observed_s", 8.0), ("missed_s", 2.0))
    track = begun(stay)
    for name, spent_s in (*steps, ("observed_s", 4.0)):
        sums = {name: getattr(stay, name) + spent_s}
        stay = replace(stay, last_seen=stay.last_seen + spent_s, **sums)
        track = followed(track, stay)
    return track_json(track, (1280, 720))
