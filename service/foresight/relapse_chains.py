"""Places that come back: violations that follow each other at one place. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from streetwatch.vision.types import Seconds

_DAY_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Episode:
    """One violation at a place.

    Attributes:
        number: What people call its case.
        place: As `kerb/carriageway`.
        began: When it was first seen.
        ended: When it was gone or closed; None while it stands.
        before: The id of the one before it at its place, None where there was none.
    """

    id: str
    number: str
    place: str
    type: str
    began: Seconds
    ended: Seconds | None
    before: str | None


@dataclass(frozen=True, slots=True)
class Chain:
    """A place that has had one violation after the other.

    Attributes:
        numbers: Of its cases, the first one first.
        began: When the first one was seen.
        last: When the last one was seen.
        gap_days: Between one's end and the next one's begin: half are no longer. None: unknown.
    """

    place: str
    type: str
    numbers: tuple[str, ...]
    began: Seconds
    last: Seconds
    gap_days: float | None


def chains(episodes: Iterable[Episode], *, least: int = 2) -> list[Chain]:
    """Return the chains of at least so many violations, the longest first.

    Where two say that they follow the same one, each has a chain of its own.
    """
    known = {one.id: one for one in episodes}
    followed = {one.before for one in known.values()}
    ends = (one for one in known.values() if one.id not in followed)
    found = (_chain(_back(end, known)) for end in ends)
    long = (one for one in found if len(one.numbers) >= least)
    return sorted(long, key=lambda one: (-len(one.numbers), -one.last, one.place, one.type))


def _back(end: Episode, known: Mapping[str, Episode]) -> list[Episode]:
    """Return what led to an episode, the first one first; a ring is cut where it closes."""
    way, passed = [end], {end.id}
    while (before := known.get(way[-1].before or "")) is not None and before.id not in passed:
        way.append(before)
        passed.add(before.id)
    return way[::-1]


def _chain(way: Sequence[Episode]) -> Chain:
    gaps = [
        max(after.began - before.ended, 0.0) / _DAY_S
        for before, after in pairwise(way)
        if before.ended is not None
    ]
    return Chain(
        place=way[-1].place,
        type=way[-1].type,
        numbers=tuple(one.number for one in way),
        began=way[0].began,
        last=way[-1].began,
        gap_days=median(gaps) if gaps else None,
    )


def in_longest(links: Mapping[str, str], most: int) -> set[str]:
    """Return the violations of the longest chains, and of those that are as long as the last.

    Args:
        links: What each followed, by id.
        most: How many chains.
    """
    ends = set(links) - set(links.values())
    lengths = {end: len(_way(end, links)) for end in ends}
    ranked = sorted(lengths.values(), reverse=True)[:most]
    least = ranked[-1] if ranked else 0
    return {one for end, length in lengths.items() if length >= least for one in _way(end, links)}


def _way(end: str, links: Mapping[str, str]) -> list[str]:
    """Return what led to a violation, the last one first; a ring is cut where it closes."""
    way, passed = [end], {end}
    while (before := links.get(way[-1])) is not None and before not in passed:
        way.append(before)
        passed.add(before)
    return way
