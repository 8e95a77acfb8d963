"""What a simulated city is to be."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final

from streetwatch.datasets.yolo_folder import DatasetError
from streetwatch.vision.types import Seconds
from streetwatch.zones.schedule import CHINA

DAY_S: Final[Seconds] = 86_400.0
HOUR_S: Final[Seconds] = 3600.0

#: A row of blocks to each side of a district has at most so many: a grid's number has three digits.
_MOST_CAMERAS: Final = 20_000


class Plant(StrEnum):
    """What is planted in a city, for an analysis to find."""

    HOT_SPOT = "hot_spot"  #: grids in which far more happens at some hours
    CHANGE = "change"  #: grids in which far more happens from the middle of the time on
    RELAPSE = "relapse"  #: campaigns after which it is soon as it was before
    CROWD = "crowd"  #: streets that fill with people far beyond their usual
    BLIND_SPOT = "blind_spot"  #: grids with complaints that no camera looks at


@dataclass(frozen=True, slots=True)
class Plan:
    """What a city is to be; the same plan gives the same city.

    Attributes:
        seed: Of everything random.
        first: Its first day, on China's clock.
        days: How many.
        districts: Beside each other.
        cameras: In all of it.
        a_day: Violations of each camera and day, on the average, without what is planted.
        plants: What is planted.

    Raises:
        DatasetError: there is no such city.
    """

    seed: int
    first: date
    days: int = 28
    districts: int = 2
    cameras: int = 40
    a_day: float = 4.0
    plants: frozenset[Plant] = frozenset(Plant)

    def __post_init__(self) -> None:
        if not 1 <= self.days <= 3660:
            raise DatasetError(f"days {self.days}: write 1 to 3660")
        if not 1 <= self.districts <= 99:
            raise DatasetError(f"districts {self.districts}: write 1 to 99")
        if not 4 * self.districts <= self.cameras <= _MOST_CAMERAS:
            least = 4 * self.districts
            raise DatasetError(
                f"cameras {self.cameras}: write {least} to {_MOST_CAMERAS}: 4 a district or more"
            )
        if not 0 < self.a_day <= 500:
            raise DatasetError(f"a-day {self.a_day:g}: write how many violations, above 0 to 500")

    @property
    def start(self) -> Seconds:
        """The first moment."""
        return datetime.combine(self.first, time(), CHINA).timestamp()

    @property
    def hours(self) -> int:
        """How many there are."""
        return self.days * 24
