"""What a check of evidence says: what is wrong, and what is proven."""

import json
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is said of a file."""

    MISSING = "missing"
    CHANGED = "changed"
    ADDED = "added"
    TWICE = "twice"
    NO_MANIFEST = "no_manifest"
    SEALED_OTHERWISE = "sealed_otherwise"
    FORGED = "forged"
    OTHER_KEY = "other_key"
    NO_KEY = "no_key"
    STRUCTURE = "structure"
    WHEN_PACKED = "when_packed"
    UNSIGNED = "unsigned"
    SIGNED = "signed"
    IN_CHAIN = "in_chain"

    @property
    def is_proof(self) -> bool:
        """Whether it is good to know, and nothing wrong."""
        return self in {Kind.SIGNED, Kind.IN_CHAIN}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that is said of one file.

    Attributes:
        name: Of the file; can't break the line it stands in.
        says: In words.
        is_wrong: Whether the check fails.
    """

    kind: Kind
    name: str
    says: str
    is_wrong: bool = True

    def __str__(self) -> str:
        """Return it as a line."""
        return f"{self.name}: {self.says}"


def line_of(text: str) -> str:
    """Return a text from outside that can't break the line it stands in."""
    return text if text.isprintable() else json.dumps(text)
