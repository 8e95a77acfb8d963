"""The tab of hot spots: a map with the hours of the day, and what is claimed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from nicegui import ui
from nicegui.events import ValueChangeEventArguments

from streetwatch.service.console.casework.words import Say, type_names
from streetwatch.service.console.figures.drawing import draw_table, file_of
from streetwatch.service.console.foresight.asked import Asked
from streetwatch.service.console.foresight.summary import Summary
from streetwatch.service.console.language import language_here, mark, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.watching.elements import CityMap
from streetwatch.service.console.watching.points import at_on_map, ring_on_map
from streetwatch.service.desk.foresight.outlook import HotSpots
from streetwatch.service.foresight.hotspots import Heat
from streetwatch.service.incidents.errors import InputError
from streetwatch.zones.place import Place

#: Lines of a table; the CSV has all.
MOST_LINES: Final = 50

#: A rate is told for so many hours: an hour's is too small to read.
PER_HOURS: Final = 100.0

ALL_DAY: Final = -1

PARTS_OF_DAY: Final = {
    "day": mark("all day"),
    "night": mark("0 to 6 o'clock"),
    "morning": mark("6 to 12 o'clock"),
    "afternoon": mark("12 to 18 o'clock"),
    "evening": mark("18 to 24 o'clock"),
}

WEEKDAYS: Final = (
    *(mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday"), mark("Friday")),
    *(mark("Saturday"), mark("Sunday")),
)


async def draw_hot_spots(parts: Parts, asked: Asked) -> None:
    """Draw the tab."""
    type_ = asked.span.type or None
    period = asked.span.wanted().period
    try:
        found = await asyncio.to_thread(
            parts.foreseer.outlook.hot_spots, period, kind=asked.kind, type=type_
        )
    except InputError as error:
        ui.label(str(error)).classes("sw-empty")
        return
    if not found.findings.heats:
        ui.label(say("Nobody has looked in these days: not measured.")).classes("sw-empty")
        return
    names = type_names(parts.triaging.profile, language_here())
    summary = Summary(parts.foreseer.outlook, parts.foreseer, period)
    summary.draw(found, names, asked.span.words)
    _Map(parts, asked, found).draw()
    _draw_tables(found, asked, names)
    await summary.fill()


@dataclass(slots=True, eq=False, repr=False)
class _Map:
    """The map, its hour and its weekday."""

    parts: Parts
    asked: Asked
    found: HotSpots
    hour: int = ALL_DAY
    weekday: int | None = None
    city: CityMap = field(init=False)
    said: ui.label = field(init=False)

    def draw(self) -> None:
        """Draw it with what moves it."""
        card = ui.element("section").classes("sw-card sw-column fs-map")
        with card.props(f'aria-label="{say("Hot spots")}"'):
            with ui.element("div").classes("sw-row sw-wrap"):
                self._draw_hours()
                ui.element("div").classes("sw-grow")
                self._draw_files()
            self.city = CityMap(self._points(), parts=self.parts)
            ui.label(
                say(
                    "The deeper, the more an hour looked at; red: claimed to be a hot spot. "
                    "{tests} comparisons, at most 5 % of all claims are false.",
                    tests=self.found.findings.tests,
                )
            ).classes("sw-quiet")

    def _draw_hours(self) -> None:
        self.said = ui.label(self._hour_words()).classes("fs-hour sw-number").props("role=status")
        slider = ui.slider(min=ALL_DAY, max=23, value=ALL_DAY, on_change=self._move)
        slider.classes("fs-slider").props(f'aria-label="{say("Hour of the day")}" markers snap')
        days: dict[int, str] = {ALL_DAY: say("all weekdays")}
        days |= {number: say(name) for number, name in enumerate(WEEKDAYS)}
        ui.select(days, label=say("Weekday"), value=ALL_DAY, on_change=self._turn).classes(
            "fg-select"
        ).props("dense outlined options-dense")

    def _draw_files(self) -> None:
        way = f"/foresight/hot-spots?{self.asked.api}"
        for words, name in (("CSV", "csv"), ("GeoJSON", "geojson"), ("PNG", "png")):
            ui.link(words, f"{way}&format={name}").props("download")
        file = file_of(say("Hot spots"))
        ui.button(say("The map as PNG"), on_click=lambda: self.city.save(file)).props("flat dense")

    def _move(self, event: ValueChangeEventArguments[Any]) -> None:
        self.hour = int(event.value)
        self._show()

    def _turn(self, event: ValueChangeEventArguments[Any]) -> None:
        self.weekday = None if event.value == ALL_DAY else int(event.value)
        self._show()

    def _show(self) -> None:
        self.said.set_text(self._hour_words())
        self.city.show(self._points())

    def _hour_words(self) -> str:
        return say("all day") if self.hour == ALL_DAY else f"{self.hour:02d}:00"

    def _points(self) -> list[dict[str, Any]]:
        rates = cell_rates(self.found, hour=self.hour, weekday=self.weekday)
        most = max((rate for rate, _ in rates.values()), default=0.0)
        hot = {one.cell for one in self.found.findings.heats if one.is_hot}
        crs = self.parts.settings.console.map_crs
        return [
            {
                **at_on_map(Place(cell.lon, cell.lat), crs),
                "ring": ring_on_map(cell.ring, crs),
                "depth": round((rate / most) ** 0.5, 3),
                "kind": "spot",
                "tone": "" if number in hot else "calm",
                "size": round(14 + 34 * (rate / most) ** 0.5),
                "count": "" if cell.ring and number not in hot else f"{PER_HOURS * rate:.2g}",
                "label": say(
                    "{cell}: {rate} in 100 hours looked at, n = {n}",
                    cell=cell.id,
                    rate=f"{PER_HOURS * rate:.3g}",
                    n=n,
                ),
                "above": 100 if number in hot else 0,
            }
            for number, cell in enumerate(self.found.cells)
            if number in rates
            for rate, n in (rates[number],)
            if n
        ]


def cell_rates(found: HotSpots, *, hour: int, weekday: int | None) -> dict[int, tuple[float, int]]:
    """Return each cell's rate over all types that are shown, and its n, in an hour or all."""
    rates: dict[int, tuple[float, int]] = {}
    if not found.tallies:
        return rates
    for tally in found.tallies.values():
        now = tally.part(tally.days - found.days, tally.days)
        of = slice(None) if weekday is None else now.weekdays == weekday
        hours = slice(None) if hour == ALL_DAY else slice(hour, hour + 1)
        counts = now.counts[:, of][:, :, hours].sum(axis=(1, 2)).tolist()
        looked = now.hours[:, of][:, :, hours].sum(axis=(1, 2)).tolist()
        for cell, (n, h) in enumerate(zip(counts, looked, strict=True)):
            if h:
                rate, many = rates.get(cell, (0.0, 0))
                rates[cell] = (rate + n / h, many + int(n))
    return rates


def _draw_tables(found: HotSpots, asked: Asked, names: Mapping[str, str]) -> None:
    csv = f"/foresight/hot-spots?{asked.api}&format=csv"
    hot = [one for one in found.findings.heats if one.is_hot]
    with ui.element("div").classes("fg-charts"):
        draw_table(
            say("Hot spots: more than the hours looked at explain"),
            (
                say("Cell"),
                say("Type"),
                say("Violations in 100 h [95 %]"),
                "n / h",
                say("expected"),
                say("most in"),
                "q",
            ),
            (heat_line(one, found, names, say) for one in hot[:MOST_LINES]),
            csv=csv,
            span=asked.span.words,
            nothing=say("Nothing beyond chance."),
        )
        changed = [one for one in found.findings.heats if _has_changed(one)]
        draw_table(
            say("Changed against the period before, by more than noise"),
            (say("Cell"), say("Type"), say("times [95 %]"), say("n now / before"), "q"),
            (change_line(one, found, names) for one in changed[:MOST_LINES]),
            csv=csv,
            span=asked.span.words,
            nothing=say("Nothing beyond chance."),
        )


def _has_changed(one: Heat) -> bool:
    return one.change is not None and one.change.is_more_than_noise


def heat_line(one: Heat, found: HotSpots, names: Mapping[str, str], say: Say) -> Sequence[str]:
    """Return a hot spot as a line of the table."""
    rate, low, high = (f"{PER_HOURS * value:.3g}" for value in (one.rate, one.low, one.high))
    return (
        found.cells[one.cell].id,
        names.get(one.type, one.type),
        f"{rate} [{low}, {high}]",
        f"{one.n} / {one.hours:.0f}",
        f"{one.expected:.1f}",
        say(PARTS_OF_DAY[one.part]),
        f"{one.q:.2g}",
    )


def change_line(one: Heat, found: HotSpots, names: Mapping[str, str]) -> Sequence[str]:
    """Return a change as a line of the table."""
    change = one.change
    if change is None:
        return ()
    ratio = "–" if change.ratio is None else f"{change.ratio:.2g}"  # noqa: RUF001
    high = "∞" if change.high is None else f"{change.high:.2g}"
    return (
        found.cells[one.cell].id,
        names.get(one.type, one.type),
        f"{ratio} [{change.low:.2g}, {high}]",
        f"{one.n} / {change.before}",
        f"{change.q:.2g}",
    )
