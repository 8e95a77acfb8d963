"""How many cases are open, camera by camera: for a wall that shows hundreds of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from streetwatch.service.desk.states import ENDS, CaseState
from streetwatch.service.desk.triage import Level
from streetwatch.service.store.schema import desk_case
from streetwatch.service.store.transactions import reading

#: Cases that somebody has to do something about.
UNDER_WAY: Final = tuple(state for state in CaseState if state not in ENDS)


@dataclass(frozen=True, slots=True)
class OpenCases:
    """A camera's open cases.

    Attributes:
        level: The reddest of them; None where none has a colour.
    """

    n: int
    level: Level | None


def open_cases(engine: sa.Engine) -> Mapping[str, OpenCases]:
    """Count the open cases of each camera that has any.

    Raises:
        StorageError: the database refused.
    """
    case = desk_case.c
    query = (
        sa.select(case.camera_id, case.level, sa.func.count())
        .where(case.state.in_(UNDER_WAY), case.camera_id.is_not(None))
        .group_by(case.camera_id, case.level)
    )
    found: dict[str, OpenCases] = {}
    with reading(engine) as connection:
        for camera, level, n in connection.execute(query):
            found[camera] = _with(found.get(camera), n, None if level is None else Level(level))
    return found


def _with(known: OpenCases | None, n: int, level: Level | None) -> OpenCases:
    if known is None:
        return OpenCases(n, level)
    levels = [one for one in (known.level, level) if one is not None]
    return OpenCases(known.n + n, max(levels, key=list(Level).index, default=None))
