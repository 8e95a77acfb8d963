"""The tab of coverage: what nobody looks at, and where the next camera would see most."""

import asyncio
from typing import Any, Final

from nicegui import ui

from streetwatch.service.api.foresight.coverage import SITES
from streetwatch.service.config.target_values import MapCrs
from streetwatch.service.console.figures.drawing import draw_table, file_of
from streetwatch.service.console.foresight.asked import Asked
from streetwatch.service.console.foresight.hotspots import MOST_LINES
from streetwatch.service.console.language import mark, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.watching.elements import CityMap
from streetwatch.service.console.watching.points import at_on_map
from streetwatch.service.desk.foresight.outlook import Coverage
from streetwatch.service.foresight.coverage import Blind, Covered, Site
from streetwatch.service.incidents.errors import InputError
from streetwatch.zones.place import Place

REASONS: Final = {
    Blind.NO_CAMERA: mark("no camera stands there"),
    Blind.NOT_LOOKED: mark("its cameras look for less than a tenth of the time"),
    Blind.OTHER_TYPES: mark("its zones look for other types"),
    Blind.ELSEWHERE: mark("its cameras stand elsewhere"),
}


async def draw_coverage(parts: Parts, asked: Asked) -> None:
    """Draw the tab."""
    period = asked.span.wanted().period
    try:
        found = await asyncio.to_thread(parts.foreseer.outlook.coverage, period, most=SITES)
    except InputError as error:
        ui.label(str(error)).classes("sw-empty")
        return
    way = f"/foresight/coverage?{asked.api}"
    _draw_map(parts, found, way)
    with ui.element("div").classes("fg-charts"):
        blind = [one for one in found.grids if one.blind is not None]
        draw_table(
            say("Blind spots: people tell, nobody looks"),
            (say("Unit grid"), say("told of"), say("near a camera"), say("why")),
            (blind_line(one) for one in blind[:MOST_LINES]),
            csv=f"{way}&format=csv",
            span=asked.span.words,
        )
        draw_table(
            say("Where the next camera would see most"),
            (say("Place"), say("cases a month [95 %]"), "n", say("chosen by")),
            (site_line(rank, one) for rank, one in enumerate(found.sites, 1)),
            csv=f"{way}&of=sites&format=csv",
            span=asked.span.words,
        )
        draw_table(
            say("All unit grids"),
            (
                say("Unit grid"),
                say("Cameras"),
                say("hours looked at"),
                say("seen by cameras"),
                say("told of"),
            ),
            (grid_line(one) for one in found.grids[:MOST_LINES]),
            csv=f"{way}&format=csv",
            span=asked.span.words,
        )


def _draw_map(parts: Parts, found: Coverage, way: str) -> None:
    card = ui.element("section").classes("sw-card sw-column fs-map")
    with card.props(f'aria-label="{say("Coverage")}"'):
        with ui.element("div").classes("sw-row sw-wrap"):
            ui.label(
                say("Red: where further cameras would see most, with cases a month; blue: cameras.")
            ).classes("sw-quiet")
            ui.element("div").classes("sw-grow")
            for words, name in (("CSV", "csv"), ("GeoJSON", "geojson"), ("PNG", "png")):
                ui.link(words, f"{way}&format={name}").props("download")
            file = file_of(say("Coverage"))
            save = ui.button(say("The map as PNG")).props("flat dense")
        city = CityMap(_points(parts, found), parts=parts)
        save.on_click(lambda: city.save(file))


def _points(parts: Parts, found: Coverage) -> list[dict[str, Any]]:
    crs = parts.settings.console.map_crs
    most = max((one.gain for one in found.sites), default=0.0)
    return [
        *(_camera_point(one.place, one.name, crs) for one in parts.cameras() if one.place),
        *(_site_point(one, most, crs) for one in found.sites),
    ]


def _camera_point(place: Place, name: str, crs: MapCrs) -> dict[str, Any]:
    at = at_on_map(place, crs)
    return {**at, "kind": "spot", "tone": "calm", "size": 10, "label": name}


def _site_point(one: Site, most: float, crs: MapCrs) -> dict[str, Any]:
    return {
        **at_on_map(Place(one.lon, one.lat), crs),
        "kind": "spot",
        "tone": "",
        "size": round(20 + 24 * (one.gain / most) ** 0.5) if most else 20,
        "count": f"{one.gain:.2g}",
        "label": say("a camera here: {gain} cases a month", gain=f"{one.gain:.3g}"),
        "above": 100,
    }


def blind_line(one: Covered) -> tuple[str, ...]:
    """Return a blind spot as a line of the table."""
    why = "" if one.blind is None else say(REASONS[one.blind])
    return (one.grid, str(one.told), str(one.near), why)


def site_line(rank: int, one: Site) -> tuple[str, ...]:
    """Return a site as a line of the table."""
    gain = f"{one.gain:.3g} [{one.low:.3g}, {one.high:.3g}]"
    return (f"{rank}. {one.lon:.5f}, {one.lat:.5f}", gain, str(one.n), str(one.chosen_by))


def grid_line(one: Covered) -> tuple[str, ...]:
    """Return a grid as a line of the table."""
    hours = f"{one.hours:.0f}"
    return (one.grid, str(one.cameras), hours, str(one.found), str(one.told))
