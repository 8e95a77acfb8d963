"""What a person may do."""

from dataclasses import dataclass
from enum import StrEnum


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


@dataclass(frozen=True, slots=True)
class Account:
    """Who is signed in.

    Attributes:
        name: Stands in the history of what the person does.
    """

    name: str
    role: Role
