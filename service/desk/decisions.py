"""What people decide about a case besides moving it: who has it, whose it is, what is done."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Self

import sqlalchemy as sa
from pydantic import AfterValidator, Field, model_validator

from streetwatch.service.desk.book import Amend
from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.report import Name, Prose, Signed
from streetwatch.service.desk.rows import added
from streetwatch.service.desk.states import ENDS, CaseState, DeskConflictError
from streetwatch.service.desk.triage import Measure
from streetwatch.service.desk.triaging import Triaging
from streetwatch.vision.types import Seconds

#: An identity card's number, or a mobile telephone's.
_OF_A_PERSON: Final = re.compile(r"\d{17}[\dXx]|(?<!\d)1\d{10}(?!\d)")


def _no_person(subject: str) -> str:
    if _OF_A_PERSON.search(subject):
        raise ValueError("a subject is a shop front or an id of your own, never a person's number")
    return subject


Subject = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9:/_-]{0,63}$"), AfterValidator(_no_person)
]
Note = Annotated[Prose, Field(max_length=2000)]
Reason = Annotated[Prose, Field(min_length=1, max_length=2000)]


class Assignment(Signed):
    """Who is to handle a case."""

    authority: Name | None = None
    assignee: Name | None = None
    note: Note = ""

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if self.authority is None and self.assignee is None:
            raise ValueError("write authority, assignee or both")
        return self


class Decision(Signed):
    """What is done about a case, as a person has decided."""

    measure: Annotated[Measure, Field(strict=False)]
    reason: Reason


class Attribution(Signed):
    """Whose a case is: a shop front or an id of the city's own. null takes it back."""

    subject: Subject | None
    note: Note = ""


def assigned(body: Assignment, *, now: Seconds) -> Amend:
    """Give a case to somebody.

    Raises (when it is applied):
        DeskConflictError: the case has ended.
    """
    given = body.model_dump(include={"authority", "assignee"}, exclude_none=True)

    def amend(_: sa.Connection, row: Mapping[Any, Any]) -> Document:
        if CaseState(row["state"]) in ENDS:
            raise DeskConflictError(f"a case that is {row['state']} is nobody's any more")
        history = added(row, now, note=body.note, action="assign", **body.doer.line, **given)
        return given | {"history": history}

    return amend


def decided(body: Decision, *, now: Seconds) -> Amend:
    """Write down what is done about a case, beside what had been suggested."""

    def amend(_: sa.Connection, row: Mapping[Any, Any]) -> Document:
        line = {"measure": body.measure.value, "suggested": row["suggestion"]}
        history = added(row, now, note=body.reason, action="decide", **body.doer.line, **line)
        return {"measure": body.measure.value, "history": history}

    return amend


def attributed(body: Attribution, triaging: Triaging, *, now: Seconds) -> Amend:
    """Say whose a case is, and suggest anew by what there was of theirs."""

    def amend(connection: sa.Connection, row: Mapping[Any, Any]) -> Document:
        history = added(
            row, now, note=body.note, action="subject", subject=body.subject, **body.doer.line
        )
        told = {**row, "history": history}
        return {"history": history} | triaging.of_subject(connection, told, body.subject, now)

    return amend
