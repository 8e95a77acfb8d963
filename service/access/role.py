"""What a person or a program may do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from streetwatch.service.incidents.reach import EVERYWHERE, Reach


class Right(StrEnum):
    """What a route takes."""

    LOOK = "look"  #: read cases, pictures, figures, cameras
    JUDGE = "judge"  #: give verdicts
    FILE = "file"  #: report cases and observations
    HANDLE = "handle"  #: move, assign, hold cases
    CAMERAS = "cameras"  #: attach cameras, draw zones
    DELIVER = "deliver"  #: see what goes to the platforms, and send it again
    ADMIN = "admin"  #: users, tokens, grids, settings, the audit log


class Role(StrEnum):
    """Each may do what those before it may."""

    VIEWER = "viewer"  # looks
    ANALYST = "analyst"  # gives verdicts
    OPERATOR = "operator"  # attaches cameras, draws zones, handles cases
    ADMIN = "admin"  # users and settings

    def reaches(self, needed: "Role") -> bool:
        """Tell whether who has this role may do what another is needed for."""
        order = list(Role)
        return order.index(self) >= order.index(needed)

    @property
    def rights(self) -> frozenset[Right]:
        """What who has this role may do."""
        return frozenset(right for right, needed in ROLE_NEEDED.items() if self.reaches(needed))


#: The least role that has each right.
ROLE_NEEDED: Final = {
    Right.LOOK: Role.VIEWER,
    Right.JUDGE: Role.ANALYST,
    Right.FILE: Role.OPERATOR,
    Right.HANDLE: Role.OPERATOR,
    Right.CAMERAS: Role.OPERATOR,
    Right.DELIVER: Role.OPERATOR,
    Right.ADMIN: Role.ADMIN,
}


@dataclass(frozen=True, slots=True)
class Account:
    """Who asks: somebody who is signed in, or a program with a token.

    Attributes:
        name: Stands in the history of what is done.
        reach: What part of the city it is limited to.
        only: Rights that a token is limited to, of those of its role; None for all of them.
    """

    name: str
    role: Role
    reach: Reach = EVERYWHERE
    only: frozenset[Right] | None = None

    def may(self, right: Right) -> bool:
        """Tell whether it may do what takes a right."""
        return right in self.role.rights and (self.only is None or right in self.only)


#: Whoever asks where the API is open: this machine's own programs alone can.
ANYBODY: Final = Account("anybody", Role.ADMIN)
