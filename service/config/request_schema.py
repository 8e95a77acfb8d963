"""The keys of a template's requests: what is asked, and how the answer is read."""

from typing import Self

from pydantic import Field, JsonValue, model_validator

from streetwatch.service.config.checking import Entry
from streetwatch.service.config.template_values import (
    Encoding,
    FieldPath,
    Filled,
    FilledText,
    HeaderName,
    LocalPath,
    Method,
    Values,
)
from streetwatch.service.config.wording import refused


class ConditionEntry(Entry):
    """A value in an answer, and what it may be."""

    path: FieldPath = Field(
        title="Path", description="Of the value in the answer.", examples=["code"]
    )
    values: Values = Field(
        alias="in",
        min_length=1,
        title="Values",
        description="Any of these fits; 0 and '0' are the same.",
        examples=["[0, 200]"],
    )


class AnswerEntry(Entry):
    """How an answer is read."""

    success: ConditionEntry | None = Field(
        None,
        title="Success",
        description="What a yes looks like. Left out: any status from 200 to 299.",
        examples=["{path: code, in: [0]}"],
    )
    again: ConditionEntry | None = Field(
        None,
        title="Again",
        description="What is sent again later; any other no waits for a person.",
        examples=["{path: code, in: [500]}"],
    )
    number: FieldPath | None = Field(
        None,
        title="Number",
        description="Where the platform's own number of the case stands.",
        examples=["data.caseCode"],
    )
    message: FieldPath | None = Field(
        None, title="Message", description="Where its words for people stand.", examples=["msg"]
    )


class FilesEntry(Entry):
    """Pictures as parts of a multipart request."""

    name: str = Field(
        min_length=1, title="Part", description="Name of each part.", examples=["medias"]
    )
    roles: list[str] | None = Field(
        None,
        min_length=1,
        title="Roles",
        description="Which evidence goes along (docs/reference/case.md). Left out: all pictures.",
        examples=["[threshold, close_up]"],
    )


class CallEntry(Entry):
    """A request."""

    method: Method = Field(
        Method.POST,
        strict=False,
        title="Method",
        description="GET, POST, PUT, PATCH or DELETE.",
        examples=["POST"],
    )
    path: LocalPath = Field(
        title="Path", description="Follows the target's url.", examples=["/api/case/save"]
    )
    query: dict[str, Filled] = Field(
        {}, title="Query", description="Follows the path.", examples=['{no: "{number}"}']
    )
    headers: dict[HeaderName, FilledText] = Field(
        {}, title="Headers", description="Further headers.", examples=["{X-App: streetwatch}"]
    )
    encoding: Encoding = Field(
        Encoding.JSON,
        strict=False,
        title="Encoding",
        description="Of the body: json, form or multipart.",
        examples=["form"],
    )
    body: dict[FieldPath, Filled] = Field(
        {},
        title="Body",
        description="Their field (in json a path like a.b[0].c) and what stands in it.",
        examples=['{recDesc: "{description}"}'],
    )
    files: FilesEntry | None = Field(
        None,
        title="Files",
        description="Pictures as parts, with encoding: multipart.",
        examples=["{name: medias}"],
    )

    @model_validator(mode="after")
    def _sends_files_as_parts(self) -> Self:
        if self.files and self.encoding is not Encoding.MULTIPART:
            raise refused("go with encoding: multipart only: write that", at=("files",))
        return self

    @property
    def texts(self) -> dict[str, JsonValue]:
        """Everything that is filled in, by its key."""
        return {
            "path": self.path,
            "query": dict(self.query),
            "headers": dict(self.headers),
            "body": dict(self.body),
        }


class RequestEntry(CallEntry):
    """A request about a case."""

    answer: AnswerEntry | None = Field(
        None,
        title="Answer",
        description="How this answer is read, where it differs.",
        examples=["{number: data.id}"],
    )


class FindEntry(CallEntry):
    """How the platform is asked whether it has a case of ours."""

    rows: FieldPath | None = Field(
        None,
        title="Rows",
        description="Where the list of cases stands. Left out: the answer is the list.",
        examples=["data.list"],
    )
    match: FieldPath = Field(
        title="Match",
        description="Where our external_id stands in a row.",
        examples=["outId"],
    )
    number: FieldPath = Field(
        title="Number", description="Where its own number stands in a row.", examples=["caseCode"]
    )


class StatesEntry(Entry):
    """What the platform's states mean."""

    open: Values = Field([], title="Open", description="Being worked on.", examples=["[1, 2, 3]"])
    closed: Values = Field([], title="Closed", description="Done.", examples=["[9]"])
    rejected: Values = Field([], title="Rejected", description="Not taken up.", examples=["[4]"])


class StatusEntry(CallEntry):
    """How the platform is asked how a case stands."""

    state: FieldPath = Field(
        title="State", description="Where the state stands.", examples=["data.status"]
    )
    states: StatesEntry = Field(
        title="States",
        description="Their states by ours.",
        examples=["{open: [1], closed: [9], rejected: [4]}"],
    )
    note: FieldPath | None = Field(
        None, title="Note", description="Where their words on it stand.", examples=["data.opinion"]
    )


class RequestsEntry(Entry):
    """What is asked on which occasion."""

    opened: RequestEntry = Field(
        title="Opened", description="Files a case.", examples=["{path: /save, body: {...}}"]
    )
    warned: RequestEntry | None = Field(
        None, title="Warned", description="Those concerned were warned.", examples=["{path: /w}"]
    )
    evidence: RequestEntry | None = Field(
        None, title="Evidence", description="The clip is complete.", examples=["{path: /add}"]
    )
    cleared: RequestEntry | None = Field(
        None, title="Cleared", description="It was seen to be gone.", examples=["{path: /clear}"]
    )
    disputed: RequestEntry | None = Field(
        None, title="Disputed", description="Closed, and it stands on.", examples=["{path: /again}"]
    )
    find: FindEntry | None = Field(
        None,
        title="Find",
        description="Asked before a case is filed again that may have arrived.",
        examples=["{path: /list, match: outId, number: code}"],
    )
    status: StatusEntry | None = Field(
        None,
        title="Status",
        description="Asked now and then, how a case stands.",
        examples=["{path: /detail, state: data.status, states: {...}}"],
    )
