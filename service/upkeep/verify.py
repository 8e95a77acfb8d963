"""Do store, evidence folder and deliveries agree? Nothing lost, nothing twice, a line a finding."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa

from streetwatch.service.evidence.keeping import Entry, EvidenceStore
from streetwatch.service.incidents.case import Occasion
from streetwatch.service.incidents.incident import State
from streetwatch.service.incidents.retention import Periods
from streetwatch.service.store.outbox import MessageState
from streetwatch.service.store.schema import (
    attachment,
    deletion,
    desk_case,
    desk_merged,
    incident,
    outbox,
)
from streetwatch.service.store.transactions import reading
from streetwatch.service.upkeep.backup import File, files_of
from streetwatch.service.upkeep.finding import Finding
from streetwatch.service.upkeep.retention import SETTLED_S
from streetwatch.service.upkeep.traces import files_in
from streetwatch.service.upkeep.verify_chain import chain_findings
from streetwatch.vision.types import Seconds

#: Has a case of its own: a view of another camera's case tells nothing, and its files are there.
_TOLD = sa.and_(incident.c.violation_at.is_not(None), incident.c.duplicate_of.is_(None))

#: Was filed: what was only warned of (soft start) may have gone before.
_FILED = sa.and_(_TOLD, incident.c.opened_at.is_not(None))


@dataclass(frozen=True, slots=True)
class Verification:
    """The check of one store.

    Attributes:
        periods: Messages and evidence older than these may have been deleted.
        told: Types of which some target is told everywhere; None for all.
        desk: The target that is the desk in this database, if one is.
    """

    engine: sa.Engine
    evidence: EvidenceStore
    periods: Periods
    told: frozenset[str] | None
    desk: str | None

    def run(self, *, now: Seconds) -> Iterator[Finding]:
        """Yield every finding.

        Raises:
            StorageError: the database or the disk refused.
        """
        yield from self._files()
        yield from chain_findings(self.engine, self.evidence)
        yield from self._without_evidence()
        yield from self._without_message(now)
        if self.desk is not None:
            yield from self._without_case(self.desk)
        yield from self._twice()
        yield from self._unfinished()
        yield from self._orphans(now)

    def _ask(self, question: sa.Select[str]) -> tuple[str, ...]:
        with reading(self.engine) as connection:
            return tuple(connection.execute(question).scalars())

    def _files(self) -> Iterator[Finding]:
        for file in files_of(self.engine):
            name = f"{file.incident_id}/{file.name}"
            if file.sha256:  # else its masked copy is awaited
                now = self.evidence.sha256(file.incident_id, file.name)
                yield from _against(now, file.sha256, name)
            if file.original_sha256 is not None and not self._is_of_no_case(file):
                now = self.evidence.originals.sha256(file.incident_id, file.name)
                yield from _against(now, file.original_sha256, name, "original")

    def _is_of_no_case(self, file: File) -> bool:
        """Tell whether a picture is a candidate's: what it lacks its manifest will say, if any."""
        if file.sha256:
            return False
        state = sa.select(incident.c.state).where(incident.c.id == file.incident_id)
        return self._ask(state) == (State.CANDIDATE,)

    def _without_evidence(self) -> Iterator[Finding]:
        has_files = sa.exists().where(attachment.c.incident_id == incident.c.id)
        was_deleted = sa.exists().where(deletion.c.name == incident.c.id)
        question = sa.select(incident.c.id).where(_TOLD, ~has_files, ~was_deleted)
        for name in self._ask(question):
            yield Finding("no_evidence", name, "it was told and has no evidence")

    def _without_message(self, now: Seconds) -> Iterator[Finding]:
        is_told = sa.exists().where(
            outbox.c.incident_id == incident.c.id, outbox.c.occasion == Occasion.OPENED
        )
        is_old = sa.and_(
            incident.c.state.in_([State.CLEARED, State.CLOSED]),
            incident.c.violation_at <= now - self.periods.delivered_s,
        )
        question = sa.select(incident.c.id).where(_FILED, ~is_told, ~is_old)
        if self.told is not None:
            question = question.where(incident.c.type.in_(self.told))
        for name in self._ask(question):
            yield Finding("no_message", name, "it was filed, and no platform was ever told")

    def _without_case(self, desk: str) -> Iterator[Finding]:
        has_case = sa.exists().where(desk_case.c.external_id == outbox.c.incident_id)
        is_merged = sa.exists().where(desk_merged.c.external_id == outbox.c.incident_id)
        question = sa.select(outbox.c.incident_id).where(
            outbox.c.target == desk,
            outbox.c.occasion == Occasion.OPENED,
            outbox.c.state == MessageState.DELIVERED,
            ~sa.or_(has_case, is_merged),
        )
        for name in self._ask(question):
            yield Finding("no_case", name, "it was delivered, and the desk has no case of it")
        from_video = desk_case.c.source == "video"
        is_known = sa.exists().where(incident.c.id == desk_case.c.external_id)
        for name in self._ask(sa.select(desk_case.c.number).where(from_video, ~is_known)):
            yield Finding("no_incident", name, "a camera's case of an incident that nobody knows")

    def _twice(self) -> Iterator[Finding]:
        many = sa.func.count() > 1
        for name in self._ask(
            sa.select(desk_case.c.external_id).group_by(desk_case.c.external_id).having(many)
        ):
            yield Finding("case_twice", name, "the desk has more than one case of it")

    def _unfinished(self) -> Iterator[Finding]:
        for name in self._ask(sa.select(deletion.c.name).where(deletion.c.done_at.is_(None))):
            yield Finding("deletion_unfinished", name, "run `streetwatch retention` to end it")

    def _orphans(self, now: Seconds) -> Iterator[Finding]:
        for store in (self.evidence, self.evidence.originals):
            for folder, files in groupby(store.entries(), key=attrgetter("folder")):
                known = self._names(folder) if folder else frozenset()
                yield from _orphans_of(files, known, now)

    def _names(self, folder: str) -> frozenset[str]:
        with reading(self.engine) as connection:
            return frozenset(file["name"] for file in files_in(connection, folder))


def _orphans_of(files: Iterable[Entry], known: frozenset[str], now: Seconds) -> Iterator[Finding]:
    for one in files:
        if one.name in known or one.modified_at > now - SETTLED_S:
            continue
        name = f"{one.folder}/{one.name}" if one.folder else one.name
        if one.name.startswith("."):
            yield Finding("file_unfinished", name, "it was left half-written: see retention")
        else:
            yield Finding("file_orphaned", name, "no incident in the store names it")


def _against(now: str | None, sha256: str, name: str, what: str = "file") -> Iterator[Finding]:
    """Compare a file with what the store says of it."""
    if now is None:
        yield Finding(f"{what}_missing", name, "the store names it, and it is not there")
    elif now != sha256:
        yield Finding(f"{what}_changed", name, "its bytes are not those that were stored")
