"""The zone editor of a camera that is watched."""

import asyncio
from typing import Any

from fastapi import HTTPException
from nicegui import ui

from streetwatch.service.access.role import Account
from streetwatch.service.cameras.errors import (
    CameraChangedError,
    CameraRefusedError,
    NoSuchCameraError,
)
from streetwatch.service.cameras.merging import Listed
from streetwatch.service.console.deeds import note
from streetwatch.service.console.drawing.board import Board
from streetwatch.service.console.editor.dialogs import sure
from streetwatch.service.console.editor.dry_run import Trial
from streetwatch.service.console.editor.following import follow
from streetwatch.service.console.editor.keys import editor_keys
from streetwatch.service.console.editor.style import STYLE
from streetwatch.service.console.editor.workbench import Workbench, workbench
from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.shell import Shell, page_at
from streetwatch.service.console.zone_words import duration, type_words, wrong
from streetwatch.service.runtime.live import LiveCamera

#: Before a camera has given its first picture, most have this shape.
_USUAL_SIZE = (1280, 720)


def register(parts: Parts, shell: Shell) -> None:
    """Declare the page."""

    @page_at("/console/cameras/{camera_id}/zones")
    def page(camera_id: str) -> None:
        try:
            listed = parts.catalogue.find(camera_id)
        except NoSuchCameraError as error:
            raise HTTPException(404) from error
        title = say("Zones of {camera}", camera=listed.camera.name)
        ui.add_css(STYLE)
        with shell.page(title, active="cameras") as account:
            shell.keys(*editor_keys())
            EditorPage(parts.within(account.reach), account, listed).draw(title, shell)


class EditorPage:
    """One camera's editor.

    Args:
        parts: What pages act upon.
        account: Who edits.
        listed: The camera.
    """

    def __init__(self, parts: Parts, account: Account, listed: Listed) -> None:
        self._parts, self._account = parts, account
        self._id, self._version = listed.camera.id, listed.version
        live = self._live()
        size = (live and live.size) or _USUAL_SIZE
        self._board = Board(listed.document, size)

    def draw(self, title: str, shell: Shell) -> None:
        """Draw it."""
        with ui.element("div").classes("sw-row"):
            ui.link(say("Cameras"), "/console/cameras")
            ui.label(title).classes("sw-title").props("role=heading aria-level=1")
            ui.element("div").classes("sw-grow")
            self._state = ui.label().classes("sw-quiet").props("role=status")
            self._drop = ui.button(say("Discard"), on_click=self._reload).props("flat no-caps")
            self._save = ui.button(say("Save"), icon="check", on_click=self._keep).props("no-caps")
        bench = workbench(
            self._board,
            src=f"/console/live/{self._id}.jpg",
            live=True,
            cameras=self._parts.cameras,
            trial=Trial(
                lambda hours: self._parts.dry_runs.run(
                    self._board.document, hours, who=self._account.name
                )
            ),
        )
        follow(self._board, lambda _: self._show())
        self._show()
        self._follow_stays(shell, bench)

    def _follow_stays(self, shell: Shell, bench: Workbench) -> None:
        shell.live(
            ("stays", self._id),
            self._live,
            lambda live: bench.view.show_live(_stays(live)),
            every_s=2.0,
        )

    def _live(self) -> LiveCamera | None:
        """Return what the camera shows; None where it is watched no more."""
        try:
            return self._parts.live.camera(self._id)
        except NoSuchCameraError:
            return None

    def _show(self) -> None:
        board = self._board
        self._save.set_enabled(board.is_changed and not board.mistakes)
        self._drop.set_visibility(board.is_changed)
        if board.mistakes:
            self._state.set_text(say("Can't be saved: mend what is marked red."))
        elif board.is_changed:
            self._state.set_text(say("Not saved yet"))
        else:
            self._state.set_text(say("Saved"))

    async def _keep(self) -> None:
        await self._put(expected=[self._version])

    async def _put(self, *, expected: list[str] | None) -> None:
        try:
            listed = await asyncio.to_thread(
                self._parts.catalogue.put,
                self._board.document,
                by=self._account.name,
                expected=expected,
            )
        except CameraChangedError:
            sure(
                say("Somebody has changed this camera meanwhile. Save yours over it?"),
                say("Save mine"),
                lambda: self._put(expected=None),
            )
        except CameraRefusedError as error:
            ui.notify(wrong(error.mistakes[0]), type="negative")
        else:
            await note(self._parts, self._account, "camera.changed", self._id, zones=True)
            self._version = listed.version
            self._board.kept()

    def _reload(self) -> None:
        ui.run_javascript("window.onbeforeunload = null; location.reload()")


def _stays(live: LiveCamera | None) -> list[dict[str, Any]]:
    return [
        {
            "box": list(stay.box),
            "label": f"{type_words(stay.type)} {duration(round(stay.dwell_s))}",
            "state": "violation" if stay.is_violation else "counting",
        }
        for stay in (live.stays if live is not None else ())
    ]
