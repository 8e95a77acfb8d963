"""Checks handled cases in a thread of its own, and writes down what it finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
import structlog

from streetwatch.service.desk.book import Book
from streetwatch.service.desk.closing.decide import Finding, Sight, Terms, Verification, found
from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.facts import THE_DESK
from streetwatch.service.desk.rows import added, moved_columns
from streetwatch.service.desk.states import CaseState
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.rounds import Rounds
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import reading
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: How often handled cases are looked at.
EVERY_S: Seconds = 10.0

#: Whose evidence it is that the check adds to a case.
OF_THE_CHECK = "closing_check"

_BEFORE = ("threshold", "warned", "first_seen", "observation")


class Watches(Protocol):
    """The cameras, as far as the check needs them."""

    def is_elsewhere(self, name: str) -> bool:
        """Tell whether another process watches the camera of an external id."""

    def sight(self, name: str, now: Seconds) -> Sight | None:
        """Return what the camera of an external id knows, None where no camera has reported it."""

    def picture(self, name: str, result: Verification, since: Seconds) -> Document | None:
        """Return a file of evidence that shows a result, written if need be; None without one.

        Of one time since when it is wanted there is one, however often it is asked for.
        """

    def discard(self, name: str, picture: Document) -> None:
        """Delete what `picture` wrote, where no case has it."""


@dataclass(frozen=True, slots=True)
class Handled:
    """A case that waits to be checked."""

    number: str
    handled_at: Seconds
    is_unable: bool


class ClosingCheck:
    """Looks again at what people say they have handled.

    Args:
        engine: Of the desk's database.
        book: Where the cases are.
        watches: The cameras.
        terms: How long is waited.
        auto_close: Whether what is gone is closed without asking.
        clock: Seconds since the epoch.
        on_end: Told the external id of a case that was closed, its state, and when.
        every_s: How often.
    """

    def __init__(  # noqa: PLR0913 -- everything it needs is handed in, once, by the app
        self,
        engine: sa.Engine,
        book: Book,
        watches: Watches,
        *,
        terms: Terms,
        auto_close: bool,
        clock: Callable[[], Seconds],
        on_end: Callable[[str, CaseState, Seconds], None],
        every_s: Seconds = EVERY_S,
    ) -> None:
        self._engine = engine
        self._book = book
        self._watches = watches
        self._terms = terms
        self._auto_close = auto_close
        self._clock = clock
        self._on_end = on_end
        self._rounds = Rounds("closing-check", self._round, every_s=every_s)

    def start(self) -> None:
        """Begin to check."""
        self._rounds.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Finish the case at hand and end. May be called again."""
        self._rounds.stop(timeout_s=timeout_s)

    def _round(self) -> None:
        try:
            self.check()
        except StorageError as error:
            log.error("closing.not_checked", reason=str(error))  # noqa: TRY400

    def check(self) -> int:
        """Check every case that waits for it; return how many were decided.

        Raises:
            StorageError: the database or the disk refused; the next round goes on.
        """
        decided = 0
        for case in self._waiting():
            if self._rounds.is_stopping:
                break
            decided += self._checked(case)
        return decided

    def _waiting(self) -> list[Handled]:
        """Return the handled cases that this handling has not been checked of yet.

        One that could not be seen is looked at again: the camera may be back. One that was found
        to stand on was dispatched: it is here because it was handled again.
        """
        verification, since = desk_case.c.verification, desk_case.c.verified_at
        waits = sa.or_(
            verification.is_(None),
            since < desk_case.c.handled_at,
            verification != Verification.NOT_EXIST,
        )
        is_unable = sa.and_(verification == Verification.UNABLE, since >= desk_case.c.handled_at)
        wanted = sa.select(desk_case.c.number, desk_case.c.handled_at, is_unable).where(
            desk_case.c.state == CaseState.HANDLED, waits
        )
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(desk_case.c.reported_at)).all()
        return [Handled(number, handled_at, bool(unable)) for number, handled_at, unable in rows]

    def _checked(self, case: Handled) -> bool:
        now = self._clock()
        names = self._book.names(case.number)
        if any(map(self._watches.is_elsewhere, names)):
            return False
        sights = {name: self._watches.sight(name, now) for name in names}
        seen = [sight for sight in sights.values() if sight is not None]
        finding = found(seen, handled_at=case.handled_at, now=now, terms=self._terms)
        if finding is None or (case.is_unable and finding.result is Verification.UNABLE):
            return False
        shown = [
            (name, self._watches.picture(name, finding.result, case.handled_at))
            for name, sight in sights.items()
            if sight is not None
        ]
        files = [file for _, file in shown if file is not None]
        after = self._book.amend(
            case.number, lambda _, row: self._verified(row, case, finding, files, now), now=now
        )
        known = {file["url"] for file in after["evidence"]}
        for name, file in shown:
            if file is not None and file["url"] not in known:
                self._watches.discard(name, file)
        log.info("closing.checked", case=case.number, result=finding.result.value)
        if after["state"] == CaseState.CLOSED:
            self._on_end(after["external_id"], CaseState.CLOSED, now)
        return True

    def _verified(
        self,
        row: Mapping[Any, Any],
        case: Handled,
        finding: Finding,
        files: list[Document],
        now: Seconds,
    ) -> Document:
        """Return what the finding changes; nothing where people have moved the case meanwhile."""
        if row["state"] != CaseState.HANDLED or row["handled_at"] != case.handled_at:
            return {}
        state = self._next(finding.result)
        document = with_files(row["document"], files)
        verified = _line(finding, row["document"], files)
        history = added(row, now, by=THE_DESK, **verified)
        if state is not None:
            move = {"note": finding.note, "state": state.value}
            history = added({"history": history}, now, by=THE_DESK, **move)
        return {
            **(moved_columns(state, now) if state else {}),
            "verification": finding.result.value,
            "verified_at": now,
            "document": document,
            "history": history,
        }

    def _next(self, result: Verification) -> CaseState | None:
        """Return where a case goes: what stands on is dispatched again, once for each handling."""
        match result:
            case Verification.EXIST:
                return CaseState.DISPATCHED
            case Verification.NOT_EXIST:
                return CaseState.CLOSED if self._auto_close else None
            case Verification.UNABLE:
                return None


def with_files(document: Mapping[str, Any], files: list[Document]) -> Document:
    """Return a case's facts with the check's files, each once."""
    known = {file["url"] for file in document["evidence"]}
    added = [{**file, "of": OF_THE_CHECK} for file in files if file["url"] not in known]
    return {**document, "evidence": [*document["evidence"], *added]}


def _line(finding: Finding, document: Mapping[str, Any], files: list[Document]) -> Document:
    """Return what the history says: the result, with a picture before and one after."""
    by_role = {file["role"]: file["url"] for file in reversed(document["evidence"])}
    before = next((by_role[role] for role in _BEFORE if role in by_role), None)
    pair = {"before": before, "after": files[0]["url"] if files else None}
    return {"note": finding.note, "action": "verify", "result": finding.result.value, **pair}
