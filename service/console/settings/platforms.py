"""Delivery targets: what waits for each, and the button that tries one without filing."""

import asyncio
import json
from collections.abc import Callable

from nicegui import ui

from streetwatch.service.api.readiness import Readiness, TargetHealth
from streetwatch.service.config.target_schema import Target
from streetwatch.service.console.language import Language, language_here, mark, say
from streetwatch.service.console.moments import span_words
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.settings.table import chip
from streetwatch.service.console.shell import Shell
from streetwatch.service.delivery.check import Finding, Level, check
from streetwatch.service.delivery.targets import named
from streetwatch.vision.capture.source import redact

_LEVELS = {
    Level.OK: ("good", mark("fine")),
    Level.UNKNOWN: ("warn", mark("can't be tried")),
    Level.WRONG: ("bad", mark("wrong")),
}


def platforms(parts: Parts, shell: Shell) -> None:
    """Draw the targets."""
    refreshes: dict[str, Callable[[TargetHealth], None]] = {}
    for entry in named(parts.settings.targets):
        refreshes[entry.id] = _platform(parts, entry)
    ui.label(
        say(
            "Targets stand under targets in the settings file; a changed one holds after a restart."
        )
    ).classes("sw-quiet")

    def refresh(now: Readiness) -> None:
        for target in now.targets:
            refreshes[target.id](target)

    shell.live("readiness", parts.readiness, refresh, every_s=2)


def _platform(parts: Parts, entry: Target) -> Callable[[TargetHealth], None]:
    """Draw one; return what renews its figures."""
    with ui.element("section").classes("sw-card sw-column").props(f'aria-label="{entry.id}"'):
        with ui.element("div").classes("sw-row sw-wrap"):
            ui.label(entry.id).classes("sw-subtitle").props("role=heading aria-level=2")
            chip(entry.kind)
            ui.label(_address(entry)).classes("sw-code sw-quiet")
            ui.element("div").classes("sw-grow")
            figures = ui.element("div").classes("sw-row")
            button = ui.button(say("Test")).props(f'outline dense aria-label="{_test(entry)}"')
        _scope(entry)
        findings = ui.element("div").classes("sw-column").props("role=status")

    async def test() -> None:
        findings.clear()
        button.props("loading")
        try:
            found = await asyncio.to_thread(check, entry, parts.around)
        finally:
            button.props(remove="loading")
        with findings:
            for one in found:
                _finding(one)

    button.on_click(test)

    def refresh(health: TargetHealth) -> None:
        figures.clear()
        with figures:
            _figures(health)

    return refresh


def _test(entry: Target) -> str:
    return say("Test {name} without filing", name=entry.id)


def _address(entry: Target) -> str:
    url = getattr(entry, "url", None)
    return say("the desk of this service") if url is None else redact(str(url))


def _scope(entry: Target) -> None:
    """Say what it is told, where that is not everything."""
    told = [
        *(one.value for one in entry.types or ()),
        *(entry.grids or ()),
        *(one.value for one in entry.occasions or ()),
    ]
    if told:
        ui.label(say("Told only of: {what}", what=", ".join(told))).classes("sw-quiet")


def _figures(health: TargetHealth) -> None:
    if not health.pending and not health.parked:
        chip(say("nothing waits"), "good")
    if health.pending:
        wait = span_words(health.oldest_s, language_here())
        level = "bad" if health.is_late else "warn"
        chip(say("{pending} wait, for {span}", pending=health.pending, span=wait), level)
    if health.parked:
        chip(say("{parked} parked", parked=health.parked), "bad")


def _finding(found: Finding) -> None:
    level, words = _LEVELS[found.level]
    with ui.element("div").classes("sw-row"):
        chip(say(words), level)
        ui.label(found.zh if language_here() is Language.ZH else found.en)
    if found.sample:
        with ui.element("details"):
            with ui.element("summary"):
                ui.label(say("Show it"))
            with ui.element("pre").classes("sw-code sw-sample").props("tabindex=0"):
                ui.label(json.dumps(found.sample, ensure_ascii=False, indent=2, default=str))
