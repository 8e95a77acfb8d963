"""Routes to be printed: a table a team, and a code at each place that opens a telephone's map."""

from functools import cache
from pathlib import Path
from typing import Final

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from streetwatch.service.desk.foresight.month_words import WORDS, Tongue, said
from streetwatch.service.desk.foresight.rounds import Rounds
from streetwatch.service.foresight.patrol_export import clock, geo_uri
from streetwatch.service.foresight.patrol_replay import Met
from streetwatch.zones.ground import MapPoint

_TEMPLATES: Final = Path(__file__).with_name("templates")


def as_page(found: Rounds, tongue: Tongue) -> str:
    """Write routes as a page of HTML that needs nothing from elsewhere."""
    return _template().render(
        found=found,
        lang="zh-CN" if tongue is Tongue.ZH else "en",
        say=lambda key: said(WORDS[key], tongue),
        gain=gain(found.met, tongue),
        clock=clock,
        qr=_code,
    )


def gain(met: Met, tongue: Tongue) -> str:
    """Say what such routes would have met more than the fixed round."""
    if met.more is None or met.low is None or met.high is None:
        return said(WORDS["no_gain"], tongue)
    told = said(WORDS["gain"], tongue) + (said(WORDS["loss"], tongue) if met.high < 0 else "")
    return told.format(
        days=met.days,
        planned=met.planned,
        fixed=met.fixed,
        more=f"{met.more:+.2f}",
        low=f"{met.low:+.2f}",
        high=f"{met.high:+.2f}",
    )


@cache
def _template() -> Template:
    there = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    return there.get_template("patrol.html")


def _code(at: MapPoint) -> Markup:
    drawn: str = segno.make(geo_uri(at), micro=False).svg_inline(scale=2, border=2)
    return Markup(drawn)  # noqa: S704 -- what we drew ourselves
