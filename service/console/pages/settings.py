"""The page `Settings`."""

from nicegui import ui

from streetwatch.service.access.role import Role
from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.shell import Shell


def register(parts: Parts, shell: Shell) -> None:  # noqa: ARG001 -- the page is to come
    """Declare the page."""

    @ui.page("/console/settings")
    def page() -> None:
        with shell.page(say("Settings"), active="settings", role=Role.ADMIN):
            ui.label(say("This page is being built.")).classes("sw-empty")
