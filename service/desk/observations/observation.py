"""What is observed: by a citizen or a patrol with a phone, or by a sensor."""

import hashlib
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from streetwatch.service.desk.report import Moment, Name, Share, Strict
from streetwatch.zones.place import Surface
from streetwatch.zones.rules import ViolationType


class Observation(Strict):
    """A report from outside, its picture apart."""

    source: Literal["mobile", "sensor"] = "mobile"
    reporter: Name
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
    at: Moment | None = None
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    crs: Literal["wgs84", "cgcs2000"] = "wgs84"
    type: Annotated[ViolationType, Field(strict=False)] | None = None
    surface: Annotated[Surface, Field(strict=False)] | None = None
    address: Annotated[str, Field(max_length=300)] = ""
    note: Annotated[str, Field(max_length=1000)] = ""
    device_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")] | None = None
    fill_level: Share | None = None

    @model_validator(mode="after")
    def _sensor_is_a_bin(self) -> Self:
        if self.source == "sensor":
            if self.device_id is None or self.fill_level is None:
                raise ValueError("a sensor's report needs device_id and fill_level (0..1)")
            if self.type not in {None, ViolationType.BIN_OVERFLOW}:
                raise ValueError("a sensor reports bin_overflow only: leave type out")
        elif self.device_id is not None or self.fill_level is not None:
            raise ValueError("device_id and fill_level go with source: sensor")
        return self

    @property
    def external_id(self) -> str:
        """Our name of it: one report of one reporter has one, however often it is sent."""
        name = f"{self.source}/{self.reporter}/{self.id}"
        return f"{self.source}-{hashlib.sha256(name.encode()).hexdigest()[:26]}"

    @property
    def place_key(self) -> str:
        """What counts as one place: the sensor, or a cell of the map about 11 m wide."""
        if self.device_id is not None:
            return f"sensor/{self.device_id}"
        return f"cell/{self.lon:.4f},{self.lat:.4f}"


class ObservationWithPicture(Observation):
    """A report as JSON: its picture as base64."""

    picture: str | None = None
