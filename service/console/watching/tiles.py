"""Cameras as tiles of the wall."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from streetwatch.service.console.casework.words import Say
from streetwatch.service.console.watching.signs import SIGNS, WORST_FIRST
from streetwatch.service.desk.tallies import OpenCases
from streetwatch.service.runtime.condition import Condition
from streetwatch.service.runtime.live import LiveCamera, LiveStay, LiveZone
from streetwatch.vision.types import Seconds

#: What a tile's drawing is measured in: thousandths of the picture's sides.
_WHOLE: Final = 1000

NO_CASES: Final = OpenCases(0, None)


class Size(StrEnum):
    """How large tiles are, and with that how many are on a page."""

    SMALL = "small"
    MIDDLE = "middle"
    LARGE = "large"

    @property
    def tiles(self) -> int:
        """How many are on a page."""
        return {Size.SMALL: 60, Size.MIDDLE: 24, Size.LARGE: 12}[self]


@dataclass(frozen=True, slots=True)
class Search:
    """Which cameras are wanted.

    Attributes:
        text: Part of the name or id, whatever the case.
        condition: Only these; None: all.
        page: From 0 on.
    """

    text: str = ""
    condition: Condition | None = None
    page: int = 0
    size: Size = Size.MIDDLE


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the wall.

    Attributes:
        counts: How many cameras that the text fits are in each condition.
        page: The page that is shown: the last one where there are fewer than were asked for.
        found: How many cameras there are on all pages.
    """

    cameras: tuple[LiveCamera, ...]
    counts: Mapping[Condition, int]
    page: int
    pages: int
    found: int


def wanted(cameras: Iterable[LiveCamera], search: Search) -> list[LiveCamera]:
    """Return the cameras that are wanted: those that need somebody first, then by name."""
    found = [
        one
        for one in cameras
        if _fits(one, search.text) and search.condition in (None, one.condition)
    ]
    return sorted(found, key=lambda one: (WORST_FIRST.index(one.condition), one.name, one.id))


def shown(cameras: Sequence[LiveCamera], search: Search) -> Shown:
    """Return a page of the cameras that are wanted."""
    fitting = [one for one in cameras if _fits(one, search.text)]
    counts = {one: sum(each.condition is one for each in fitting) for one in Condition}
    found = wanted(cameras, search)
    size = search.size.tiles
    pages = max(-(-len(found) // size), 1)
    page = min(max(search.page, 0), pages - 1)
    on_page = tuple(found[page * size : (page + 1) * size])
    return Shown(on_page, counts, page, pages, len(found))


def _fits(camera: LiveCamera, text: str) -> bool:
    wanted = text.strip().casefold()
    return wanted in camera.name.casefold() or wanted in camera.id.casefold()


def tile_of(
    camera: LiveCamera, cases: OpenCases, *, names: Mapping[str, str], say: Say
) -> dict[str, Any]:
    """Return a camera as the wall's component takes it."""
    sign = SIGNS[camera.condition]
    words = condition_words(camera, say)
    open_words = say("{count} open case", "{count} open cases", count=cases.n)
    told = [camera.name, words, *([open_words] if cases.n else [])]
    return {
        "id": camera.id,
        "name": camera.name,
        "label": ", ".join(told),
        "tone": sign.tone,
        "sign": sign.icon,
        "words": words,
        "open": cases.n,
        "level": cases.level or "",
        "zones": [_zone(zone) for zone in camera.zones],
        "stays": [_stay(stay, names, say) for stay in camera.stays],
    }


def condition_words(camera: LiveCamera, say: Say) -> str:
    """Say how a camera is, and since when it has been silent where that matters."""
    words = say(SIGNS[camera.condition].words)
    if camera.condition is Condition.LIVE or camera.age_s is None:
        return words
    return f"{words} {clock_words(camera.age_s)}"


def clock_words(seconds: Seconds) -> str:
    """Write a duration as a clock does.

    >>> clock_words(42), clock_words(3725), clock_words(200_000)
    ('0:42', '1:02:05', '55:33:20')
    """
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _zone(zone: LiveZone) -> dict[str, str]:
    points = " ".join(f"{_scaled(x)},{_scaled(y)}" for x, y in zone.polygon)
    return {"id": zone.id, "kind": zone.kind.value, "points": points}


def _stay(stay: LiveStay, names: Mapping[str, str], say: Say) -> dict[str, Any]:
    x1, y1, x2, y2 = stay.box
    dwell, limit = clock_words(stay.dwell_s), clock_words(stay.of_s)
    kind = names.get(stay.type, stay.type)
    return {
        "x": _scaled(x1),
        "y": _scaled(y1),
        "width": _scaled(x2 - x1),
        "height": _scaled(y2 - y1),
        "type": stay.type,
        "is_violation": stay.is_violation,
        "dwell": dwell,
        "words": say("{type} {dwell} of {limit}", type=kind, dwell=dwell, limit=limit),
    }


def _scaled(part: float) -> float:
    return round(part * _WHOLE, 1)


def changed(
    before: Mapping[str, Mapping[str, Any]], tiles: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the tiles that are not as they were."""
    return [one for one in tiles if before.get(one["id"]) != one]
