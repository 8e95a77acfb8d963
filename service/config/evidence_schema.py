"""Settings of what is kept of cases and looks."""

import re
from typing import Annotated, Final, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from streetwatch.service.config.groups import Group, Number, Whole
from streetwatch.service.config.wording import refused

#: As S3 names its buckets.
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def _bucket_address(url: str) -> str:
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    is_known = set(asked) <= {"endpoint", "region"}
    endpoint = asked.get("endpoint", "https://")
    if (
        parts.scheme != "s3"
        or not _BUCKET.fullmatch(parts.netloc)
        or not is_known
        or not endpoint.startswith(("https://", "http://"))
        or "@" in endpoint
    ):
        raise refused(
            "is no address of a bucket: write s3://BUCKET/PREFIX?endpoint=https://HOST:PORT; the "
            "keys go into access_key and secret_key"
        )
    return url


class EvidenceSettings(Group):
    """How much video belongs to a case."""

    pre_s: Number = Field(
        5.0,
        ge=0,
        le=60,
        title="Before",
        description="Seconds of the clip before the violation.",
        examples=[5],
    )
    post_s: Number = Field(
        10.0,
        ge=0,
        le=60,
        title="After",
        description="Seconds of the clip after the violation.",
        examples=[10],
    )
    camera_mb: Number = Field(
        8.0,
        ge=1,
        le=1000,
        title="Memory of a camera",
        description="Coded video kept in memory for a camera's clips, at most, MB.",
        examples=[8],
    )
    signing_key: SecretStr | None = Field(
        None,
        min_length=1,
        title="Signing key",
        description="Ed25519 private key that signs evidence: PEM, or its 32 bytes in base64. "
        "Left out: a key of its own, made at the first start in data_dir.",
        examples=['"${EVIDENCE_SIGNING_KEY}"'],
    )
    url: Annotated[str, AfterValidator(_bucket_address)] | None = Field(
        None,
        title="Evidence store",
        description="An S3 store that evidence is moved to. Left out: it stays in data_dir.",
        examples=['"s3://evidence/city?endpoint=https://s3.example:9000&region=city"'],
    )
    access_key: SecretStr | None = Field(
        None,
        min_length=1,
        title="Access key",
        description="Of the S3 store.",
        examples=['"${S3_ACCESS_KEY}"'],
    )
    secret_key: SecretStr | None = Field(
        None,
        min_length=1,
        title="Secret key",
        description="Of the S3 store.",
        examples=['"${S3_SECRET_KEY}"'],
    )

    @model_validator(mode="after")
    def _with_both_keys(self) -> Self:
        for name in ("access_key", "secret_key") if self.url is not None else ():
            if getattr(self, name) is None:
                raise refused("is needed: `url` names a store that asks for it", at=(name,))
        return self


class LooksLogSettings(Group):
    """How long it is kept what was seen, look by look."""

    hours: Number = Field(
        24.0,
        ge=0,
        le=168,
        title="Looks, hours",
        description="Hours that a dry run of drawn zones can go back; 0 keeps no looks.",
        examples=[24],
    )
    megabytes: Whole = Field(
        2_000,
        ge=1,
        le=1_000_000,
        title="Looks, size",
        description="Most that the looks take on disk, MB; the oldest go first.",
        examples=[2000],
    )
