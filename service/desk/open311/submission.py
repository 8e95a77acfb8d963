"""A request that comes in: a form, checked, and the draft of the case that it becomes."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Self
from urllib.parse import parse_qsl
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field, model_validator

from streetwatch.service.desk.draft import Draft
from streetwatch.service.desk.open311.services import ATTRIBUTES, service_name
from streetwatch.service.desk.report import Moment, Prose
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc

MOST_FIELDS = 100

#: A clock of a telephone may be a little fast.
AHEAD_S: Seconds = 300.0

_ATTRIBUTE: Final = re.compile(r"attribute\[([^\]]*)\](?:\[\])?")

Line = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Submission(BaseModel):
    """A request as GeoReport v2 has it. Fields that it does not name are left alone."""

    model_config = ConfigDict(
        frozen=True, allow_inf_nan=False, hide_input_in_errors=True, title="ServiceRequestForm"
    )

    api_key: str = Field("", description="Given out by the operator of this desk.")
    jurisdiction_id: str = ""
    service_code: str = Field(description="One of the service list.")
    lat: float | None = Field(None, ge=-90, le=90, description="WGS-84; goes with long.")
    long: float | None = Field(None, ge=-180, le=180, description="WGS-84; goes with lat.")
    address_string: Line | None = None
    address_id: Line | None = None
    description: Annotated[Prose, Field(max_length=4000)] = ""
    media_url: Annotated[str, Field(pattern=r"^https?://[!-~]{3,}$", max_length=2000)] | None = (
        Field(None, description="A link to a picture; it is kept as a link and never fetched.")
    )
    external_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")] | None = Field(
        None, alias="attribute[external_id]", description=ATTRIBUTES[0].description
    )
    grid_code: Annotated[str, Field(pattern=r"^\d{15}$")] | None = Field(
        None, alias="attribute[grid_code]", description=ATTRIBUTES[1].description
    )
    occurred_at: Moment | None = Field(
        None, alias="attribute[occurred_at]", description=ATTRIBUTES[2].description
    )
    email: str = Field("", description="Taken and not kept, as all that follows.")
    device_id: str = ""
    account_id: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if (self.lat is None) != (self.long is None):
            raise ValueError("lat and long go together: send both")
        if self.lat is None and not self.address_string and not self.address_id:
            raise ValueError("say where: send lat and long, or address_string, or address_id")
        return self

    def draft(self, client: str, *, now: Seconds) -> Draft:
        """Return the case that this becomes.

        Args:
            client: Whose key it came with; its own ids are its own.
            now: Seconds since the epoch.

        Raises:
            ValueError: it is to have happened later than now.
        """
        occurred_at = self.occurred_at.timestamp() if self.occurred_at else now
        if occurred_at > now + AHEAD_S:
            raise ValueError("attribute[occurred_at]: this is later than now")
        name = f"{client}.{self.external_id or uuid4().hex}"
        return Draft(
            external_id=name,
            source="open311",
            type=self.service_code,
            occurred_at=occurred_at,
            document=self._document(name, client, utc(occurred_at)),
            lon=self.long,
            lat=self.lat,
            grid_code=self.grid_code,
        )

    def _document(self, name: str, client: str, occurred_at: str) -> dict[str, Any]:
        place = {"lon": self.long, "lat": self.lat, "crs": "wgs84", "grid_code": self.grid_code}
        return {
            "external_id": name,
            "source": "open311",
            "type": self.service_code,
            "description": self.description or service_name(self.service_code),
            "camera": None,
            "zone_id": None,
            "place": None if self.lat is None else place,
            "address": self.address_string,
            "address_id": self.address_id,
            "media_url": self.media_url,
            "reporter": {"client": client, "external_id": self.external_id},
            **dict.fromkeys(("first_seen", "violation_at", "last_seen"), occurred_at),
            "cleared_at": None,
            "disputed_at": None,
            "evidence": [],
        }


#: The fields that are read; of the others nobody minds how often they are sent.
_READ = frozenset(field.alias or name for name, field in Submission.model_fields.items())


def fields_of(body: bytes) -> dict[str, str]:
    """Read a form. A field that is empty counts as not sent.

    Raises:
        ValueError: it is no form of UTF-8, or says a thing twice, or asks what nobody offers.
    """
    try:
        text = body.decode()
        pairs = parse_qsl(text, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise ValueError("the form is not UTF-8") from error
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields and name in _READ:
            raise ValueError(f"{name}: sent twice")
        fields[name] = value
    _refuse_unknown_attributes(fields)
    return fields


def _refuse_unknown_attributes(fields: Mapping[str, str]) -> None:
    known = [attribute.code for attribute in ATTRIBUTES]
    for name in fields:
        match = _ATTRIBUTE.fullmatch(name)
        if match and (match[1] not in known or name.endswith("[]")):
            raise ValueError(
                f"{_shown(name)}: no such attribute; "
                f"the service definition has {', '.join(known)}, one value each"
            )


def _shown(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name[:60])
