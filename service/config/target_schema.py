"""The targets of `streetwatch.yaml`: case platforms, and what each is told."""

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, SecretStr

from streetwatch.service.config.camera_schema import Identifier
from streetwatch.service.config.checking import Entry
from streetwatch.service.config.wording import refused
from streetwatch.service.incidents.case import Occasion
from streetwatch.zones.rules import ViolationType

_GRID: Final = re.compile(r"[0-9]{1,15}\*?")


def _grid(text: str) -> str:
    if not _GRID.fullmatch(text):
        raise refused('is no grid: write 15 digits, or the first of them and *, as "310101*"')
    return text


class TargetEntry(Entry):
    """What every kind of target has."""

    id: Identifier = Field(title="Id", description="Unique.", examples=["city"])
    types: list[Annotated[ViolationType, Field(strict=False)]] | None = Field(
        None,
        title="Types",
        description="Which types it is told of. Left out: all.",
        examples=["[illegal_parking_motor]"],
    )
    grids: list[Annotated[str, AfterValidator(_grid)]] | None = Field(
        None,
        title="Grids",
        description="Which unit grids it is told of, or their beginnings with *. Left out: all, "
        "and cameras without a grid.",
        examples=['["310101*"]'],
    )
    occasions: list[Annotated[Occasion, Field(strict=False)]] | None = Field(
        None,
        title="Occasions",
        description="On which occasions it is told. Left out: all but warned.",
        examples=["[opened, cleared]"],
    )
    poll_s: float | None = Field(
        None,
        ge=10,
        le=86_400,
        title="Poll",
        description="Seconds after which it is asked again how a case stands. Left out: never.",
        examples=[300],
    )
    callback_secret: SecretStr | None = Field(
        None,
        min_length=16,
        title="Callback secret",
        description="With which it signs what it tells us (POST /callbacks/ID). Left out: it "
        "can't.",
        examples=['"${CITY_CALLBACK_SECRET}"'],
    )


class DeskEntry(TargetEntry):
    """A case desk: the embedded one, or another streetwatch's."""

    kind: Literal["desk"] = Field(
        title="Kind", description="A streetwatch case desk.", examples=["desk"]
    )
    url: str | None = Field(
        None,
        title="Address",
        description="Left out: the desk embedded in this process.",
        examples=['"http://10.0.0.7:8080"'],
    )
    timeout_s: float = Field(
        10.0,
        ge=0.1,
        le=20,
        title="Time-out",
        description="Seconds without a sign of it after which it is tried again.",
        examples=[10],
    )
