"""What stands in the manifests of a pack, as they are read from outside."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
KeyId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class PackedFile(BaseModel):
    """A file, as the pack has it."""

    model_config = ConfigDict(strict=True, extra="forbid")

    path: str
    role: str | None
    media_type: str
    sha256: Sha256
    size: int
    captured_at: str | None


class SignedWith(BaseModel):
    """Whose signature there is."""

    algorithm: Literal["Ed25519"]
    key: KeyId


class PackManifest(BaseModel):
    """What a pack says of itself."""

    model_config = ConfigDict(strict=True, extra="forbid")

    format: Literal["streetwatch-pack/1", "streetwatch-pack/2"]
    case: str
    external_id: str
    files: list[PackedFile]
    findings: list[str]
    signed_with: SignedWith | None = None


class SealedFile(BaseModel):
    """A file, as it was sealed."""

    name: str
    sha256: Sha256


class Place(BaseModel):
    """A record's place in its camera's chain."""

    camera: str
    position: int
    previous: Sha256 | None


class SealedManifest(BaseModel):
    """What the manifest of an incident says, which was sealed when its evidence was complete."""

    format: Literal["streetwatch-evidence/1", "streetwatch-evidence/2"]
    files: list[SealedFile]
    chain: Place | None = None
    signed_with: SignedWith | None = None
