"""Charts of a month as SVG: bars, days and intervals, drawn without a browser. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDE: Final = 640
_LABEL: Final = 170
_TOLD: Final = 150
_ROW: Final = 26
_TALL: Final = 150
_FOOT: Final = 20

_INK: Final = "#1f2933"
_QUIET: Final = "#7b8794"
_BAR: Final = "#2f6f9f"
_AIM: Final = "#b4541a"


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure to be drawn as a bar.

    Attributes:
        told: What stands behind it: the figure in words, its n.
    """

    label: str
    value: float
    told: str


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure with its interval; None: not measured."""

    label: str
    value: float | None
    low: float | None
    high: float | None
    told: str


def bars(title: str, given: Sequence[Bar]) -> str:
    """Draw bars, one below the other."""
    most = max((one.value for one in given), default=0.0) or 1.0
    lines = []
    for at, one in enumerate(given):
        top, wide = at * _ROW, _room() * one.value / most
        lines += [
            _text(one.label, _LABEL - 8, top + 17, anchor="end"),
            f'<rect x="{_LABEL}" y="{top + 5}" width="{wide:.1f}" height="15" fill="{_BAR}"/>',
            _text(one.told, _LABEL + wide + 6, top + 17),
        ]
    return _drawn(title, len(given) * _ROW + 6, lines)


def spreads(title: str, given: Sequence[Spread], *, most: float, aim: float | None = None) -> str:
    """Draw figures with their intervals, one below the other, from 0 to `most`.

    Args:
        title: For whoever can't see it.
        given: The figures; what was not measured has only its words.
        most: At the right end; what is beyond it is drawn there.
        aim: A line for what they are held against.
    """
    tall = len(given) * _ROW + 6
    lines = [line for at, one in enumerate(given) for line in _spread(one, at * _ROW, most)]
    if aim is not None:
        x = _LABEL + _room() * min(aim / most, 1.0)
        lines.append(
            f'<line x1="{x:.1f}" y1="2" x2="{x:.1f}" y2="{tall - 4}" stroke="{_AIM}" '
            'stroke-dasharray="4 3"/>'
        )
    return _drawn(title, tall, lines)


def _spread(one: Spread, top: float, most: float) -> Iterator[str]:
    yield _text(one.label, _LABEL - 8, top + 17, anchor="end")
    yield _text(one.told, _LABEL + _room() + 8, top + 17)
    if one.value is None or one.low is None or one.high is None:
        return
    low, value, high = (
        _LABEL + _room() * min(max(each / most, 0.0), 1.0)
        for each in (one.low, one.value, one.high)
    )
    y = top + 13
    yield (
        f'<line x1="{low:.1f}" y1="{y}" x2="{high:.1f}" y2="{y}" stroke="{_BAR}" stroke-width="3"/>'
    )
    yield f'<circle cx="{value:.1f}" cy="{y}" r="5" fill="{_BAR}"/>'


def columns(title: str, given: Sequence[tuple[str, float]], *, every: int = 1) -> str:
    """Draw columns side by side; every so many has its label."""
    most = max((value for _, value in given), default=0.0) or 1.0
    step = (_WIDE - 40) / max(len(given), 1)
    lines = [_text(f"{most:g}", 34, 14, anchor="end")]
    for at, (label, value) in enumerate(given):
        tall, left = _TALL * value / most, 40 + at * step
        lines.append(
            f'<rect x="{left:.1f}" y="{4 + _TALL - tall:.1f}" width="{step * 0.8:.1f}" '
            f'height="{tall:.1f}" fill="{_BAR}"/>'
        )
        if at % every == 0:
            lines.append(_text(label, left + step * 0.4, _TALL + _FOOT, anchor="middle"))
    return _drawn(title, _TALL + _FOOT + 8, lines)


def _room() -> float:
    return float(_WIDE - _LABEL - _TOLD)


def _text(words: str, x: float, y: float, *, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="12" font-family="sans-serif" '
        f'text-anchor="{anchor}" fill="{_INK}">{escape(words)}</text>'
    )


def _drawn(title: str, tall: float, lines: Iterable[str]) -> str:
    ground = (
        f'<line x1="0" y1="{tall - 1:.0f}" x2="{_WIDE}" y2="{tall - 1:.0f}" stroke="{_QUIET}"/>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}" '
        f'width="{_WIDE}" height="{tall:.0f}" viewBox="0 0 {_WIDE} {tall:.0f}">'
        f"{''.join(lines)}{ground}</svg>"
    )
