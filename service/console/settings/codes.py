"""The city's codes and deadlines, and its work calendar."""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta

from nicegui import ui

from streetwatch.service.config.errors import ConfigError
from streetwatch.service.console.language import Language, language_here, marks, say
from streetwatch.service.console.moments import day_words
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.settings.table import cell, chip, head, values_table
from streetwatch.service.console.settings.values import CODED, DATED
from streetwatch.service.desk.deadlines import ClockKind, Limit, WorkCalendar
from streetwatch.service.desk.profile import CaseType, Stage
from streetwatch.service.desk.profile_file import load_profile
from streetwatch.service.desk.work_calendar import load_calendar
from streetwatch.zones.schedule import CHINA

#: How far ahead days off are shown.
_AHEAD = 180

_CLOCKS = {
    ClockKind.URGENT_HOUR: marks("{amount} hour, day and night", "{amount} hours, day and night"),
    ClockKind.WORK_HOUR: marks("{amount} work hour", "{amount} work hours"),
    ClockKind.WORK_DAY: marks("{amount} work day", "{amount} work days"),
    ClockKind.NATURAL_DAY: marks("{amount} calendar day", "{amount} calendar days"),
}


async def codes(parts: Parts) -> None:
    """Draw the profile that is in force."""
    await values_table(parts, CODED)
    _check_button(lambda: load_profile(parts.settings.code_profile))
    with ui.element("table").classes("sw-table"):
        head(say("Type"), say("Code"), say("In charge"), say("To be handled within"), say("State"))
        with ui.element("tbody"):
            for one in parts.profile.types.values():
                _type(one)


async def calendar(parts: Parts) -> None:
    """Draw the days off that come, and the weekends that are worked on."""
    await values_table(parts, DATED)
    _check_button(lambda: load_calendar(parts.settings.work_calendar))
    try:
        known = await asyncio.to_thread(load_calendar, parts.settings.work_calendar)
    except ConfigError as error:
        ui.label(str(error)).classes("sw-error sw-code").props("role=alert")
        return
    today = datetime.fromtimestamp(parts.clock(), CHINA).date()
    with ui.element("table").classes("sw-table"):
        head(say("Date"), say("Day"))
        with ui.element("tbody"):
            for day, is_worked in days_ahead(known, today):
                _day(day, is_worked=is_worked)


def days_ahead(known: WorkCalendar, today: date) -> list[tuple[date, bool]]:
    """Return the days that differ from their weekday: off on one of work, worked on one off."""
    days = [today + timedelta(days=ahead) for ahead in range(_AHEAD)]
    return [
        (day, bool(known.day(day)))
        for day in days
        if bool(known.day(day)) != bool(known.hours[day.weekday()])
    ]


def _day(day: date, *, is_worked: bool) -> None:
    with ui.element("tr"):
        cell(day_words(day, language_here()), "sw-number")
        with ui.element("td"):
            chip(say("worked on"), "warn") if is_worked else chip(say("off"), "good")


def _type(one: CaseType) -> None:
    limit = one.limits.get(Stage.HANDLE)
    with ui.element("tr"):
        cell(one.zh if language_here() is Language.ZH else one.en)
        cell(f"{one.code.code} ({one.code.standard})" if one.code else "—", "sw-number")
        cell(one.authority or "—")
        cell(_limit_words(limit) if limit else "—")
        with ui.element("td"):
            chip(say("taken"), "good") if one.enabled else chip(say("not taken"))


def _limit_words(limit: Limit) -> str:
    one, many = _CLOCKS[limit.clock]
    return say(one, many, count=1 if limit.amount == 1 else 2, amount=f"{limit.amount:g}")


def _check_button(read: Callable[[], object]) -> None:
    """Draw the button that reads a file as it is now: would a restart take it?"""
    told = ui.element("div").props("role=status")

    async def test() -> None:
        told.clear()
        try:
            await asyncio.to_thread(read)
        except ConfigError as error:
            with told:
                ui.label(str(error)).classes("sw-error sw-code")
            return
        with told:
            chip(say("The file is right."), "good")

    ui.button(say("Check the file"), on_click=test).props("outline dense").classes("sw-start")
