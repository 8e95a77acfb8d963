"""Asking a camera: every step as it is taken, what is wrong in words, and the first picture."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

from nicegui import background_tasks, context, ui

from streetwatch.service.cameras.probe_words import Words
from streetwatch.service.cameras.probing import Seen, Step, Told
from streetwatch.service.cameras.stepping import BusyError
from streetwatch.service.console.language import Language, language_here, mark, say
from streetwatch.vision.capture.probing import StepName, StepState
from streetwatch.vision.types import Seconds

Asking: TypeAlias = AsyncIterator[Told]

#: Who asks about two cameras at once waits for the first, and looks again after so long.
_AGAIN_S: Final[Seconds] = 1.0

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
        on_seen: Is given the picture, as soon as there is one: the rest may take its time.
        on_end: Is given the step that failed, None where all is well.
    """

    def __init__(
        self,
        ask: Callable[[], Asking],
        *,
        on_seen: Callable[[Seen], None],
        on_end: Callable[[Step | None], None],
    ) -> None:
        self._ask, self._on_seen, self._on_end = ask, on_seen, on_end
        self._task: asyncio.Task[None] | None = None
        self._steps: dict[StepName, Step] = {}
        self._list = ui.element("ol").classes("sw-steps").props("aria-live=polite")
        context.client.on_delete(self.cancel)

    @property
    def is_running(self) -> bool:
        """Tell whether it is being asked now."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Ask the camera; what is under way is given up first."""
        self.cancel()
        self._steps = {}
        self._task = background_tasks.create(self._follow(self._task), name="probe")

    def cancel(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()

    async def _follow(self, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        with self._list:
            while True:
                try:
                    failed = await self._told()
                except BusyError:
                    self._wait_for_a_turn()
                    await asyncio.sleep(_AGAIN_S)
                else:
                    break
            self._on_end(failed)

    async def _told(self) -> Step | None:
        """Show what is told to the end; return the last step that failed."""
        failed: Step | None = None
        async for one in self._ask():
            failed = self._take(one) or failed
        return failed

    def _wait_for_a_turn(self) -> None:
        self._list.clear()
        with self._list, ui.element("li").classes("is-running"):
            ui.label(say("Another camera is being asked: this one is asked next."))

    def _take(self, one: Told) -> Step | None:
        """Show what was told; return it if it failed."""
        if isinstance(one, Seen):
            self._on_seen(one)
            return None
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
