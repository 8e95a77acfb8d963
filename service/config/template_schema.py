"""The keys of a template: how a platform's own HTTP API is met (docs/reference/targets.md)."""

import re
from datetime import timedelta, timezone
from enum import StrEnum
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, JsonValue, SecretStr, model_validator

from streetwatch.service.config.checking import Entry
from streetwatch.service.config.document import Tree
from streetwatch.service.config.wording import refused

_PATH: Final = re.compile(r"[^.\[\]{}|\s]+(\[(\d+|\*)\])*(\.[^.\[\]{}|\s]+(\[(\d+|\*)\])*)*")
_HEADER: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_ZONE: Final = re.compile(r"([+-])(0[0-9]|1[0-4]):([0-5][0-9])")

#: `{field}`, or `{field|table}`, `{field|format}`.
PLACEHOLDER: Final = re.compile(r"\{([^{}|\s]+)(?:\|([^{}|\s]+))?\}")

Values: TypeAlias = list[str | int | float | bool | None]


class Method(StrEnum):
    """Of a request."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


class Encoding(StrEnum):
    """Of a request's body."""

    JSON = "json"
    FORM = "form"
    MULTIPART = "multipart"


def _field_path(path: str) -> str:
    if not _PATH.fullmatch(path):
        raise refused("is no path into an answer: write it like data.rows[0].code")
    return path


def _header_name(name: str) -> str:
    if not _HEADER.fullmatch(name):
        raise refused("is no name of a header: write it like X-Token")
    return name


def _local_path(path: str) -> str:
    if not path.startswith("/") or path.startswith("//"):
        raise refused("is no path: begin it with one /; the host stands under the target's url")
    if re.search(r"[?#\s]", path):
        raise refused("has a ?, a # or a blank: write what follows ? under query")
    return path


def _filled_in(value: JsonValue) -> JsonValue:
    """Refuse braces that are no placeholder, wherever they are inside."""
    match value:
        case str() if re.search(r"[{}]", PLACEHOLDER.sub("", value)):
            raise refused("has a brace that is no placeholder: write {field} or {field|name}")
        case dict():
            for key, inner in value.items():
                _at(key, inner)
        case list():
            for row, inner in enumerate(value):
                _at(row, inner)
        case _:
            pass
    return value


def _at(key: str | int, value: JsonValue) -> None:
    try:
        _filled_in(value)
    except type(refused("")) as error:
        context = error.context or {}
        raise refused(str(context["predicate"]), at=(key, *context["at"])) from None


def _zone(text: str) -> str:
    if not _ZONE.fullmatch(text):
        raise refused('is no time zone: write its offset in quotes, "+08:00"')
    return text


def placeholders(value: Tree) -> list[tuple[str, str]]:
    """Return the fields that a value is filled in with, each with its table or format or ''."""
    match value:
        case str():
            return [(found[1], found[2] or "") for found in PLACEHOLDER.finditer(value)]
        case dict():
            return [one for inner in value.values() for one in placeholders(inner)]
        case list():
            return [one for inner in value for one in placeholders(inner)]
        case _:
            return []


FieldPath = Annotated[str, AfterValidator(_field_path)]
HeaderName = Annotated[str, AfterValidator(_header_name)]
Filled = Annotated[JsonValue, AfterValidator(_filled_in)]
FilledText = Annotated[str, AfterValidator(_filled_in)]


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
    path: Annotated[FilledText, AfterValidator(_local_path)] = Field(
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


class NoAuth(Entry):
    """Nothing to show."""

    kind: Literal["none"] = Field(title="Kind", description="Nothing.", examples=["none"])


class HeaderAuth(Entry):
    """A key in a header."""

    kind: Literal["header"] = Field(title="Kind", description="A header.", examples=["header"])
    name: HeaderName = Field(title="Header", description="Its name.", examples=["X-Token"])
    value: SecretStr = Field(
        min_length=1, title="Value", description="Its value.", examples=['"${CITY_TOKEN}"']
    )


class BasicAuth(Entry):
    """A user and a password."""

    kind: Literal["basic"] = Field(title="Kind", description="HTTP Basic.", examples=["basic"])
    username: str = Field(min_length=1, title="User", description="Who.", examples=["streetwatch"])
    password: SecretStr = Field(
        min_length=1, title="Password", description="And its word.", examples=['"${CITY_PASSWORD}"']
    )


class HmacAuth(Entry):
    """A signature over the body."""

    kind: Literal["hmac"] = Field(title="Kind", description="A signature.", examples=["hmac"])
    secret: SecretStr = Field(
        min_length=1, title="Secret", description="The key.", examples=['"${CITY_SECRET}"']
    )
    header: HeaderName = Field(
        title="Header", description="Where the signature goes.", examples=["X-Signature"]
    )
    prefix: str = Field("", title="Prefix", description="Stands before it.", examples=['"sha256="'])
    algorithm: Literal["sha256", "sha512", "sha1", "md5"] = Field(
        "sha256",
        title="Algorithm",
        description="sha256, sha512, sha1 or md5.",
        examples=["sha256"],
    )
    encoding: Literal["hex", "base64"] = Field(
        "hex", title="Encoding", description="hex or base64.", examples=["base64"]
    )
    timestamp_header: HeaderName | None = Field(
        None,
        title="Time header",
        description="Seconds since 1970 in this header are signed too, as `seconds.body`.",
        examples=["X-Timestamp"],
    )


class LoginAuth(Entry):
    """A token that a login request gives."""

    kind: Literal["login"] = Field(title="Kind", description="A token.", examples=["login"])
    request: CallEntry = Field(
        title="Request", description="The login.", examples=["{path: /login, body: {...}}"]
    )
    token: FieldPath = Field(
        title="Token", description="Where the answer has it.", examples=["data.access_token"]
    )
    header: HeaderName = Field(
        "Authorization", title="Header", description="Where it goes.", examples=["X-Token"]
    )
    prefix: str = Field("Bearer ", title="Prefix", description="Stands before it.", examples=['""'])
    expires_s: float = Field(
        1800.0,
        ge=10,
        le=31_536_000,
        title="Expires",
        description="Seconds that a token is good for, where the answer does not say.",
        examples=[7200],
    )
    expires: FieldPath | None = Field(
        None,
        title="Expires in",
        description="Where the answer says for how many seconds.",
        examples=["data.expires_in"],
    )
    expired: ConditionEntry | None = Field(
        None,
        title="Expired",
        description="What a stale token is answered with, besides status 401.",
        examples=["{path: code, in: [401]}"],
    )

    @model_validator(mode="after")
    def _knows_no_case(self) -> Self:
        if placeholders(self.request.texts):
            raise refused("belongs to no case: take {...} out", at=("request",))
        return self


Auth: TypeAlias = Annotated[
    NoAuth | HeaderAuth | BasicAuth | HmacAuth | LoginAuth, Field(discriminator="kind")
]


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


class TemplateEntry(Entry):
    """The whole template."""

    auth: Auth = Field(
        NoAuth(kind="none"),
        title="Authentication",
        description="none, header, basic, hmac or login.",
        examples=["{kind: none}"],
    )
    zone: Annotated[str, AfterValidator(_zone)] = Field(
        "+08:00", title="Zone", description="Of the times that are written.", examples=['"+08:00"']
    )
    formats: dict[str, str] = Field(
        {},
        title="Formats",
        description="Ways to write a time: strftime, or epoch_s, epoch_ms.",
        examples=['{time: "%Y-%m-%d %H:%M:%S"}'],
    )
    tables: dict[str, dict[str, Filled]] = Field(
        {},
        title="Tables",
        description="Their word for each of ours.",
        examples=['{big: {illegal_parking_motor: "09"}}'],
    )
    answer: AnswerEntry = Field(
        AnswerEntry(),
        title="Answer",
        description="How an answer is read.",
        examples=["{success: {path: code, in: [0]}, number: data.id}"],
    )
    requests: RequestsEntry = Field(
        title="Requests",
        description="What is asked on which occasion. An occasion without a request is not told.",
        examples=["{opened: {path: /save, body: {...}}}"],
    )

    @property
    def offset(self) -> timezone:
        """The zone as a value."""
        hours, minutes = int(self.zone[1:3]), int(self.zone[4:])
        east = timedelta(hours=hours, minutes=minutes)
        return timezone(-east if self.zone[0] == "-" else east)
