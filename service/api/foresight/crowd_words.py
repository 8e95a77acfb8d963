"""People in zones as JSON and as lines of CSV."""

from collections.abc import Iterator
from dataclasses import asdict
from math import isnan
from typing import Any, Final

from streetwatch.service.api.foresight.formats import rounded
from streetwatch.service.desk.foresight.crowds import Course, Place, Used
from streetwatch.service.desk.reports.formats import period_json
from streetwatch.service.foresight.crowd_baseline import SLOT_S, Baseline, hour_of_week
from streetwatch.service.foresight.occupancy import Occupancy, when
from streetwatch.service.store.crowds import Crowd
from streetwatch.zones.moment import local
from streetwatch.zones.schedule import DAYS

_HOURS: Final = range(168)


def crowd_json(one: Crowd) -> dict[str, Any]:
    """Return a crowd that was warned of."""
    return {
        "id": one.id,
        "camera": one.camera_id,
        "zone": one.zone_id,
        "warned_at": local(one.warned_at),
        "people": rounded(one.people),
        "usual": rounded(one.usual),
        "heads_to": rounded(one.heads_to),
        "level": rounded(one.level),
        "is_usual": one.is_usual,
        "peak": rounded(one.peak),
        "peak_at": local(one.peak_at),
        "ended_at": None if one.ended_at is None else local(one.ended_at),
    }


def place_json(one: Place) -> dict[str, Any]:
    """Return a zone in which people are counted."""
    return {
        "camera": one.camera_id,
        "camera_name": one.camera_name,
        "zone": one.zone_id,
        "kind": one.kind.value,
        "level": one.level,
    }


def course_json(found: Course) -> dict[str, Any]:
    """Return a zone's course, with what is usual by hour of the week."""
    names = ("at", "looks", "people", "most", "usual", "high", "n", "source")
    return {
        "period": period_json(found.period),
        "zone": place_json(found.place),
        "slot_s": SLOT_S,
        "level": rounded(found.level),
        "spread": rounded(found.known.spread),
        "slots": [dict(zip(names, line, strict=True)) for line in course_lines(found)],
        "usual": [_usual_json(found.known, hour) for hour in _HOURS],
        "crowds": [crowd_json(one) for one in found.crowds],
    }


def _usual_json(known: Baseline, hour: int) -> dict[str, Any]:
    weekday, of_day = when(hour)
    median, high, n, source = usual_at(known, hour)
    return {
        "weekday": DAYS[weekday],
        "hour": of_day,
        "median": median,
        "high": high,
        "n": n,
        "source": source,
    }


def usual_at(known: Baseline, hour: int) -> tuple[float | None, float | None, int, str | None]:
    """Return what is usual in an hour of the week; None where nobody knows."""
    median, high = (float(each[hour]) for each in (known.median, known.high))
    if isnan(median):
        return None, None, 0, None
    source = known.sources[hour]
    return rounded(median), rounded(high), int(known.n[hour]), source.value if source else None


def course_lines(found: Course) -> Iterator[list[Any]]:
    """Yield a line for each ten minutes in which somebody looked."""
    slots = found.slots
    columns = (slots.at, slots.of("looks"), slots.people, slots.of("most"))
    for at, looks, people, most in zip(*(one.tolist() for one in columns), strict=True):
        usual = usual_at(found.known, hour_of_week(at))
        yield [local(at), looks, rounded(people), most, *usual]


def used_json(one: Used) -> dict[str, Any]:
    """Return how far stalls made use of a permitted place."""
    return {
        "place": place_json(one.place),
        "all": _occupancy(one.hours[0]) if one.hours else None,
        "hours": [_at(each) | _occupancy(each) for each in one.hours[1:]],
    }


def _occupancy(one: Occupancy) -> dict[str, Any]:
    return {name: rounded(value) for name, value in asdict(one).items() if name != "hour"}


def _at(one: Occupancy) -> dict[str, Any]:
    if one.hour is None:
        return {"weekday": "", "hour": ""}
    weekday, hour = when(one.hour)
    return {"weekday": DAYS[weekday], "hour": hour}


def used_lines(one: Used) -> Iterator[list[Any]]:
    """Yield a line over all, without weekday and hour, and one for each hour of the week."""
    for each in one.hours:
        place = [one.place.camera_id, one.place.zone_id]
        yield [*place, *_at(each).values(), *_occupancy(each).values()]
