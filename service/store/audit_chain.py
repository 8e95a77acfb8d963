"""The chain of the audit log: what an entry's hash covers, and what is wrong with a chain. Pure."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from streetwatch.vision.types import Seconds

#: What stands before the first entry.
GENESIS: Final = "0" * 64

#: What the entry says that tells of deleted ones.
PRUNED: Final = "audit.pruned"

Fact: TypeAlias = str | int | float | bool | list[str] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log.

    Attributes:
        position: Counted from 1, without gaps.
        who: A user, a token, a command, or the service itself.
        address: Where the request came from.
        what: A stable name: `user.added`.
        subject: What it was done to.
        facts: More of it, as JSON; never a secret.
        previous: Hash of the entry before.
    """

    position: int
    at: Seconds
    who: str
    address: str
    what: str
    subject: str
    facts: str
    previous: str
    hash: str

    @property
    def told(self) -> dict[str, object]:
        """Return it for JSON."""
        names = ("position", "at", "who", "address", "what", "subject", "previous", "hash")
        return {name: getattr(self, name) for name in names} | {"facts": json.loads(self.facts)}


@dataclass(frozen=True, slots=True)
class Mark:
    """An entry that is known from elsewhere: the head, a checkpoint, one written down outside."""

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is wrong with the chain.

    Attributes:
        what: Stable name of the kind.
        position: The entry at which it shows.
        says: In words.
    """

    what: str
    position: int
    says: str


def written(facts: Mapping[str, Fact]) -> str:
    """Return facts as they are stored and hashed."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(entry: Entry) -> str:
    """Return what an entry's hash must be."""
    covered = (
        *(entry.position, entry.at, entry.who, entry.address),
        *(entry.what, entry.subject, entry.facts, entry.previous),
    )
    text = json.dumps(covered, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def wrongs(
    entries: Iterable[Entry],
    *,
    head: Mark | None,
    checkpoint: Mark | None,
    anchors: Iterable[Mark] = (),
) -> Iterator[Wrong]:
    """Yield what is wrong with a log.

    Args:
        entries: In the order of their positions.
        head: The last entry, as it is told a second time.
        checkpoint: Up to which entry the log was deleted.
        anchors: Entries that were written down elsewhere.
    """
    last = checkpoint or Mark(0, GENESIS)
    due, seen = {one.position: one for one in anchors}, last
    told = checkpoint is None
    for entry in entries:
        yield from _links(entry, seen)
        yield from _anchored(entry, due.pop(entry.position, None))
        told = told or _tells(entry, last)
        seen = Mark(entry.position, entry.hash)
    if not told:
        says = "what was deleted before it is told by no entry of the log"
        yield Wrong("checkpoint_untold", last.position, says)
    yield from _ended(seen, head)
    for anchor in due.values():
        if anchor.position > last.position:
            yield Wrong("anchor_missing", anchor.position, "the entry written down is not there")
        elif anchor.position == last.position:
            yield from _anchored_at(last, anchor)


def _links(entry: Entry, before: Mark) -> Iterator[Wrong]:
    if entry.position != before.position + 1:
        says = f"entries are missing between {before.position} and {entry.position}"
        yield Wrong("gap", entry.position, says)
    elif entry.previous != before.hash:
        yield Wrong("unlinked", entry.position, "it does not follow the entry before it")
    if entry.hash != hash_of(entry):
        yield Wrong("changed", entry.position, "it is not what was written")


def _anchored(entry: Entry, anchor: Mark | None) -> Iterator[Wrong]:
    if anchor is not None:
        yield from _anchored_at(Mark(entry.position, entry.hash), anchor)


def _anchored_at(known: Mark, anchor: Mark) -> Iterator[Wrong]:
    if known.hash != anchor.hash:
        says = "its hash is not the one that was written down: the log was written anew"
        yield Wrong("rewritten", anchor.position, says)


def _tells(entry: Entry, checkpoint: Mark) -> bool:
    return entry.what == PRUNED and entry.subject == str(checkpoint)


def _ended(last: Mark, head: Mark | None) -> Iterator[Wrong]:
    known = head or Mark(0, GENESIS)
    if last.position < known.position:
        says = f"the log ends here, and went on to {known.position}"
        yield Wrong("cut_off", last.position, says)
    elif last != known:
        yield Wrong("head_differs", last.position, f"the head says {known}")
