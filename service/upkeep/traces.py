"""What the database names of a folder of evidence: an incident's files, and those of reports."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from streetwatch.service.desk.rows import added
from streetwatch.service.store.schema import attachment, desk_case, desk_merged
from streetwatch.vision.types import Seconds

#: Who deletes.
_BY = "streetwatch"

File = dict[str, str]


def links_in(document: Mapping[str, Any], folder: str) -> Iterator[File]:
    """Yield the files of a document that are kept in a folder here."""
    for one in document.get("evidence") or ():
        if one["url"] == f"/evidence/{folder}/{one['name']}":
            yield {"name": one["name"], "sha256": one["sha256"]}


def files_in(connection: sa.Connection, folder: str) -> tuple[File, ...]:
    """Return all files of a folder that the database names, each once."""
    rows = connection.execute(
        sa.select(attachment.c.name, attachment.c.sha256)
        .where(attachment.c.incident_id == folder)
        .order_by(attachment.c.position)
    )
    files = {row.name: {"name": row.name, "sha256": row.sha256} for row in rows}
    for table, here in _tables(folder):
        for document in connection.execute(sa.select(table.c.document).where(here)).scalars():
            for one in links_in(document, folder):
                files.setdefault(one["name"], one)
    return tuple(files.values())


def forget(connection: sa.Connection, folder: str, reason: str, now: Seconds) -> None:
    """Delete the rows and links of a folder's files, and say so in the case that had them."""
    connection.execute(sa.delete(attachment).where(attachment.c.incident_id == folder))
    forget_links(connection, folder)
    here = _case_of(folder)
    row = connection.execute(sa.select(desk_case).where(here)).mappings().one_or_none()
    if row is not None:
        whose = {} if row["external_id"] == folder else {"external_id": folder}
        history = added(row, now, by=_BY, note=reason, action="evidence_deleted", **whose)
        connection.execute(sa.update(desk_case).where(here).values(history=history))


def forget_links(connection: sa.Connection, folder: str) -> None:
    """Take the links to a folder's files out of the documents that have them."""
    for table, here in _tables(folder):
        document = connection.execute(sa.select(table.c.document).where(here)).scalar_one_or_none()
        if document is not None and any(links_in(document, folder)):
            known = document["evidence"]
            left = [one for one in known if not one["url"].startswith(f"/evidence/{folder}/")]
            changed = sa.update(table).where(here).values(document=document | {"evidence": left})
            connection.execute(changed)


def _tables(folder: str) -> tuple[tuple[sa.Table, sa.ColumnElement[bool]], ...]:
    return (desk_case, _case_of(folder)), (desk_merged, desk_merged.c.external_id == folder)


def _case_of(name: str) -> sa.ColumnElement[bool]:
    """Return the condition for the case of an external id, its own or that of a merged report."""
    elsewhere = sa.select(desk_merged.c.number).where(desk_merged.c.external_id == name)
    return sa.or_(desk_case.c.external_id == name, desk_case.c.number.in_(elsewhere))
