"""The dialogs of the review page."""

from collections.abc import Callable
from typing import Any, Final

from nicegui import ui

from streetwatch.service.console.language import mark, say
from streetwatch.vision.types import Seconds

_DAY_S: Final[Seconds] = 86_400.0

_FOR: Final = {
    1: mark("For a day"),
    7: mark("For a week"),
    30: mark("For 30 days"),
}

_KEYS: Final = (
    ("Y", mark("Confirm")),
    ("N, 1-5", mark("Reject, with its reason")),
    ("U", mark("Not sure: for a second look")),
    ("J / K", mark("Next / previous, without a verdict")),
    ("Z", mark("Take the last verdict back")),
    ("M", mark("Mute the place")),
    ("Space", mark("Play and pause")),
    ("← →", mark("Step; with Shift, leap")),
    ("1 2 3 4", mark("First still, violation, latest, clip")),
    ("G", mark("Many at once")),
)


def ask_mute(
    number: str, mute: Callable[[str, Seconds | None], Any], now: Callable[[], Seconds]
) -> None:
    """Ask for how long nothing is to be filed at a case's place.

    Args:
        number: Of the case.
        mute: Given the number, and until when.
        now: Seconds since the epoch.
    """
    with ui.dialog() as dialog, ui.card():
        ui.label(say("Mute the place of {number}?", number=number)).classes("sw-subtitle")
        ui.label(say("Nothing of this type is filed there meanwhile.")).classes("sw-quiet")

        async def chosen(until: Seconds | None) -> None:
            dialog.close()
            await mute(number, until)

        with ui.element("div").classes("sw-row sw-wrap"):
            for days, words in _FOR.items():
                ui.button(say(words), on_click=lambda days=days: chosen(now() + days * _DAY_S))
            ui.button(say("Not any more"), on_click=lambda: chosen(None)).props("outline")
            ui.button(say("Back"), on_click=dialog.close).props("flat")
    dialog.open()


def review_keys() -> list[tuple[str, str]]:
    """Return what each key does, for `Shell.keys`."""
    return [(key, say(words)) for key, words in _KEYS]
