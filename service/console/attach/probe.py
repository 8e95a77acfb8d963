"""Asking a camera: every step as it is taken, what is wrong in words, and the first picture."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from nicegui import background_tasks, ui

from streetwatch.service.console.language import Language, language_here, mark, say
from streetwatch.service.probing import BusyError, Seen, Step, StepName, StepState, Words

Asking: TypeAlias = AsyncIterator[Step | Seen]

_NAMES: Final[Mapping[StepName, str]] = MappingProxyType(
    {
        StepName.ADDRESS: mark("Address"),
        StepName.REACHABLE: mark("Reachable"),
        StepName.OPENS: mark("Lets us in"),
        StepName.CODEC: mark("Coding"),
        StepName.PICTURE: mark("Picture"),
        StepName.KEY_FRAMES: mark("Key frames"),
        StepName.CLOCK: mark("Clock"),
        StepName.SUB_STREAMS: mark("Smaller stream"),
    }
)

_ICONS: Final[Mapping[StepState, str]] = MappingProxyType(
    {
        StepState.RUNNING: "hourglass_top",
        StepState.OK: "check_circle",
        StepState.FAILED: "error",
        StepState.UNKNOWN: "help",
    }
)

_SAID: Final[Mapping[StepState, str]] = MappingProxyType(
    {
        StepState.RUNNING: mark("under way"),
        StepState.OK: mark("well"),
        StepState.FAILED: mark("failed"),
        StepState.UNKNOWN: mark("not known"),
    }
)


class ProbePanel:
    """The steps of one probe.

    Args:
        ask: Asks the camera; closed to cancel.
        on_end: Is given the picture, or the step that failed.
    """

    def __init__(
        self, ask: Callable[[], Asking], on_end: Callable[[Seen | Step | None], None]
    ) -> None:
        self._ask, self._on_end = ask, on_end
        self._task: asyncio.Task[None] | None = None
        self._steps: dict[StepName, Step] = {}
        self._list = ui.element("ol").classes("sw-steps").props("aria-live=polite")

    @property
    def is_running(self) -> bool:
        """Tell whether it is being asked now."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Ask the camera."""
        self.cancel()
        self._steps = {}
        self._task = background_tasks.create(self._follow(), name="probe")

    def cancel(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()

    async def _follow(self) -> None:
        end: Seen | Step | None = None
        with self._list:
            try:
                async for one in self._ask():
                    end = self._take(one) or end
            except BusyError:
                ui.notify(say("Another camera is being asked: wait until that has ended."))
            self._on_end(end)

    def _take(self, one: Step | Seen) -> Seen | Step | None:
        if isinstance(one, Seen):
            return one
        self._steps[one.name] = one
        self._draw()
        return one if one.state is StepState.FAILED else None

    def _draw(self) -> None:
        self._list.clear()
        with self._list:
            for step in self._steps.values():
                with ui.element("li").classes(f"is-{step.state}"):
                    _step(step)


def _step(step: Step) -> None:
    words = say(_SAID[step.state])
    ui.icon(_ICONS[step.state]).props(f'role=img aria-label="{words}"')
    ui.label(say(_NAMES[step.name])).classes("sw-step-name")
    with ui.element("div"):
        ui.label(in_language(step.says))
        if step.mend is not None:
            ui.label(in_language(step.mend)).classes("sw-mend")


def in_language(words: Words) -> str:
    """Return words in the language of the page."""
    return words.zh if language_here() is Language.ZH else words.en
