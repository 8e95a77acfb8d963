"""A zone's people as a picture: what was seen, what is usual, what was warned of."""

import io
from collections.abc import Callable, Iterator

from PIL import Image, ImageDraw

from streetwatch.service.desk.foresight.crowds import Course
from streetwatch.service.foresight.crowd_baseline import SLOT_S, hour_of_week

_WIDE, _TALL, _AROUND = 1200, 420, 44
_INK, _PAPER, _QUIET = (30, 36, 44), (255, 255, 255), (150, 156, 164)
_SEEN, _BAND, _LEVEL, _WARNED = (63, 127, 214), (222, 232, 246), (180, 84, 26), (200, 30, 20)

_Place = Callable[[float, float], tuple[float, float]]


def course_png(found: Course) -> bytes:
    """Draw a zone's course; the caption has letters of ASCII, which every machine can draw."""
    picture = Image.new("RGB", (_WIDE, _TALL), _PAPER)
    pen = ImageDraw.Draw(picture)
    most = max([1.0, found.level or 0.0, *found.slots.people.tolist()]) * 1.05
    at = _placing(found, most)
    _draw_usual(pen, found, at)
    for level in (0.0, found.level):
        if level is not None:
            ends = [at(found.period.start, level), at(found.period.end, level)]
            pen.line(ends, fill=_LEVEL if level else _QUIET)
            pen.text((4, ends[0][1] - 6), f"{level:.0f}", fill=_INK)
    for line in _lines(found):
        pen.line([at(*one) for one in line], fill=_SEEN, width=2)
    for one in found.crowds:
        x, y = at(one.warned_at, one.people)
        pen.line([(x, at(0, 0)[1]), (x, y)], fill=_WARNED)
        pen.polygon([(x - 5, y - 12), (x + 5, y - 12), (x, y - 2)], fill=_WARNED)
    pen.text((_AROUND, _TALL - 24), _caption(found), fill=_INK)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _placing(found: Course, most: float) -> _Place:
    start, length = found.period.start, found.period.end - found.period.start
    wide, tall = _WIDE - 2 * _AROUND, _TALL - 2 * _AROUND

    def at(moment: float, people: float) -> tuple[float, float]:
        return (
            _AROUND + (moment - start) / length * wide,
            _TALL - _AROUND - min(people / most, 1.0) * tall,
        )

    return at


def _draw_usual(pen: ImageDraw.ImageDraw, found: Course, at: _Place) -> None:
    moment = found.period.start
    while moment < found.period.end:
        high = float(found.known.high[hour_of_week(moment)])
        if high == high:  # noqa: PLR0124 -- NaN, where nobody knows, is not itself
            left, right = at(moment, high), at(moment + 3600.0, 0.0)
            pen.rectangle((*left, *right), fill=_BAND)
        moment += 3600.0


def _lines(found: Course) -> Iterator[list[tuple[float, float]]]:
    """Yield what was seen without a gap."""
    line: list[tuple[float, float]] = []
    for at, people in zip(found.slots.at.tolist(), found.slots.people.tolist(), strict=True):
        if line and at - line[-1][0] > 2 * SLOT_S:
            yield line
            line = []
        line.append((at, people))
    if len(line) > 1:
        yield line


def _caption(found: Course) -> str:
    span = f"{found.period.first} to {found.period.last}"
    words = f"streetwatch: people in {found.place.name}, {span}; shaded: up to what is usual"
    return words.encode("ascii", "replace").decode()
