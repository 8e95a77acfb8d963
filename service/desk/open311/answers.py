"""The answers of Open311 as the OpenAPI shows them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from streetwatch.service.desk.open311.services import Service

#: ISO 8601 with its offset, to the second.
W3cTime = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Open311Error(BaseModel):
    """What is wrong."""

    code: int = Field(description="As the status of HTTP.")
    description: str


class Endpoint(BaseModel):
    """An API that is there."""

    specification: str
    url: str
    changeset: str
    type: Literal["production", "test"]
    formats: list[str]


class Discovery(BaseModel):
    """What there is and how to get a key."""

    changeset: str
    contact: str
    key_service: str
    endpoints: list[Endpoint]


class AttributeAnswer(BaseModel):
    """A field that a service asks for."""

    variable: bool
    code: str
    datatype: str
    required: bool
    datatype_description: str
    order: int
    description: str
    values: list[dict[str, str]]


class ServiceDefinition(BaseModel):
    """What a service asks for."""

    service_code: str
    attributes: list[AttributeAnswer]


class RequestTaken(BaseModel):
    """A request that was taken."""

    service_request_id: str
    service_notice: str | None
    account_id: None


class RequestOfToken(BaseModel):
    """The request that a token stands for."""

    service_request_id: str
    token: str


class ExtendedAttributes(BaseModel):
    """What the standard does not have."""

    external_id: str = Field(description="The reporter's own name for it.")
    state: str = Field(description="The desk's, one of twelve.")
    source: str
    grid_code: str | None
    level: str | None


class ServiceRequest(BaseModel):
    """A case as a service request."""

    model_config = ConfigDict(title="ServiceRequest")

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str
    service_name: str
    service_code: str
    description: str | None
    agency_responsible: str | None
    service_notice: str | None
    requested_datetime: W3cTime
    updated_datetime: W3cTime
    expected_datetime: W3cTime | None
    address: str | None
    address_id: str | None
    zipcode: str | None
    lat: float | None
    long: float | None
    media_url: str | None
    extended_attributes: ExtendedAttributes | None = None


_BOTH: dict[str, Any] = {"content": {"text/xml": {"schema": {"type": "string"}}}}


def _refusal(description: str) -> dict[str, Any]:
    return {"model": list[Open311Error], "description": description, **_BOTH}


#: What every route answers.
RESPONSES: dict[int | str, dict[str, Any]] = {
    200: _BOTH,
    400: _refusal("What was asked can't be done; nothing was changed."),
    404: _refusal("There is no such service, request, token or jurisdiction."),
    "default": _refusal("Anything else that goes wrong."),
}

#: What filing may be answered besides.
FILING: dict[int | str, dict[str, Any]] = {
    200: {"model": list[RequestTaken], "description": "It was filed before.", **_BOTH},
    201: {"description": "It is a new case.", **_BOTH},
    403: _refusal("The api_key is missing or wrong, or this desk takes no requests."),
}

ServiceList = list[Service]
