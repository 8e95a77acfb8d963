"""The keys of a template's `auth`: how requests show who sends them."""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, SecretStr, model_validator

from streetwatch.service.config.checking import Entry
from streetwatch.service.config.request_schema import CallEntry, ConditionEntry
from streetwatch.service.config.template_values import FieldPath, HeaderName, placeholders
from streetwatch.service.config.wording import refused


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
