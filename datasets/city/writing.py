"""A simulated city as files."""

import csv
import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from streetwatch.datasets.city.ground import KINDS, cameras_yaml, grids_geojson, roads_geojson
from streetwatch.datasets.city.life import City, Day, Violation
from streetwatch.datasets.city.people import SLOT_S, people_of
from streetwatch.datasets.city.plan import DAY_S, HOUR_S
from streetwatch.datasets.yolo_folder import DatasetError
from streetwatch.vision.types import Seconds

_LOOKED: Final = ("camera", "zone", "hour", "looked_s")
_COMPLAINTS: Final = ("at", "lon", "lat", "grid_code", "type")
_PEOPLE: Final = ("at", "camera", "people")


def write_city(
    city: City, out: Path, *, on_day: Callable[[Day], None], with_days: bool = True
) -> dict[str, int]:
    """Write everything but the looks; return how much there is of what.

    Args:
        city: What to write.
        out: A folder that is empty, or is made.
        on_day: Told of each day that is written.
        with_days: Write what happened, too; else only what the city is.

    Raises:
        DatasetError: the folder holds something, or can't be written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise DatasetError(f"{out}: is not empty: name a new folder")
        _write_ground(city, out)
        return _write_days(city, out, on_day) if with_days else {}
    except OSError as error:
        raise DatasetError(
            f"{out}: can't be written ({error.strerror}): name a folder on a disk with room"
        ) from error


def _write_ground(city: City, out: Path) -> None:
    cameras = cameras_yaml(city.ground, city.planted.crowds)
    (out / "cameras.yaml").write_text(cameras, encoding="utf-8")
    for name, document in (
        ("grids.geojson", grids_geojson(city.ground)),
        ("roads.geojson", roads_geojson(city.ground)),
        ("truth.json", city.planted.truth(city.plan, city.ground)),
    ):
        text = json.dumps(document, ensure_ascii=False, indent=1)
        (out / name).write_text(text + "\n", encoding="utf-8")


def _write_days(city: City, out: Path, on_day: Callable[[Day], None]) -> dict[str, int]:
    counts = {"violations": 0, "seen": 0, "complaints": 0}
    with ExitStack() as files:
        events = files.enter_context((out / "violations.jsonl").open("w", encoding="utf-8"))
        looked, complaints, people = (
            csv.writer(files.enter_context((out / name).open("w", encoding="utf-8", newline="")))
            for name in ("looked.csv", "complaints.csv", "people.csv")
        )
        looked.writerow(_LOOKED)
        complaints.writerow(_COMPLAINTS)
        people.writerow(_PEOPLE)
        for day in city.days():
            events.writelines(json.dumps(event_line(one)) + "\n" for one in day.violations)
            looked.writerows(_looked_rows(city, day))
            complaints.writerows(
                (round(one.at, 1), one.lon, one.lat, one.grid, one.type) for one in day.complaints
            )
            people.writerows(_people_rows(city, day))
            counts["violations"] += len(day.violations)
            counts["seen"] += sum(one.is_seen for one in day.violations)
            counts["complaints"] += len(day.complaints)
            on_day(day)
    return counts


def event_line(one: Violation) -> dict[str, Any]:
    """Return what happened, for JSON."""
    return {
        "camera": one.camera,
        "zone": one.zone if one.camera else None,
        "type": one.type,
        "start": round(one.start, 1),
        "end": round(one.end, 1),
        "lon": one.lon,
        "lat": one.lat,
        "grid_code": one.grid,
        "cleared_by": "crew" if one.by_crew else "itself",
        "vendor": one.vendor,
        "seen": one.is_seen,
    }


def _midnight(city: City, day: Day) -> Seconds:
    return city.plan.start + day.number * DAY_S


def _looked_rows(city: City, day: Day) -> list[tuple[str, str, int, int]]:
    zones, midnight = zones_of(), _midnight(city, day)
    return [
        (post.id, zone, int(midnight + hour * HOUR_S), seconds)
        for post, hours in zip(city.ground.posts, day.looked_s.tolist(), strict=True)
        for zone in zones
        for hour, seconds in enumerate(hours)
        if seconds
    ]


def zones_of() -> tuple[str, ...]:
    """Return the zones that each camera has."""
    return tuple(sorted({kind.zone for kind in KINDS}))


def _people_rows(city: City, day: Day) -> list[tuple[int, str, int]]:
    midnight = _midnight(city, day)
    return [
        (int(midnight + slot * SLOT_S), post.id, count)
        for post, counts in zip(
            city.ground.posts, people_of(city, day.number).tolist(), strict=True
        )
        for slot, count in enumerate(counts)
    ]
