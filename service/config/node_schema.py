"""The settings of a process that shares the cameras with others."""

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from streetwatch.service.config.groups import Group, Number, Whole
from streetwatch.service.config.target_values import WebAddress
from streetwatch.service.placement.place import MOST_CAMERAS

#: As cameras are named.
_NAME: Final = r"[a-z0-9][a-z0-9-]{0,63}"


class NodeSettings(Group):
    """This process among those that share the cameras of one database."""

    id: Annotated[str, StringConstraints(pattern=rf"^{_NAME}$")] | None = Field(
        None,
        title="Node",
        description="Name of this process among those that share the cameras. Left out: it "
        "watches all of them alone.",
        examples=["north-1"],
    )
    tags: list[Annotated[str, StringConstraints(pattern=r"^[0-9]{1,15}$")]] = Field(
        [],
        title="Near",
        description="How the grid codes begin that this node is near to.",
        examples=['["310101"]'],
    )
    capacity: Number | None = Field(
        None,
        gt=0,
        le=10_000,
        title="Capacity",
        description="Its part of the load, in proportion to the others'. Left out: its cores.",
        examples=[16],
    )
    cameras: Whole = Field(
        MOST_CAMERAS,
        ge=1,
        le=100_000,
        title="Most cameras",
        description="So many it takes at most; more are nobody's until another node comes.",
        examples=[100],
    )
    lease_s: Number = Field(
        5.0,
        ge=1,
        le=60,
        title="Lease",
        description="Seconds after which a node that says nothing loses its cameras.",
        examples=[5],
    )
    url: WebAddress | None = Field(
        None,
        title="Address",
        description="Where people find this node's console. Left out: host and port.",
        examples=["http://north-1.example:8080"],
    )
    detection: Literal["own", "shared"] = Field(
        "own",
        title="Detection",
        description="Who looks at its pictures: itself, or detectors (`streetwatch cluster "
        "detect`) while they are quick.",
        examples=["shared"],
    )
    detect_within_s: Number = Field(
        1.0,
        ge=0.05,
        le=30,
        title="Patience with a detector",
        description="Seconds an answer may take; then this node looks itself.",
        examples=[0.5],
    )
    detect_quality: Whole | None = Field(
        None,
        ge=50,
        le=100,
        title="Quality of sent pictures",
        description="JPEG quality of what a detector is sent. Left out: every pixel as it is.",
        examples=[90],
    )
    detect_port: Whole = Field(
        8090,
        ge=1,
        le=65_535,
        title="Port of the detector",
        description="Where `streetwatch cluster detect` listens.",
        examples=[8090],
    )
