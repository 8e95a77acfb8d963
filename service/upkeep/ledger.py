"""Does a platform have what it was told? Its own list of cases against the deliveries."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import sqlalchemy as sa

from streetwatch.service.incidents.case import Occasion
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.outbox import MessageState
from streetwatch.service.store.schema import incident, outbox
from streetwatch.service.store.transactions import reading
from streetwatch.service.upkeep.finding import Finding

#: What a line tells of a case that is there already, not of a new one.
_CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class PlatformLedger:
    """How many cases a platform opened, by the external id that we gave."""

    opened: Counter[str]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a list, a JSON object a line: `external_id`, and `what` where it may be a change.

        Raises:
            InputError: it can't be read, or a line of it is something else.
        """
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"--ledger {path}: can't be read: {error}") from error
        rows = [_row(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
        return cls(Counter(name for name, what in rows if what != _CHANGED))


def _row(path: Path, number: int, line: str) -> tuple[str, str]:
    try:
        row = json.loads(line)
        return str(row["external_id"]), str(row.get("what", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            f'--ledger {path}:{number}: write a case a line, {{"external_id": "...", '
            '"what": "opened"}'
        ) from None


def compared(engine: sa.Engine, ledger: PlatformLedger, target: str) -> Iterator[Finding]:
    """Yield what a platform has lost, has twice, or has of incidents that nobody knows.

    What was not delivered yet may be there or not: its answer may be on the way.

    Args:
        engine: Of the database.
        ledger: What the platform has.
        target: Its id in the settings.

    Raises:
        StorageError: the database refused.
    """
    delivered = sa.select(outbox.c.incident_id).where(
        outbox.c.target == target,
        outbox.c.occasion == Occasion.OPENED,
        outbox.c.state == MessageState.DELIVERED,
    )
    with reading(engine) as connection:
        told = set(connection.execute(delivered).scalars())
        known = set(connection.execute(sa.select(incident.c.id)).scalars())
    for name in sorted(told - ledger.opened.keys()):
        yield Finding("not_received", name, f"it was delivered to {target}, which does not have it")
    for name, count in sorted(ledger.opened.items()):
        if count > 1:
            yield Finding("received_twice", name, f"{target} has {count} cases of it")
        if name not in known:
            yield Finding("received_unknown", name, f"{target} has it, and no incident here is it")
