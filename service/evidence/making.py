"""Makes the masked copies that are awaited; whenever it is killed, what is not made is due.

A copy is put in place whole, then its row says so: no message and no manifest names it before.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Final

import structlog

from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.on_its_way import OnItsWay
from streetwatch.service.evidence.stills import decoded_jpeg, jpeg, part_of
from streetwatch.service.incidents.case import Awaited
from streetwatch.service.incidents.copying import Copying
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.ports import AwaitedCopies
from streetwatch.vision.types import Image

log = structlog.get_logger(__name__)

_WHOLE: Final = Copying("")


def make_due(
    copies: Copies,
    awaited: AwaitedCopies,
    on_its_way: OnItsWay | None = None,
    *,
    on_made: Callable[[], object] = lambda: None,
) -> None:
    """Make all copies that are awaited now. What the disk refuses stays due.

    Args:
        copies: Masks and writes.
        awaited: What is due.
        on_its_way: Tells what another node is moving from what is lost; None: there is none.
        on_made: Told when all of an incident's are there.
    """
    later: set[str] = set()
    try:
        while not copies.is_stopping and (some := awaited.some(besides=later)):
            there = [one for one in some if _is_there(copies, one)]
            for one, shown in _shown(copies, there):
                _make(copies, awaited, one, shown)
            missing = [one for one in some if one not in there]
            if not all(_given_up(awaited, on_its_way, one) for one in missing):
                later.add(some[0].incident_id)
            on_made()
    except StorageError as error:
        log.warning("copy.not_made", reason=str(error))


def _given_up(awaited: AwaitedCopies, on_its_way: OnItsWay | None, one: Awaited) -> bool:
    """Await what is lost no more; return whether it is."""
    is_lost = on_its_way is None or on_its_way.is_lost(one)
    if is_lost:
        _lost(awaited, one)
    return is_lost


def _is_there(copies: Copies, one: Awaited) -> bool:
    """Tell whether the original is there, and is what was seen, and what it is a part of is."""
    originals, own = copies.folder.originals, one.attachment.name
    if originals.sha256(one.incident_id, own) != one.attachment.original_sha256:
        return False
    source = _how(one).source or own
    return source == own or originals.has(one.incident_id, source)


def _shown(copies: Copies, some: Iterable[Awaited]) -> Iterator[tuple[Awaited, Image | None]]:
    """Yield each with what its copy shows, None where there is no original; one look a picture."""

    def whole(one: Awaited) -> tuple[str, str]:
        how = _how(one)
        return how.source or one.attachment.name, repr(how.spared)

    for (source, _), group in groupby(sorted(some, key=whole), key=whole):
        together = list(group)
        masked = _masked(copies, together[0], source)
        for one in together:
            yield one, None if masked is None else part_of(masked, _how(one).part)


def _masked(copies: Copies, one: Awaited, source: str) -> Image | None:
    """Return the whole picture of which a copy is made, masked; None where it is no picture."""
    original = copies.folder.originals.read(one.incident_id, source)
    try:
        image = decoded_jpeg(original)
    except StorageError:
        return None
    return copies.masked(image, spare=_how(one).spared)


def _make(copies: Copies, awaited: AwaitedCopies, one: Awaited, shown: Image | None) -> None:
    if shown is None:
        _lost(awaited, one)
        return
    folder, name, file = copies.folder, one.incident_id, one.attachment
    sha256 = folder.write(name, file.name, jpeg(shown))
    if not awaited.made(one, sha256) and not awaited.is_made(one, sha256):
        folder.discard(name, file.name)


def _lost(awaited: AwaitedCopies, one: Awaited) -> None:
    log.error("copy.original_lost", incident=one.incident_id, file=one.attachment.name)
    awaited.lost(one)


def _how(one: Awaited) -> Copying:
    return one.attachment.copying or _WHOLE
