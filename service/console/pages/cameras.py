"""The page `Cameras`."""

from nicegui import ui

from streetwatch.service.access.role import Role
from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.shell import Shell


def register(parts: Parts, shell: Shell) -> None:  # noqa: ARG001 -- the page is to come
    """Declare the page."""

    @ui.page("/console/cameras")
    def page() -> None:
        with shell.page(say("Cameras"), active="cameras", role=Role.OPERATOR):
            ui.label(say("This page is being built.")).classes("sw-empty")
