"""Cards, charts and tables of figures, each with what it is of and the way to take it along."""

from collections.abc import Iterable, Sequence
from typing import Final

from nicegui import ui

from streetwatch.service.console.figures.cards import Card
from streetwatch.service.console.figures.charts import Options
from streetwatch.service.console.language import say

#: Pixels of a bar's row, and of what is around them.
_ROW: Final = 30
_AROUND: Final = 70
_LEAST: Final = 240

#: A table of so many columns takes the whole width: in half of it, its figures would break.
_WIDE: Final = 5

#: Hands the chart's picture to the browser as a file.
_SAVE: Final = """() => {
  const chart = getElement(%d).chart;
  const dark = document.body.classList.contains('body--dark');
  const way = document.createElement('a');
  const ground = dark ? '#191f29' : '#fff';
  way.href = chart.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: ground });
  way.download = %s;
  way.click();
}"""


def draw_card(card: Card, span: str) -> None:
    """Draw one figure."""
    with ui.element("div").classes(f"sw-card fg-card {card.tone}").props("role=listitem"):
        ui.label(card.name).classes("fg-name")
        ui.label(card.value).classes("fg-value sw-number")
        ui.label(card.range).classes("fg-range sw-number")
        ui.label(_of(card, span)).classes("fg-n sw-quiet")
        ui.label(card.how).classes("fg-how sw-quiet")


def _of(card: Card, span: str) -> str:
    return f"n = {card.n} {card.of} · {span}"


def draw_chart(title: str, options: Options | None, *, csv: str, span: str) -> None:
    """Draw a chart, or say that nothing was measured."""
    card = ui.element("section").classes("sw-card sw-column fg-chart")
    with card.props(f'aria-label="{title}"'):
        with ui.element("div").classes("sw-row"):
            ui.label(title).classes("sw-subtitle").props("role=heading aria-level=2")
            ui.element("div").classes("sw-grow")
            ui.label(span).classes("sw-quiet sw-number")
        if options is None:
            ui.label(say("not measured")).classes("sw-empty")
            return
        chart = ui.echart(options).style(f"height:{_height(options)}px")
        chart.props(f'role=img aria-label="{title}"')
        with ui.element("div").classes("sw-row"):
            ui.link(say("CSV"), csv).props("download")
            save = ui.button(say("PNG")).props("flat dense")
            save.on("click", js_handler=_SAVE % (chart.id, f"'{file_of(title)}'"))


def _height(options: Options) -> int:
    rows = options["yAxis"].get("data")
    return max(_LEAST, _AROUND + _ROW * len(rows)) if rows else _LEAST


def file_of(title: str) -> str:
    """Return what a picture of this title is called as a file."""
    return "".join(one if one.isalnum() else "-" for one in title) + ".png"


def draw_table(  # noqa: PLR0913 -- what stands around a table
    title: str,
    columns: Sequence[str],
    lines: Iterable[Sequence[str]],
    *,
    csv: str = "",
    span: str = "",
    nothing: str = "",
) -> None:
    """Draw a table; without a line say what that means, or that nothing was measured."""
    lines = list(lines)
    wide = "fg-wide" if len(columns) >= _WIDE else ""
    card = ui.element("section").classes(f"sw-card sw-column fg-chart {wide}")
    with card.props(f'aria-label="{title}"'):
        with ui.element("div").classes("sw-row"):
            ui.label(title).classes("sw-subtitle").props("role=heading aria-level=2")
            ui.element("div").classes("sw-grow")
            ui.label(span).classes("sw-quiet sw-number")
        if not lines:
            ui.label(nothing or say("not measured")).classes("sw-empty")
            return
        with ui.element("table").classes("sw-table"):
            with ui.element("thead"), ui.element("tr"):
                for column in columns:
                    _cell("th", column).props("scope=col")
            with ui.element("tbody"):
                for line in lines:
                    with ui.element("tr"):
                        for text in line:
                            _cell("td", text)
        if csv:
            ui.link(say("CSV"), csv).props("download")


def _cell(tag: str, text: str) -> ui.element:
    cell = ui.element(tag)
    with cell:
        ui.label(text)
    return cell
