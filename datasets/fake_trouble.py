"""What may go wrong with a camera in the field, and what one shows then."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final


class Trouble(StrEnum):
    """What a camera can suffer from."""

    REFUSES = "refuses"  #: nothing listens any more
    SILENT = "silent"  #: takes the connection and never says a word
    UNAUTHORISED = "unauthorised"  #: somebody changed its password: 401
    HANGS = "hangs"  #: stops between two key frames, the connection stays
    HALF_OPEN = "half_open"  #: its power is cut: no FIN, no answer
    LOSES = "loses"  #: a fifth of its packets never arrive
    CORRUPTS = "corrupts"  #: bits flip on the way
    GREY = "grey"  #: a picture without anything in it
    FROZEN = "frozen"  #: the same picture again and again
    RESIZED = "resized"  #: another size, in the middle of the stream
    RECODED = "recoded"  #: another codec, in the middle of the stream
    TIME_BACK = "time_back"  #: its clock jumps back by an hour
    TIME_FORWARD = "time_forward"  #: and forward
    EMPTY = "empty"  #: packets with 0 bytes in them
    LONG_GOP = "long_gop"  #: a key frame every 250 pictures


@dataclass(frozen=True, slots=True)
class Calm:
    """The end of a clip, in which nothing happens; it begins with a key frame.

    Attributes:
        since_s: From there on, seconds from the clip's start.
        lasts_s: For how long it is shown, in whole repetitions.
    """

    since_s: float
    lasts_s: float


@dataclass(frozen=True, slots=True)
class Clips:
    """What a camera can show. All but the street are shown in trouble only.

    Attributes:
        street: What it shows when it is well.
        grey: A picture without anything in it.
        resized: The street in another size.
        recoded: The street in another codec.
        long_gop: The street with rare key frames.
        are_aligned: Whether all that show the street show the same of it at the same time.
        calm: The end of all that show the street.
    """

    street: Path
    grey: Path
    resized: Path
    recoded: Path
    long_gop: Path
    are_aligned: bool = False
    calm: Calm | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of them."""
        return (self.street, self.grey, self.resized, self.recoded, self.long_gop)

    def calm_of(self, path: Path) -> Calm | None:
        """Return the calm end of one of them."""
        return None if path == self.grey else self.calm


#: How many packets are lost, and how many of those that arrive have a flipped byte.
LOST_SHARE: Final = 0.2
CORRUPT_SHARE: Final = 0.5

#: How far a clock jumps.
JUMP_S: Final = 3600.0
