"""Which cameras and unit grids somebody may know of. Pure."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Reach:
    """The part of a city that somebody is limited to: these cameras, and all of these grids.

    Attributes:
        cameras: Ids.
        grids: Unit grids, or what their codes begin with.
    """

    cameras: frozenset[str] = frozenset()
    grids: tuple[str, ...] = ()

    @classmethod
    def of(cls, cameras: list[str] | None, grids: list[str] | None) -> Self:
        """Return it as it is stored and typed: lists, in any order, blanks and all."""
        names = frozenset(one.strip() for one in cameras or () if one.strip())
        return cls(names, tuple(sorted({one.strip() for one in grids or () if one.strip()})))

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole city: nothing limits it."""
        return not self.cameras and not self.grids

    def has(self, camera_id: str | None, grid_code: str | None) -> bool:
        """Tell whether a camera, or what was seen at a place, is within it."""
        if self.is_whole or (camera_id is not None and camera_id in self.cameras):
            return True
        return grid_code is not None and grid_code.startswith(self.grids)


#: Nothing limits it.
EVERYWHERE = Reach()
