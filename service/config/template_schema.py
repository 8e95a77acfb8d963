"""The keys of a template: how a platform's own HTTP API is met (docs/reference/targets.md)."""

import re
from datetime import timedelta, timezone
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from streetwatch.service.config.auth_schema import Auth, NoAuth
from streetwatch.service.config.checking import Entry
from streetwatch.service.config.request_schema import AnswerEntry, RequestsEntry
from streetwatch.service.config.template_values import Filled
from streetwatch.service.config.wording import refused

_ZONE: Final = re.compile(r"([+-])(0[0-9]|1[0-4]):([0-5][0-9])")


def _zone(text: str) -> str:
    if not _ZONE.fullmatch(text):
        raise refused('is no time zone: write its offset in quotes, "+08:00"')
    return text


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
