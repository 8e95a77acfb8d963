"""The cameras: a list, attaching another one, changing and removing one."""

from fastapi import HTTPException
from nicegui import ui

from streetwatch.service.cameras.errors import NoSuchCameraError
from streetwatch.service.console.attach.camera_list import CameraList
from streetwatch.service.console.attach.change import ChangePage
from streetwatch.service.console.attach.wizard import Wizard
from streetwatch.service.console.editor.keys import editor_keys
from streetwatch.service.console.editor.style import STYLE
from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.shell import Shell, page_at


def register(parts: Parts, shell: Shell) -> None:
    """Declare the pages."""

    @page_at("/console/cameras")
    def cameras() -> None:
        ui.add_css(STYLE)
        with shell.page(say("Cameras"), active="cameras") as account:
            CameraList(parts.within(account.reach), account).draw(shell)

    @page_at("/console/cameras/new")
    def new() -> None:
        title = say("Attach a camera")
        ui.add_css(STYLE)
        with shell.page(title, active="cameras") as account:
            ui.label(title).classes("sw-title").props("role=heading aria-level=1")
            shell.keys(*editor_keys())
            Wizard(parts.within(account.reach), account)

    @page_at("/console/cameras/{camera_id}/change")
    def change(camera_id: str) -> None:
        try:
            listed = parts.catalogue.find(camera_id)
        except NoSuchCameraError as error:
            raise HTTPException(404) from error
        title = say("Change {camera}", camera=listed.camera.name)
        ui.add_css(STYLE)
        with shell.page(title, active="cameras") as account:
            ui.label(title).classes("sw-title").props("role=heading aria-level=1")
            ChangePage(parts.within(account.reach), account, listed)
