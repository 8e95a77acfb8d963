"""What the incidents need of the outside, as small as they need it."""

from collections.abc import Collection, Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from streetwatch.service.incidents.case import Attachment, Awaited, Message
from streetwatch.service.incidents.chain import End, Link
from streetwatch.service.incidents.incident import Incident
from streetwatch.service.incidents.platform import Standing
from streetwatch.vision.types import Box, Seconds
from streetwatch.zones.ground import MapPoint
from streetwatch.zones.presence import Presence


class Transaction(Protocol):
    """All of it happens, or none of it. What was put is there for whatever is asked after it."""

    def hold_incidents(self, incident_ids: Iterable[str]) -> None:
        """Read incidents, and the cases that they are views of, at once, for `incident`.

        No other writer has any of them until the transaction ends.
        """

    def incident(self, incident_id: str) -> Incident | None:
        """Return the incident, None where there is none."""

    def put_incident(self, incident: Incident) -> None:
        """Insert or replace the incident."""

    def latest_filed_at(  # noqa: PLR0913 -- what makes a place
        self,
        *,
        camera_id: str,
        zone_id: str,
        violation_type: str,
        near: Box,
        least_iou: float,
        since: Seconds,
    ) -> Incident | None:
        """Return the latest incident told at this place since then, if it has ended."""

    def standing_near(
        self, place: MapPoint, *, violation_type: str, within_m: float
    ) -> tuple[Incident, ...]:
        """Return the incidents of a type that were told, stand, and are at most so far away.

        No other writer finds or opens one there until the transaction ends.
        """

    def views(self, case_id: str) -> tuple[Incident, ...]:
        """Return all cameras' incidents of a case: its own, then the others'."""

    def attachments(self, incident_id: str) -> tuple[Attachment, ...]:
        """Return the incident's evidence, in the order it was added."""

    def put_attachments(self, incident_id: str, attachments: Iterable[Attachment]) -> None:
        """Add or replace evidence by name."""

    def chain_end(self, camera_id: str) -> End:
        """Return where a camera's chain goes on; no other writer adds to it until the end."""

    def put_link(self, link: Link) -> None:
        """Add a record to its camera's chain."""

    def put_presence(self, camera_id: str, presence: Presence) -> None:
        """Keep what is at its place on a camera, for the next start."""

    def told(self, incident_id: str) -> frozenset[str]:
        """Return the targets that were promised something about the incident."""

    def enqueue(self, message: Message, *, targets: Iterable[str], at: Seconds) -> None:
        """Promise a message to targets. What was promised before is not promised twice."""

    def standing(self, target: str, incident_id: str) -> Standing | None:
        """Return how a case stands on a target, None where that was told nothing of it."""

    def put_standing(self, target: str, incident_id: str, standing: Standing) -> None:
        """Note how a case stands on a target."""


class AwaitedCopies(Protocol):
    """The pictures whose masked copies are to be made."""

    def some(self, *, besides: Collection[str] = ()) -> tuple[Awaited, ...]:
        """Return those of the incident that has waited longest; none: all are made.

        Args:
            besides: Incidents that nothing can be done for now.
        """

    def made(self, one: Awaited, sha256: str) -> bool:
        """Note that a copy is there; False: another original came meanwhile, or none is kept."""

    def is_made(self, one: Awaited, sha256: str) -> bool:
        """Tell whether a very same copy is there: another process has made it meanwhile."""

    def lost(self, one: Awaited) -> None:
        """Await a copy no more: there is nothing that it could be made of."""


class Store(Protocol):
    """Where incidents live."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction: committed at the end of the block, undone by an exception."""

    def presence(self, camera_id: str) -> Presence:
        """Return what was at its place on a camera when it was last stored; else nothing."""

    def incident(self, incident_id: str) -> Incident | None:
        """Return the incident, None where there is none."""

    def unsealed(self, camera_id: str) -> tuple[Incident, ...]:
        """Return a camera's incidents, not closed yet, whose evidence is or may be incomplete.

        Those that were filed, and those that were warned of and that another camera may file.
        """

    def incidents(self, *, camera_id: str | None = None) -> tuple[Incident, ...]:
        """Return all incidents, in order of `violation_at`, candidates last."""
