"""The keys of `targets` in `streetwatch.yaml`: which case platforms there are, and how each is met.

Each kind of platform has its own keys; `kind` says which apply.
"""

from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, SecretStr, model_validator

from streetwatch.service.config.camera_schema import Identifier
from streetwatch.service.config.checking import Entry
from streetwatch.service.config.target_values import (
    AnswerFormat,
    BrokerAddress,
    GridPrefix,
    MapCrs,
    RootAddress,
    TextOrTexts,
    Topic,
    WebAddress,
)
from streetwatch.service.config.wording import refused
from streetwatch.service.incidents.case import Occasion
from streetwatch.zones.rules import ViolationType


class TargetEntry(Entry):
    """What every kind of target has."""

    id: Identifier = Field(title="Id", description="Unique.", examples=["city"])
    types: list[Annotated[ViolationType, Field(strict=False)]] | None = Field(
        None,
        min_length=1,
        title="Types",
        description="Which types it is told of. Left out: all.",
        examples=["[illegal_parking_motor]"],
    )
    grids: list[GridPrefix] | None = Field(
        None,
        min_length=1,
        title="Grids",
        description="Which unit grids it is told of, or their beginnings with *. Left out: all, "
        "and cameras without a grid.",
        examples=['["310101*"]'],
    )
    occasions: list[Annotated[Occasion, Field(strict=False)]] | None = Field(
        None,
        min_length=1,
        title="Occasions",
        description="On which occasions it is told. Left out: all; warned only for desk, webhook "
        "and mqtt.",
        examples=["[opened, cleared]"],
    )
    timeout_s: float = Field(
        10.0,
        ge=0.1,
        le=20,
        title="Time-out",
        description="Seconds without a sign of it after which it is tried again.",
        examples=[10],
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


class TrustedEntry(TargetEntry):
    """A target whose certificate is checked."""

    ca_file: Annotated[Path, Field(strict=False)] | None = Field(
        None,
        title="CA file",
        description="Who signed the platform's certificate (PEM), a path from this file's folder "
        "on. Left out: the usual ones.",
        examples=["ca.pem"],
    )


class ShownEntry(TrustedEntry):
    """A target that is told coordinates and addresses of evidence."""

    crs: MapCrs = Field(
        MapCrs.WGS84,
        strict=False,
        title="Reference system",
        description="Of the coordinates that are sent: wgs84, cgcs2000, gcj02 or bd09.",
        examples=["gcj02"],
    )
    public_url: RootAddress | None = Field(
        None,
        title="Public address",
        description="Where the platform reaches this service, for the evidence. "
        "Left out: addresses of evidence are paths, /evidence/...",
        examples=["https://streetwatch.city.example"],
    )


class DeskEntry(TargetEntry):
    """A case desk: the embedded one, or another streetwatch's."""

    kind: Literal["desk"] = Field(
        title="Kind", description="A streetwatch case desk.", examples=["desk"]
    )
    url: RootAddress | None = Field(
        None,
        title="Address",
        description="Left out: the desk embedded in this process.",
        examples=["http://10.0.0.7:8080"],
    )
    token: SecretStr | None = Field(
        None,
        min_length=1,
        title="Token",
        description="Of another streetwatch's desk: `streetwatch tokens add` makes it there.",
        examples=['"${DESK_TOKEN}"'],
    )


class Open311Entry(TrustedEntry):
    """A city's Open311 GeoReport v2 endpoint."""

    kind: Literal["open311"] = Field(
        title="Kind", description="Open311 GeoReport v2.", examples=["open311"]
    )
    url: RootAddress = Field(
        title="Address",
        description="Of the endpoint, without /services.json.",
        examples=["https://api.city.example/dev/v2"],
    )
    format: AnswerFormat = Field(
        AnswerFormat.JSON,
        strict=False,
        title="Format",
        description="What it answers in: json or xml. Every endpoint has xml.",
        examples=["xml"],
    )
    api_key: SecretStr | None = Field(
        None,
        min_length=1,
        title="API key",
        description="Goes with every new request.",
        examples=['"${CITY_API_KEY}"'],
    )
    jurisdiction_id: str | None = Field(
        None,
        min_length=1,
        title="Jurisdiction",
        description="Only where the endpoint serves several.",
        examples=["city.example"],
    )
    service_codes: dict[Annotated[ViolationType, Field(strict=False)], str] = Field(
        title="Service codes",
        description="The endpoint's service_code of each type.",
        examples=['{illegal_parking_motor: "006"}'],
    )
    attributes: dict[str, TextOrTexts] = Field(
        {},
        title="Attributes",
        description="`attribute[NAME]` of a new request, a text or a list of texts; {field} is "
        "filled in as in a template.",
        examples=['{EXTERNAL_ID: "{external_id}"}'],
    )
    public_url: RootAddress | None = Field(
        None,
        title="Public address",
        description="Where the platform reaches this service, for media_url. Left out: no media.",
        examples=["https://streetwatch.city.example"],
    )

    @model_validator(mode="after")
    def _has_a_code_of_each_type(self) -> Self:
        lack = [one.value for one in self.types or ViolationType if one not in self.service_codes]
        if lack:
            raise refused(
                f"has no code of {', '.join(lack)}: write each one's, or name under types "
                "those that have one",
                at=("service_codes",),
            )
        return self


class HttpEntry(ShownEntry):
    """Any JSON or form API, by a template."""

    kind: Literal["http"] = Field(
        title="Kind", description="Any HTTP API, by a template.", examples=["http"]
    )
    url: RootAddress = Field(
        title="Address",
        description="What the template's paths follow.",
        examples=["https://case.city.example"],
    )
    template: Annotated[Path, Field(strict=False)] = Field(
        title="Template",
        description="The mapping to the platform's fields, a path from this file's folder on.",
        examples=["city.yaml"],
    )
    unmasked: str | None = Field(
        None,
        min_length=6,
        max_length=400,
        title="Without masks",
        description="Why this platform is sent pictures in which people and plates are not "
        "masked; each is noted. Left out: it is sent masked copies.",
        examples=["交警取证, 2026-11 协议 12 号"],
    )


class WebhookEntry(ShownEntry):
    """A receiver of signed JSON."""

    kind: Literal["webhook"] = Field(
        title="Kind", description="Signed JSON by POST.", examples=["webhook"]
    )
    url: WebAddress = Field(
        title="Address",
        description="What is posted to.",
        examples=["https://hooks.city.example/streetwatch"],
    )
    secret: SecretStr = Field(
        min_length=16,
        title="Secret",
        description="Signs each request; at least 16 characters.",
        examples=['"${HOOK_SECRET}"'],
    )


class MqttEntry(ShownEntry):
    """An MQTT broker."""

    kind: Literal["mqtt"] = Field(title="Kind", description="MQTT 3.1.1.", examples=["mqtt"])
    url: BrokerAddress = Field(
        title="Broker",
        description="mqtt://HOST:1883, or mqtts://HOST:8883 with TLS.",
        examples=["mqtts://broker.city.example:8883"],
    )
    topic: Topic = Field(
        "streetwatch/{camera}/{type}/{occasion}",
        min_length=1,
        title="Topic",
        description="{target}, {camera}, {zone}, {type}, {occasion} and {external_id} "
        "are filled in.",
        examples=["streetwatch/{camera}/{type}/{occasion}"],
    )
    username: str | None = Field(
        None, min_length=1, title="User", description="Left out: nobody.", examples=["streetwatch"]
    )
    password: SecretStr | None = Field(
        None,
        min_length=1,
        title="Password",
        description="Goes with the user.",
        examples=['"${MQTT_PASSWORD}"'],
    )

    @model_validator(mode="after")
    def _knows_whose_password_it_is(self) -> Self:
        if self.password is not None and self.username is None:
            raise refused("goes with a user: write username too", at=("password",))
        return self


Target: TypeAlias = Annotated[
    DeskEntry | Open311Entry | HttpEntry | WebhookEntry | MqttEntry,
    Field(discriminator="kind"),
]
