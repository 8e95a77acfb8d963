import re
from xml.etree import ElementTree as ET

import pytest

from streetwatch.service.foresight.month_chart import Bar, Spread, bars, columns, spreads

SVG = "{http://www.w3.org/2000/svg}"


def widths(drawn: str) -> list[float]:
    return [float(one.get("width", "0")) for one in ET.fromstring(drawn).iter(f"{SVG}rect")]  # noqa: S314


def test_bars_are_as_long_as_their_figures_say() -> None:
    drawn = bars("types", [Bar("占道经营", 40, "40"), Bar("<b>", 10, "10")])

    long, short = widths(drawn)
    assert long == pytest.approx(4 * short, rel=0.01)
    assert "占道经营" in drawn
    assert "&lt;b&gt;" in drawn


def test_what_was_not_measured_has_its_words_and_nothing_drawn() -> None:
    drawn = spreads("precision", [Spread("a", None, None, None, "未测量")], most=1.0)

    assert "未测量" in drawn
    assert "circle" not in drawn


def test_an_interval_beyond_the_chart_ends_at_its_edge() -> None:
    drawn = spreads("ratio", [Spread("a", 2.0, 1.0, 90.0, "2")], most=3.0, aim=1.0)

    ends = [float(one) for one in re.findall(r'x2="([\d.]+)"', drawn)]
    assert max(ends[:1]) <= 490
    assert 'stroke-dasharray="4 3"' in drawn


def test_days_without_anything_are_drawn_flat() -> None:
    drawn = columns("days", [("1", 0), ("2", 0)], every=5)

    assert ET.fromstring(drawn).tag == f"{SVG}svg"  # noqa: S314
    assert bars("none", []).startswith("<svg")
