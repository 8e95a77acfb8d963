"""What does not agree, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree.

    Attributes:
        what: Stable name of the kind of finding.
        name: The incident, case, record or file.
        says: In words.
    """

    what: str
    name: str
    says: str

    def line(self) -> dict[str, str]:
        """Return it for JSON."""
        return {"finding": self.what, "name": self.name, "says": self.says}
