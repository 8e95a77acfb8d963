"""Charts as ECharts takes them, out of a report's rows."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from streetwatch.service.console.casework.words import Say
from streetwatch.service.console.figures.cards import tone_of
from streetwatch.service.desk.reports.figures import Share
from streetwatch.service.desk.reports.hot_spots import HOURS, HotSpot
from streetwatch.service.desk.reports.table import Row

#: Groups that a chart shows, those with the most cases; the CSV has all.
MOST_GROUPS: Final = 20

Options = dict[str, Any]

#: An interval as a bar with two ends: the browser draws it.
_INTERVAL_DRAWN: Final = """(params, api) => {
  const y = api.coord([0, api.value(0)])[1];
  const low = api.coord([api.value(1), 0])[0], high = api.coord([api.value(2), 0])[0];
  const style = { stroke: api.visual('color'), lineWidth: 2, fill: 'none' };
  const line = (x1, y1, x2, y2) => ({ type: 'line', shape: { x1, y1, x2, y2 }, style });
  return { type: 'group', children: [
    line(low, y, high, y), line(low, y - 5, low, y + 5), line(high, y - 5, high, y + 5) ] };
}"""


def shares_chart(
    rows: Sequence[Row], figure: str, *, names: Mapping[str, str], say: Say, aim: float | None
) -> Options | None:
    """Return a share for each group with its interval; None where nothing was measured."""
    measured = [row for row in rows if row.figures.shares[figure].n]
    measured = sorted(measured, key=lambda row: -row.figures.shares[figure].n)[:MOST_GROUPS]
    if not measured:
        return None
    shares = [row.figures.shares[figure] for row in measured]
    labels = [
        f"{_named(row.group, names, say)} (n={share.n})"
        for row, share in zip(measured, shares, strict=True)
    ]
    line = {} if aim is None else {"markLine": _aim_line(aim)}
    return {
        **_ground(),
        "tooltip": {"trigger": "item"},
        "grid": {"left": 8, "right": 32, "top": 28, "bottom": 4, "containLabel": True},
        "xAxis": _percent_axis(),
        "yAxis": {"type": "category", "data": labels, "inverse": True, **_axis()},
        "series": [
            {
                "type": "custom",
                "name": say("95 % interval"),
                ":renderItem": _INTERVAL_DRAWN,
                "encode": {"x": [1, 2], "y": 0},
                "data": [
                    {"value": [place, *_ends(share)], "itemStyle": {"color": _colour(share, aim)}}
                    for place, share in enumerate(shares)
                ],
                "tooltip": {"show": False},
            },
            {
                "type": "scatter",
                "symbolSize": 11,
                "data": [
                    {
                        "value": [round(share.value or 0.0, 4), place],
                        "name": label,
                        "itemStyle": {"color": _colour(share, aim)},
                    }
                    for place, (share, label) in enumerate(zip(shares, labels, strict=True))
                ],
                "tooltip": {
                    ":formatter": "p => p.name + '<br>' + (p.value[0]*100).toFixed(1)+' %'"
                },
                **line,
            },
        ],
    }


def _ends(share: Share) -> tuple[float, float]:
    low, high = share.interval or (0.0, 1.0)
    return round(low, 4), round(high, 4)


_COLOURS: Final = {"good": "#2b8a4b", "bad": "#c8372d", "": "#3f7fd6"}


def _colour(share: Share, aim: float | None) -> str:
    return _COLOURS["" if aim is None else tone_of(share)]


def _aim_line(aim: float) -> Options:
    return {
        "symbol": "none",
        "silent": True,
        "data": [{"xAxis": aim}],
        "lineStyle": {"color": "#c8372d", "type": "dashed", "width": 1.5},
        "label": {"formatter": f"{aim:.0%}", "color": "#c8372d", "position": "end"},
    }


def times_chart(
    rows: Sequence[Row], figure: str, *, names: Mapping[str, str], say: Say
) -> Options | None:
    """Return median and 90th percentile for each group, in minutes; None where there are none."""
    measured = [row for row in rows if row.figures.times[figure].n]
    if not measured:
        return None
    times = [row.figures.times[figure] for row in measured]
    labels = [
        f"{_named(row.group, names, say)} (n={one.n})"
        for row, one in zip(measured, times, strict=True)
    ]
    return {
        **_ground(),
        "tooltip": {"trigger": "axis"},
        "legend": {"right": 8, "top": 0, "textStyle": {"color": _INK}},
        "grid": {"left": 8, "right": 24, "top": 32, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "value", "name": say("min"), **_axis()},
        "yAxis": {"type": "category", "data": labels, "inverse": True, **_axis()},
        "series": [
            _bar(say("median"), [_minutes(one.median_s) for one in times], "#3f7fd6"),
            _bar(say("90th percentile"), [_minutes(one.p90_s) for one in times], "#9aa7b8"),
        ],
    }


def _minutes(seconds: float | None) -> float:
    return round((seconds or 0.0) / 60, 2)


def days_chart(rows: Sequence[Row], *, say: Say) -> Options | None:
    """Return how many cases came in each day and how many of them were rejected."""
    if not any(row.figures.cases for row in rows):
        return None
    rejected = [_rejected(row.figures.shares["precision"]) for row in rows]
    filed = [row.figures.cases - no for row, no in zip(rows, rejected, strict=True)]
    return {
        **_ground(),
        "tooltip": {"trigger": "axis"},
        "legend": {"right": 8, "top": 0, "textStyle": {"color": _INK}},
        "grid": {"left": 8, "right": 16, "top": 32, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": [row.period.name for row in rows], **_axis()},
        "yAxis": {"type": "value", "minInterval": 1, **_axis()},
        "series": [
            _bar(say("filed"), filed, "#3f7fd6", stack="all"),
            _bar(say("rejected"), rejected, "#c8372d", stack="all"),
        ],
    }


def _rejected(precision: Share) -> int:
    return precision.n - precision.hits


def hours_chart(spots: Sequence[HotSpot], *, say: Say) -> Options | None:
    """Return what became a violation in each hour of the day, over all places."""
    if not spots:
        return None
    hours = [sum(spot.hours[hour] for spot in spots) for hour in range(HOURS)]
    return {
        **_ground(),
        "tooltip": {"trigger": "axis"},
        "grid": {"left": 8, "right": 16, "top": 16, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "category", "data": [f"{hour:02d}" for hour in range(HOURS)], **_axis()},
        "yAxis": {"type": "value", "minInterval": 1, **_axis()},
        "series": [_bar(say("violations"), hours, "#3f7fd6")],
    }


#: Charts are drawn on a canvas that knows no style sheet: grey that is legible on both grounds.
_INK: Final = "#7b8696"


def _ground() -> Options:
    return {"animation": False, "backgroundColor": "transparent", "textStyle": {"color": _INK}}


def _axis() -> Options:
    return {
        "axisLabel": {"color": _INK},
        "axisLine": {"lineStyle": {"color": _INK}},
        "splitLine": {"lineStyle": {"color": "#7b869633"}},
    }


def _percent_axis() -> Options:
    label = {"color": _INK, ":formatter": "v => Math.round(v * 100) + ' %'"}
    return {"type": "value", "min": 0, "max": 1, **_axis(), "axisLabel": label}


def _bar(name: str, data: Sequence[float], colour: str, *, stack: str | None = None) -> Options:
    stacked = {} if stack is None else {"stack": stack}
    return {
        "type": "bar",
        "name": name,
        "data": list(data),
        "itemStyle": {"color": colour},
        "barMaxWidth": 18,
        **stacked,
    }


def _named(group: str, names: Mapping[str, str], say: Say) -> str:
    return names.get(group, group) or say("unknown")
