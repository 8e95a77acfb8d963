"""The month's page as HTML: no script, nothing from elsewhere, charts inside."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from streetwatch.service.desk.foresight.month import MOST, OUTING, MonthPage
from streetwatch.service.desk.foresight.month_words import FINDINGS, LACKS, WORDS, Tongue, said
from streetwatch.service.desk.reports.figures import Share
from streetwatch.service.desk.reports.monthly import SHARES, TIMES, duration, summary
from streetwatch.service.desk.reports.table import By, Row
from streetwatch.service.foresight.best_hours import best_window
from streetwatch.service.foresight.campaign import Effect, Lack, Ratio
from streetwatch.service.foresight.efficiency import Times
from streetwatch.service.foresight.hotspots import Change, Heat
from streetwatch.service.foresight.month_chart import Bar, Spread, bars, columns, spreads
from streetwatch.service.foresight.occupancy import Occupancy
from streetwatch.service.foresight.patrol_export import clock
from streetwatch.service.foresight.relapse import Relapse
from streetwatch.zones.moment import local
from streetwatch.zones.naming import NAMES

_TEMPLATES: Final = Path(__file__).with_name("templates")

#: What precision is held against.
_AIM: Final = 0.92

_PER_HOURS: Final = 100.0

#: Of each team, so many places are told; the patrols' tab tells all.
_STOPS: Final = 3

Say = Callable[[str], str]


def as_html(body: str, month: str, tongue: Tongue) -> str:
    """Write a month's page of its own, around what `as_part` has written."""
    return (
        _templates()
        .get_template("month.html")
        .render(
            title=f"{said(WORDS['title'], tongue)} {month}",
            lang="zh-CN" if tongue is Tongue.ZH else "en",
            body=Markup(body),  # noqa: S704 -- what we wrote ourselves
        )
    )


def as_part(page: MonthPage, tongue: Tongue) -> str:
    """Write what stands below the page's title, as a part of another page."""

    def say(key: str) -> str:
        return said(WORDS[key], tongue)

    return (
        _templates()
        .get_template("month_body.html")
        .render(
            page=page,
            say=say,
            summary=summary(page.month)[tongue.value],
            made=local(page.made_at)[:16].replace("T", " "),
            shares=[
                (said(SHARES[name], tongue), one) for name, one in page.month.whole.shares.items()
            ],
            times=[
                (said(TIMES[name], tongue), one) for name, one in page.month.whole.times.items()
            ],
            charts=_charts(page, tongue, say),
            grids=_busiest(page.month.of(By.GRID)),
            kind=lambda name: said(NAMES.get(name, (name, name)), tongue),
            share=lambda one: _share(one, say),
            span=_span,
            duration=duration,
            outcome=lambda one: _outcome(one, tongue, say),
            finding=lambda one: said(FINDINGS[one.finding], tongue),
            multiple=lambda one: _multiple(one, say),
            cell=lambda one: page.ahead.spots.cells[one.cell].id,
            window=_window,
            change=lambda one: _change(one, say),
            used=lambda one: used_words(one, say),
            moment=lambda at: local(at)[:16].replace("T", " "),
            most=MOST,
            shift=_shift(say),
            clock=clock,
            stops=_STOPS,
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _charts(page: MonthPage, tongue: Tongue, say: Say) -> dict[str, Markup]:
    types = _busiest(page.month.of(By.TYPE))
    names = {row.group: said(NAMES.get(row.group, (row.group,) * 2), tongue) for row in types}
    hot = page.ahead.hot[:MOST]
    drawn = {
        "hot": spreads(
            say("rate"),
            [_rate(page.ahead.spots.cells[one.cell].id, one) for one in hot],
            most=max((one.high * _PER_HOURS for one in hot), default=1.0),
        ),
        "types": bars(
            say("by_type"),
            [Bar(names[row.group], row.figures.cases, str(row.figures.cases)) for row in types],
        ),
        "precision": spreads(
            say("precision_by_type"),
            [_spread(names[row.group], row.figures.shares["precision"], say) for row in types],
            most=1.0,
            aim=_AIM,
        ),
        "days": columns(
            say("by_day"), [(str(day), n) for day, n in enumerate(page.days, start=1)], every=5
        ),
        "hours": columns(
            say("by_hour"), [(f"{hour}", n) for hour, n in enumerate(page.hours)], every=3
        ),
        "relapse": spreads(
            say("relapse"),
            [_came_back(one, say) for one in page.relapses],
            most=1.0,
        ),
        "campaigns": spreads(
            say("campaigns"),
            [_changed(one.campaign.name, one.effect, say) for one in page.campaigns],
            most=3.0,
            aim=1.0,
        ),
    }
    return {name: Markup(svg) for name, svg in drawn.items()}  # noqa: S704 -- escaped where drawn


def _rate(label: str, one: Heat) -> Spread:
    rate, low, high = (value * _PER_HOURS for value in (one.rate, one.low, one.high))
    return Spread(label, rate, low, high, f"{rate:.3g} [{low:.3g}, {high:.3g}]")


def _shift(say: Say) -> str:
    shift = OUTING.shift
    return say("shift").format(teams=shift.teams, start=shift.start_hour, hours=shift.hours)


def _window(one: Heat) -> str:
    start, end = best_window(one.by_hour)
    return f"{start:02}:00 – {end:02}:00"  # noqa: RUF001


def _change(one: Change, say: Say) -> str:
    """Write a change; where there was nothing before, it has no upper limit."""
    if one.ratio is None:
        return say("not_measured")
    high = "∞" if one.high is None else f"{one.high:.2g}"
    return f"{one.ratio:.2g} [{one.low:.2g}, {high}]"


def used_words(one: Occupancy | None, say: Say) -> str:
    """Write how far a permitted place was used, with its interval and the days."""
    if one is None:
        return say("not_measured")
    return f"{one.share:.0%} [{one.low:.0%}, {one.high:.0%}] (n={one.days})"


def _spread(label: str, share: Share, say: Say) -> Spread:
    low, high = share.interval or (None, None)
    told = say("not_measured") if share.value is None else f"{share.value:.1%} (n={share.n})"
    return Spread(label, share.value, low, high, told)


def _came_back(one: Relapse, say: Say) -> Spread:
    told = say("not_measured") if one.value is None else f"{one.value:.1%} (n={one.n})"
    return Spread(say("within").format(days=one.days), one.value, one.low, one.high, told)


def _changed(label: str, effect: Effect | Lack, say: Say) -> Spread:
    if isinstance(effect, Lack):
        return Spread(label, None, None, None, say("not_measured"))
    told = f"{effect.after.value:.2f} (n={effect.before_n}+{effect.after_n})"
    return Spread(label, effect.after.value, effect.after.low, effect.after.high, told)


def _outcome(effect: Effect | Lack, tongue: Tongue, say: Say) -> str:
    if isinstance(effect, Lack):
        return said(LACKS[effect], tongue)
    if not effect.after.is_change:
        return say("no_claim")
    return say("claim_less") if effect.after.high < 1 else say("claim_more")


def _share(share: Share, say: Say) -> str:
    return say("not_measured") if share.value is None else f"{share.value:.1%}"


def _span(one: Share | Relapse | Ratio) -> str:
    """Write an interval; nothing where there is none."""
    if isinstance(one, Ratio):
        return f"{one.low:.2f} – {one.high:.2f}"  # noqa: RUF001
    low, high = (one.interval or (None, None)) if isinstance(one, Share) else (one.low, one.high)
    return "" if low is None or high is None else f"{low:.1%} – {high:.1%}"  # noqa: RUF001


def _multiple(one: Times, say: Say) -> str:
    if one.value is None:
        return say("not_measured")
    return f"{one.value:.1f} [{one.low:.1f}, {one.high:.1f}]"


def _busiest(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.figures.cases, row.group))[:MOST]
