"""What composed clips are about, and what makes them hard to see. Names only: quick to import."""

from enum import StrEnum


class Kind(StrEnum):
    """What a clip is about."""

    PARKING = "parking"
    GARBAGE = "garbage"
    VENDING = "vending"
    QUIET_ROAD = "quiet-road"
    QUIET_PAVEMENT = "quiet-pavement"
    QUIET_THINGS = "quiet-things"

    @property
    def is_quiet(self) -> bool:
        """Nothing is to be filed."""
        return self.stops_briefly or self is Kind.QUIET_THINGS

    @property
    def stops_briefly(self) -> bool:
        """What comes would be to file, but goes too soon."""
        return self in {Kind.QUIET_ROAD, Kind.QUIET_PAVEMENT}

    @property
    def is_road(self) -> bool:
        """It is a real clip with its traffic, not a photograph."""
        return self in {Kind.PARKING, Kind.QUIET_ROAD}


class Disturbance(StrEnum):
    """What makes a clip hard to see through; `all` is everything at once."""

    NONE = "none"
    OCCLUSION = "occlusion"
    LIGHT = "light"
    HEADLIGHTS = "headlights"
    RAIN = "rain"
    NIGHT = "night"
    SHAKE = "shake"
    LOW_BIT_RATE = "low-bit-rate"
    DROPPED = "dropped"
    OUTAGE = "outage"
    ALL = "all"

    def has(self, one: "Disturbance") -> bool:
        """Tell whether a clip under this has that one."""
        return self in {one, Disturbance.ALL}
