"""A simulated city in a store: its incidents, cases, complaints and looked-at hours, at once."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, Final

import sqlalchemy as sa

from streetwatch.benchmarks.store_rows import CASE, DOCUMENT, INCIDENT
from streetwatch.datasets.city.ground import KINDS
from streetwatch.datasets.city.life import City, Complaint, Day, Violation
from streetwatch.datasets.city.plan import DAY_S
from streetwatch.datasets.city.writing import zones_of
from streetwatch.datasets.simulate import SIZE
from streetwatch.service.desk.states import CaseState
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.bulk import insert_many
from streetwatch.service.store.looked import day_of
from streetwatch.service.store.looked_schema import HOUR_COLUMNS, looked
from streetwatch.service.store.schema import desk_case, desk_day, incident
from streetwatch.vision.types import Seconds
from streetwatch.zones.moment import utc

#: A simulated violation is one when it has stood for so long; what leaves before is none.
DWELL_S: Final[Seconds] = 300.0

_ANSWER_S: Final[Seconds] = 60.0


def fill_with(engine: sa.Engine, city: City, *, on_day: Callable[[Day], None]) -> int:
    """Put a city into an empty store; return how many incidents that were.

    Raises:
        InputError: the store holds incidents already.
    """
    with engine.connect() as connection:
        if connection.execute(sa.select(incident.c.id).limit(1)).first() is not None:
            raise InputError("the database holds incidents already: name a new one to fill")
    count = 0
    for day in city.days():
        count += _fill_day(engine, city, day, count)
        on_day(day)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(
            "ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"
        )
    return count


def _fill_day(engine: sa.Engine, city: City, day: Day, first: int) -> int:
    seen = [one for one in day.violations if one.is_seen and one.end - one.start >= DWELL_S]
    name = _day_name(city, day)
    cases = [
        *(_case(one, f"{name}{number:06}", first + number) for number, one in enumerate(seen, 1)),
        *(
            _told(one, f"{name}{number:06}", first + number)
            for number, one in enumerate(day.complaints, len(seen) + 1)
        ),
    ]
    with engine.begin() as connection:
        insert_many(connection, incident, map(_incident, seen))
        insert_many(connection, desk_case, cases)
        insert_many(connection, looked, _looked(city, day))
        connection.execute(sa.insert(desk_day).values(day=name, last=len(cases)))
    return len(seen)


def _day_name(city: City, day: Day) -> str:
    return f"SW-{utc(city.plan.start + day.number * DAY_S + DAY_S / 2)[:10].replace('-', '')}-"


def _id(one: Violation) -> str:
    named = f"{one.camera}/{one.kind}/{one.start!r}"
    return hashlib.sha256(named.encode()).hexdigest()[:26]


def _incident(one: Violation) -> dict[str, Any]:
    width, height = SIZE
    x1, y1, x2, y2 = KINDS[one.kind].box
    box = (x1 * width, y1 * height, x2 * width, y2 * height)
    at = one.start + DWELL_S
    return INCIDENT | {
        "id": _id(one),
        "camera_id": one.camera,
        "zone_id": one.zone,
        "type": one.type,
        "state": "closed",
        "first_seen": one.start,
        "last_seen": one.end,
        "observed_s": one.end - one.start,
        "unobserved_s": 0.0,
        "anchor": box,
        "bbox": box,
        "lon": one.lon,
        "lat": one.lat,
        "violation_at": at,
        "opened_at": at,
        "cleared_at": one.end,
        "closed_at": one.end + _ANSWER_S,
    }


def _case(one: Violation, number: str, revision: int) -> dict[str, Any]:
    at, ended = one.start + DWELL_S, one.end + _ANSWER_S
    return _common(number, _id(one), one.type, at, revision) | {
        "source": "video",
        "state": CaseState.CLOSED.value,
        "camera_id": one.camera,
        "zone_id": one.zone,
        "lon": one.lon,
        "lat": one.lat,
        "grid_code": one.grid,
        "place_key": f"{one.camera}/{one.zone}",
        "ended_at": ended,
        "history": [
            {"state": "reported", "at": utc(at)},
            {"state": "accepted", "at": utc(at + _ANSWER_S)},
            {"state": "handled", "at": utc(one.end)},
            {"state": "closed", "at": utc(ended)},
        ],
    }


def _told(one: Complaint, number: str, revision: int) -> dict[str, Any]:
    return _common(number, f"12345-{number}", one.type, one.at, revision) | {
        "source": "mobile",
        "state": CaseState.ACCEPTED.value,
        "camera_id": None,
        "zone_id": None,
        "lon": one.lon,
        "lat": one.lat,
        "grid_code": one.grid,
        "place_key": None,
        "ended_at": None,
        "history": [{"state": step, "at": utc(one.at)} for step in ("reported", "accepted")],
    }


def _common(number: str, name: str, type_: str, at: Seconds, revision: int) -> dict[str, Any]:
    return CASE | {
        "number": number,
        "external_id": name,
        "idempotency_key": f"key-{name}",
        "type": type_,
        "occurred_at": at,
        "reported_at": at + 1,
        "deadline": at + DAY_S,
        "revision": revision,
        "document": DOCUMENT | {"external_id": name, "type": type_},
    }


def _looked(city: City, day: Day) -> Iterator[dict[str, Any]]:
    number = day_of(city.plan.start + day.number * DAY_S)
    zones = zones_of()
    for post, hours in zip(city.ground.posts, day.looked_s.tolist(), strict=True):
        of_day = dict(zip(HOUR_COLUMNS, hours, strict=True))
        for zone in zones:
            yield {"camera_id": post.id, "zone_id": zone, "day": number, **of_day}
