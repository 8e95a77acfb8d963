"""Pictures of looks that were never kept: whoever took them died before the transaction's end."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

import sqlalchemy as sa
import structlog

from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.store.schema import incident
from streetwatch.service.store.transactions import reading
from streetwatch.service.upkeep.traces import files_in
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)


def forget_dead_looks(engine: sa.Engine, evidence: EvidenceStore, *, before: Seconds) -> None:
    """Delete originals that no incident names and of which there never was a copy.

    The next look names the same violation alike and takes its picture anew; these are of what had
    left until then. What was ever told of has a copy, so that it stays here even where the
    database is another one.

    Args:
        engine: Of the store.
        evidence: Where the files are.
        before: What was touched later may be a look at work.

    Raises:
        StorageError: the database or the disk refused.
    """
    for folder in tuple(_dead(engine, evidence, before)):
        log.info("retention.dead_look", incident=folder)
        evidence.remove(folder)


def _dead(engine: sa.Engine, evidence: EvidenceStore, before: Seconds) -> Iterator[str]:
    for folder, files in groupby(evidence.originals.entries(), key=attrgetter("folder")):
        is_settled = max(one.modified_at for one in files) < before
        if folder and is_settled and not _is_known(engine, folder) and not evidence.names(folder):
            yield folder


def _is_known(engine: sa.Engine, folder: str) -> bool:
    with reading(engine) as connection:
        row = connection.execute(sa.select(incident.c.id).where(incident.c.id == folder)).first()
        return row is not None or bool(files_in(connection, folder))
