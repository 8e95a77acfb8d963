"""A simulated city in a store: its incidents, cases, complaints and looked-at hours, at once.

Its people and campaigns are written by `city_people`.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import numpy as np
import sqlalchemy as sa

from streetwatch.benchmarks.city_people import People, fill_campaigns
from streetwatch.benchmarks.store_rows import CASE, DOCUMENT, INCIDENT
from streetwatch.datasets.city.ground import BESIDE, KINDS
from streetwatch.datasets.city.life import City, Complaint, Day, Violation
from streetwatch.datasets.city.plan import DAY_S
from streetwatch.datasets.city.writing import zones_of
from streetwatch.datasets.simulate import SIZE, VIEW_SIZE
from streetwatch.service.desk.facts import THE_DESK
from streetwatch.service.desk.states import CaseState
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.bulk import Written, insert_many
from streetwatch.service.store.looked import day_of
from streetwatch.service.store.looked_schema import HOUR_COLUMNS, looked
from streetwatch.service.store.references import Kept, References
from streetwatch.service.store.schema import desk_case, desk_day, incident
from streetwatch.vision.health import Reference
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc

#: A simulated violation is one when it has stood for so long; what leaves before is none.
DWELL_S: Final[Seconds] = 300.0

_ANSWER_S: Final[Seconds] = 60.0

_INCIDENT: Final = INCIDENT | {
    "state": "closed",
    "unobserved_s": 0.0,
    "versions": Written(json.dumps(INCIDENT["versions"])),
}

#: Whoever calls draws no box.
_NO_BOX: Final = Written("null")

_REST: Final = json.dumps(
    {
        name: value
        for name, value in DOCUMENT.items()
        if name not in {"external_id", "type", "bbox", "first_seen", "cleared_at"}
    }
)[1:]


def fill_with(engine: sa.Engine, city: City, *, on_day: Callable[[Day], None]) -> int:
    """Put a city into an empty store; return how many incidents that were.

    Raises:
        InputError: the store holds incidents already.
    """
    with engine.connect() as connection:
        if connection.execute(sa.select(incident.c.id).limit(1)).first() is not None:
            raise InputError("the database holds incidents already: name a new one to fill")
    count, lasts, people = 0, Lasts(), People(city)
    for day in city.days():
        with engine.begin() as connection:
            count += _fill_day(connection, city, day, count, lasts)
            people.fill_day(connection, day)
        on_day(day)
    with engine.begin() as connection:
        people.fill_crowds(connection)
        fill_campaigns(connection, city)
    _fill_references(engine, city)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(
            "ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"
        )
    return count


def _fill_references(engine: sa.Engine, city: City) -> None:
    """Write what the cameras that see shops showed: only so it is known how large it is."""
    grey = Reference(np.full(VIEW_SIZE[::-1], 128, np.uint8), sharpness=0.0)
    for camera in city.ground.shops:
        References(engine).keep(camera, Kept("simulated", grey, SIZE))


class Lasts:
    """The last case of each place and type: what the next one there has come back from."""

    def __init__(self) -> None:
        self._last: dict[tuple[str | None, int], tuple[Seconds, str]] = {}

    def before(self, one: Violation, name: str) -> str | None:
        """Return the incident that one has come back from, and keep it as the last."""
        here = one.camera, one.kind
        gone, last = self._last.get(here, (one.end, ""))
        self._last[here] = one.end, name
        return last if gone + _ANSWER_S <= one.start else None


def _fill_day(connection: sa.Connection, city: City, day: Day, first: int, lasts: Lasts) -> int:
    seen = [
        (one, _id(one)) for one in day.violations if one.is_seen and one.end - one.start >= DWELL_S
    ]
    day_name = _day_name(city, day)
    cases = [
        *(_case(one, name, lasts.before(one, name)) for one, name in seen),
        *(
            _told(one, f"12345-{day_name}{number:06}")
            for number, one in enumerate(day.complaints, len(seen) + 1)
        ),
    ]
    insert_many(connection, incident, (_incident(*one) for one in seen))
    insert_many(
        connection,
        desk_case,
        (
            one | {"number": f"{day_name}{number:06}", "revision": first + number}
            for number, one in enumerate(cases, 1)
        ),
    )
    insert_many(connection, looked, _looked(city, day))
    connection.execute(sa.insert(desk_day).values(day=day_name, last=len(cases)))
    return len(seen)


def _day_name(city: City, day: Day) -> str:
    return f"SW-{utc(city.plan.start + day.number * DAY_S + DAY_S / 2)[:10].replace('-', '')}-"


def _id(one: Violation) -> str:
    named = f"{one.camera}/{one.kind}/{one.start!r}"
    return hashlib.sha256(named.encode()).hexdigest()[:26]


def _incident(one: Violation, name: str) -> dict[str, Any]:
    at, box = one.start + DWELL_S, _box(one.kind, _place(one))
    return _INCIDENT | {
        "id": name,
        "camera_id": one.camera,
        "zone_id": one.zone,
        "type": one.type,
        "first_seen": one.start,
        "last_seen": one.end,
        "observed_s": one.end - one.start,
        "anchor": box,
        "bbox": box,
        "lon": one.lon,
        "lat": one.lat,
        "violation_at": at,
        "opened_at": at,
        "cleared_at": one.end,
        "closed_at": one.end + _ANSWER_S,
    }


@cache
def _box(kind: int, place: int) -> Written:
    width, height = SIZE
    x1, y1, x2, y2 = KINDS[kind].beside(place)
    return Written(json.dumps((x1 * width, y1 * height, x2 * width, y2 * height)))


def _place(one: Violation) -> int:
    """Return where of the places beside each other it stands."""
    return int(one.start) % BESIDE


def _case(one: Violation, name: str, before: str | None) -> dict[str, Any]:
    filed = one.start + DWELL_S + 1
    accepted, ended = filed + _ANSWER_S, one.end + _ANSWER_S
    handled, who = max(one.end, accepted), _reviewer(one)
    return _common(name, one.type, filed) | {
        "source": "video",
        "state": CaseState.CLOSED.value,
        "camera_id": one.camera,
        "zone_id": one.zone,
        "lon": one.lon,
        "lat": one.lat,
        "grid_code": one.grid,
        "place_key": f"{one.camera}/{one.zone}",
        "recurrence_of": before,
        "repeat_count": int(before is not None),
        "accepted_at": accepted,
        "first_accepted_at": accepted,
        "judged_at": accepted,
        "judged_by": who,
        "handled_at": handled,
        "first_handled_at": handled,
        "ended_at": max(ended, handled),
        "began_at": one.start,
        "gone_at": one.end,
        "document": _document(name, one.type, _box(one.kind, _place(one)), (one.start, one.end)),
        "history": _history(
            ("reported", filed, THE_DESK),
            ("accepted", accepted, who),
            ("handled", handled, THE_DESK),
            ("closed", max(ended, handled), THE_DESK),
        ),
    }


def _reviewer(one: Violation) -> str:
    """Name who judges what happens before a camera: one of twenty."""
    return f"reviewer-{int((one.camera or '0')[-2:]) % 20 + 1:02}"


def _told(one: Complaint, name: str) -> dict[str, Any]:
    return _common(name, one.type, one.at + 1) | {
        "source": "mobile",
        "state": CaseState.ACCEPTED.value,
        "camera_id": None,
        "zone_id": None,
        "lon": one.lon,
        "lat": one.lat,
        "grid_code": one.grid,
        "place_key": None,
        "recurrence_of": None,
        "repeat_count": 0,
        "accepted_at": one.at + 1,
        "first_accepted_at": one.at + 1,
        "judged_at": None,
        "judged_by": None,
        "handled_at": None,
        "first_handled_at": None,
        "ended_at": None,
        "began_at": one.at,
        "gone_at": None,
        "document": _document(name, one.type, _NO_BOX, (one.at, None)),
        "history": _history(("reported", one.at + 1, THE_DESK), ("accepted", one.at + 1, THE_DESK)),
    }


def _common(name: str, type_: str, filed: Seconds) -> dict[str, Any]:
    return CASE | {
        "external_id": name,
        "idempotency_key": f"key-{name}",
        "type": type_,
        "occurred_at": filed - 1,
        "reported_at": filed,
        "filed_at": filed,
        "was_warned": False,
        "is_double": False,
        "deadline": filed + DAY_S,
    }


def _document(
    name: str, type_: str, box: Written, stood: tuple[Seconds, Seconds | None]
) -> Written:
    """Write a report: all are alike but for a few words."""
    began, gone = stood
    head = {
        "external_id": name,
        "type": type_,
        "first_seen": utc(began),
        "cleared_at": None if gone is None else utc(gone),
    }
    return Written(f'{json.dumps(head)[:-1]}, "bbox": {box}, {_REST}')


def _history(*lines: tuple[str, Seconds, str]) -> Written:
    written = (
        f'{{"state": "{state}", "at": "{utc(at)}", "by": "{who}", "note": ""}}'
        for state, at, who in lines
    )
    return Written(f"[{', '.join(written)}]")


def _looked(city: City, day: Day) -> Iterator[dict[str, Any]]:
    number = day_of(city.plan.start + day.number * DAY_S)
    zones = zones_of()
    for post, hours in zip(city.ground.posts, day.looked_s.tolist(), strict=True):
        of_day = dict(zip(HOUR_COLUMNS, hours, strict=True))
        for zone in zones:
            yield {"camera_id": post.id, "zone_id": zone, "day": number, **of_day}
