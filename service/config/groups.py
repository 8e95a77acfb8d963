"""Groups of settings."""

import re
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from streetwatch.service.config.target_values import MapCrs, web_address
from streetwatch.service.config.wording import refused
from streetwatch.service.incidents.retention import DAY_S, Periods

#: As S3 names its buckets.
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def _not_a_switch(value: object) -> object:
    """Refuse true and false where a number is wanted: pydantic would read them as 1 and 0."""
    if isinstance(value, bool):
        raise refused("is not a number: write one")
    return value


Whole = Annotated[int, BeforeValidator(_not_a_switch)]
Number = Annotated[float, BeforeValidator(_not_a_switch)]


class Group(BaseModel):
    """Settings that belong together."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True
    )


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


class DemoSettings(Group):
    """A clip served by `run` itself as a live RTSP camera."""

    clip: Path | None = Field(
        None,
        title="Demo clip",
        description="Left out: no demo camera.",
        examples=["demo.mp4"],
    )
    port: Whole = Field(
        8554,
        ge=1,
        le=65_535,
        title="Demo port",
        description="TCP port of 127.0.0.1 of the demo camera; its url in cameras.yaml has it too.",
        examples=[8554],
    )


def _tiles(url: str) -> str:
    if not all(part in url for part in ("{z}", "{x}", "{y}")):
        raise refused("names no tile: write http://HOST/{z}/{x}/{y}.png")
    return web_address(url)


TileAddress = Annotated[str, AfterValidator(_tiles)]


class ConsoleSettings(Group):
    """The pages in a browser."""

    enabled: bool = Field(
        True,  # noqa: FBT003 -- a default
        title="Console",
        description="Whether this process shows the console. Off, it answers the API alone.",
        examples=[False],
    )
    mask_live: bool = Field(
        True,  # noqa: FBT003 -- a default
        title="Masks on the wall",
        description="Whether people are covered in live pictures, where the latest look saw them.",
        examples=[False],
    )
    map_tiles: TileAddress | None = Field(
        None,
        title="Map tiles",
        description="Where browsers get the map's tiles. Left out: a plain grid of degrees.",
        examples=["http://tiles.example/{z}/{x}/{y}.png"],
    )
    map_crs: MapCrs = Field(
        MapCrs.WGS84,
        title="Coordinates of the map",
        description="What the tiles' map has: `wgs84`, `cgcs2000`, `gcj02` or `bd09`.",
        examples=["gcj02"],
    )
    map_attribution: str | None = Field(
        None,
        max_length=200,
        title="Source of the map",
        description="Who made the map; stands in its corner.",
        examples=["天地图 GS(2026)0001"],
    )


class GridSettings(Group):
    """What the grid layer does by itself."""

    auto_dispatch: bool = Field(
        False,  # noqa: FBT003 -- a default
        title="Dispatch by itself",
        description="Whether an accepted case is dispatched to its grid's worker without asking.",
        examples=[True],
    )


class ClosingSettings(Group):
    """How the camera looks whether what is said to be handled is gone."""

    patience_s: Number = Field(
        600.0,
        ge=0,
        le=604_800,
        title="Patience",
        description="Seconds after a case was handled in which what stands there still may go.",
        examples=[600],
    )
    limit_s: Number = Field(
        7200.0,
        ge=60,
        le=2_592_000,
        title="Limit",
        description="Seconds after which a camera that could not see the place says so (unable).",
        examples=[7200],
    )
    auto_close: bool = Field(
        False,  # noqa: FBT003 -- a default
        title="Close by itself",
        description="Whether a handled case whose object was seen to be gone is closed without "
        "asking.",
        examples=[True],
    )

    @model_validator(mode="after")
    def _waits_longer_than_it_is_patient(self) -> Self:
        if self.limit_s <= self.patience_s:
            raise refused(
                "is not above patience_s: write more seconds than patience_s has", at=("limit_s",)
            )
        return self


class ObservationSettings(Group):
    """Reports that come in by `POST /observations`."""

    picture_mb: Number = Field(
        10.0,
        gt=0,
        le=100,
        title="Picture size",
        description="Largest picture that is taken, MB (1,000,000 bytes).",
        examples=[10],
    )
    picture_megapixels: Number = Field(
        50.0,
        gt=0,
        le=200,
        title="Picture pixels",
        description="Largest picture that is decoded, million pixels.",
        examples=[50],
    )
    merge_within_m: Number = Field(
        15.0,
        ge=0,
        le=200,
        title="Merge distance",
        description="Reports of one type at most so many metres apart are one case; 0: only at one "
        "place.",
        examples=[15],
    )


Days = Annotated[float, BeforeValidator(_not_a_switch), Field(ge=1, le=36_500)]

#: MLPS and the Cybersecurity Law want six months; the database keeps them whatever is set.
AUDIT_AT_LEAST_D = 183


class RetentionSettings(Group):
    """How long things are kept, in days, before the daily job deletes them."""

    candidate_d: Days = Field(
        7,
        title="Candidates",
        description="What never became a case, since it was last seen.",
        examples=[7],
    )
    rejected_d: Days = Field(
        30,
        title="Rejected cases",
        description="Their evidence, since the rejection.",
        examples=[30],
    )
    evidence_d: Days = Field(
        180,
        title="Evidence",
        description="Of other cases, since the violation.",
        examples=[180],
    )
    after_close_d: Days = Field(
        90,
        title="Evidence after the end",
        description="And at least so long after the case has ended.",
        examples=[90],
    )
    delivered_d: Days = Field(
        30,
        title="Messages",
        description="What was delivered about an incident that is over.",
        examples=[30],
    )
    audit_d: Annotated[float, BeforeValidator(_not_a_switch)] = Field(
        366,
        ge=AUDIT_AT_LEAST_D,
        le=36_500,
        title="Audit log",
        description="Its entries; six months at least.",
        examples=[366],
    )
    looked_d: Days = Field(
        1100,
        title="Looked-at hours",
        description="How long was looked at each zone: rates of before are counted from it.",
        examples=[1100],
    )
    counts_d: Days = Field(
        120,
        title="Counts of people",
        description="How many people and stalls were seen in each zone, and the crowds warned of.",
        examples=[120],
    )
    hour: Whole = Field(
        3,
        ge=0,
        le=23,
        title="Hour",
        description="When the daily job runs, on China's clock.",
        examples=[3],
    )

    @property
    def periods(self) -> Periods:
        """Return them in seconds."""
        return Periods(
            candidate_s=self.candidate_d * DAY_S,
            rejected_s=self.rejected_d * DAY_S,
            evidence_s=self.evidence_d * DAY_S,
            after_close_s=self.after_close_d * DAY_S,
            delivered_s=self.delivered_d * DAY_S,
            audit_s=self.audit_d * DAY_S,
            looked_s=self.looked_d * DAY_S,
            counts_s=self.counts_d * DAY_S,
        )
