"""The keys of `open311` in streetwatch.yaml."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from streetwatch.service.config.camera_schema import Identifier
from streetwatch.service.config.checking import Entry, unlike
from streetwatch.service.config.target_values import WebAddress
from streetwatch.service.config.wording import refused

_SHORTEST_KEY = 16


def _hard_to_guess(secret: SecretStr) -> SecretStr:
    key = secret.get_secret_value()
    if len(key) < _SHORTEST_KEY or not key.isascii() or not key.isprintable():
        raise refused(
            f"is no key: write {_SHORTEST_KEY} or more random characters, A-Z a-z 0-9 . _ -"
        )
    return secret


class ApiKeyEntry(Entry):
    """Who may file, and with which key."""

    client: Identifier = Field(
        title="Client",
        description="Stands in the history of its cases; a client may have several keys.",
        examples=["hotline"],
    )
    key: Annotated[SecretStr, AfterValidator(_hard_to_guess)] = Field(
        title="Key",
        description="At least 16 characters; goes to the client.",
        examples=['"${HOTLINE_KEY}"'],
    )


class Open311Settings(Entry):
    """What other tools may file and read over Open311."""

    api_keys: Annotated[list[ApiKeyEntry], unlike("key")] = Field(
        [],
        title="API keys",
        description="Who may file over Open311, and with which key. None: nobody may.",
        examples=['[{client: hotline, key: "${HOTLINE_KEY}"}]'],
    )
    public: bool = Field(
        False,  # noqa: FBT003 -- a default
        title="Public",
        description="Whether everybody may read the requests, as the standard has it. Left out: "
        "whoever shows a token.",
        examples=[True],
    )
    jurisdiction_id: str | None = Field(
        None,
        min_length=1,
        title="Jurisdiction",
        description="The city's name for itself; any other is refused. Left out: not asked for.",
        examples=["city.example"],
    )
    public_url: WebAddress | None = Field(
        None,
        title="Public address",
        description="Where this service is reached from outside. Left out: pictures stay inside.",
        examples=["https://desk.city.example"],
    )
    contact: str = Field(
        "请联系本平台的运维单位 ask the operator of this desk",
        min_length=1,
        title="Contact",
        description="How to get help and an API key; stands in the discovery.",
        examples=['"12319, open311@city.example"'],
    )
