"""The cameras' chains in SQL."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from streetwatch.service.incidents.chain import End, Link, RecordKind
from streetwatch.service.store.chain_schema import evidence_link
from streetwatch.service.store.transactions import locked, reading

_BATCH = 500


def chain_end(connection: sa.Connection, camera_id: str) -> End:
    """Return where a camera's chain goes on; no other writer adds to it until the end."""
    locked(connection, f"chain {camera_id}")
    last = (
        sa.select(evidence_link.c.position, evidence_link.c.sha256)
        .where(evidence_link.c.camera_id == camera_id)
        .order_by(evidence_link.c.position.desc())
        .limit(1)
    )
    row = connection.execute(last).one_or_none()
    return End() if row is None else End(row.position + 1, row.sha256)


def put_link(connection: sa.Connection, link: Link) -> None:
    """Add a record to its camera's chain."""
    connection.execute(sa.insert(evidence_link).values(asdict(link)))


def links_of(connection: sa.Connection, incident_id: str) -> tuple[Link, ...]:
    """Return the records of an incident, the earliest first."""
    wanted = (
        sa.select(evidence_link)
        .where(evidence_link.c.incident_id == incident_id)
        .order_by(evidence_link.c.camera_id, evidence_link.c.position)
    )
    return tuple(_link(row) for row in connection.execute(wanted).mappings())


def link_of(engine: sa.Engine, sha256: str) -> Link | None:
    """Return the record of these bytes, None where no chain has it."""
    wanted = sa.select(evidence_link).where(evidence_link.c.sha256 == sha256).limit(1)
    with reading(engine) as connection:
        row = connection.execute(wanted).mappings().one_or_none()
    return None if row is None else _link(row)


def public_keys(engine: sa.Engine) -> tuple[str, ...]:
    """Return every key that a record was signed with, hex, in the order of their first use."""
    column = evidence_link.c.public_key
    wanted = sa.select(column).group_by(column).order_by(sa.func.min(evidence_link.c.at))
    with reading(engine) as connection:
        return tuple(connection.execute(wanted).scalars())


def all_links(engine: sa.Engine) -> Iterator[Link]:
    """Yield every record, camera by camera in order, in batches of their own transactions."""
    key = sa.tuple_(evidence_link.c.camera_id, evidence_link.c.position)
    last = ("", 0)
    while True:
        page = (
            sa.select(evidence_link)
            .where(key > last)
            .order_by(evidence_link.c.camera_id, evidence_link.c.position)
            .limit(_BATCH)
        )
        with reading(engine) as connection:
            rows = connection.execute(page).mappings().all()
        yield from (_link(row) for row in rows)
        if len(rows) < _BATCH:
            return
        last = (rows[-1]["camera_id"], rows[-1]["position"])


def _link(row: Any) -> Link:  # noqa: ANN401 -- a row of the table
    return Link(**dict(row) | {"kind": RecordKind(row["kind"])})
