"""How the copy of a picture that may go out is to be made of its original."""

from dataclasses import dataclass

from streetwatch.vision.types import Box, Spared
from streetwatch.zones.polygon import Polygon


@dataclass(frozen=True, slots=True)
class Part:
    """What is made of a whole picture: a close-up of a box, or a drawing where there is an outline.

    Attributes:
        box: Of the object, pixels.
        outline: Of the zone, corners in 0..1; empty for a close-up.
        caption: Burned into a drawing.
    """

    box: Box
    outline: Polygon = ()
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Copying:
    """An order for a copy.

    Attributes:
        source: The file whose original shows the whole picture.
        spared: What the case is about.
        part: What is made of it; None: all of it.
    """

    source: str
    spared: Spared | None = None
    part: Part | None = None
