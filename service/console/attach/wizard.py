"""The way of a new camera: connect, draw, save."""

import asyncio
from enum import IntEnum
from typing import Final

from nicegui import context, ui

from streetwatch.service.access.role import Account
from streetwatch.service.cameras.errors import CameraConflictError, CameraRefusedError
from streetwatch.service.cameras.probing import Seen
from streetwatch.service.config.checking import Mistake
from streetwatch.service.console.attach.connect import ConnectForm, data_address
from streetwatch.service.console.attach.details import DetailsForm
from streetwatch.service.console.attach.first_looks import FirstLooks
from streetwatch.service.console.deeds import note
from streetwatch.service.console.drawing.board import Board
from streetwatch.service.console.editor.dry_run import Trial
from streetwatch.service.console.editor.following import follow
from streetwatch.service.console.editor.workbench import Workbench, workbench
from streetwatch.service.console.language import mark, say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.zone_words import wrong


class Stage(IntEnum):
    """How far somebody is."""

    CONNECT = 0
    DRAW = 1
    SAVE = 2


_STAGES: Final = (mark("Connect"), mark("Zones and rules"), mark("Name and save"))

_LIST: Final = "/console/cameras"


class Wizard:
    """A camera that is being attached; drawn at once.

    Args:
        parts: What pages act upon.
        account: Who attaches it.
    """

    def __init__(self, parts: Parts, account: Account) -> None:
        self._parts, self._account = parts, account
        self._stage = Stage.CONNECT
        self._bench: Workbench | None = None
        self._seen: Seen | None = None
        self._first = FirstLooks(parts.gatherings, account.name)
        context.client.on_delete(self._first.end)
        self._ways = ui.element("ol").classes("sw-stages")
        self._pages = [ui.element("section").classes("sw-column") for _ in Stage]
        with self._pages[Stage.CONNECT].classes("sw-narrow"):
            self._connect = self._draw_connect()
        with self._pages[Stage.SAVE].classes("sw-narrow"):
            self._details = DetailsForm(self._connect.form, is_new=True)
            self._wrong = ui.label().classes("sw-wrong").props("role=alert")
        self._draw_foot()
        self._show()

    def _draw_connect(self) -> ConnectForm:
        ui.label(
            say("Paste the camera's address and ask it. Nothing is kept before the end.")
        ).classes("sw-quiet")
        name = self._account.name
        return ConnectForm(
            probe=lambda wanted: self._parts.probing.probe(wanted, who=name),
            on_seen=self._take,
        )

    def _draw_foot(self) -> None:
        with ui.element("footer").classes("sw-foot"):
            leave = ui.button(say("Cancel"), on_click=self._leave)
            leave.props("flat no-caps")
            ui.element("div").classes("sw-grow")
            self._back = ui.button(say("Back"), on_click=lambda: self._go(-1))
            self._back.props("flat no-caps")
            self._next = ui.button(say("Next step"), on_click=lambda: self._go(1)).props("no-caps")
            self._save = ui.button(say("Save and watch"), icon="check", on_click=self._keep)
            self._save.props("no-caps")

    def _take(self, seen: Seen | None) -> None:
        """Take the first picture; a changed address has none yet."""
        self._seen = seen
        form = self._connect.form
        if seen is None:
            self._first.end()
        else:
            self._first.begin(form.document(self._taken()) | {"zones": []}, form.account)
        if seen is not None and self._bench is None:
            with self._pages[Stage.DRAW]:
                self._bench = self._draw_bench(seen)
        elif seen is not None and self._bench is not None:
            self._bench.view.look_at(data_address(seen), live=False)
        self._show()

    def _draw_bench(self, seen: Seen) -> Workbench:
        board = Board(self._connect.form.document(self._taken()), seen.size)
        follow(board, lambda _: self._show())
        return workbench(
            board,
            src=data_address(seen),
            live=False,
            cameras=lambda: self._parts.catalogue.cameras,
            trial=Trial(
                lambda hours: self._parts.dry_runs.run(
                    board.document,
                    hours,
                    who=self._account.name,
                    account=self._connect.form.account,
                    seen=self._first.looks,
                ),
                self._first.span_s,
            ),
        )

    def _go(self, way: int) -> None:
        self._stage = Stage(self._stage + way)
        self._show()

    def _show(self) -> None:
        """Show the stage, and lead on only from where all is well."""
        for stage, page in enumerate(self._pages):
            page.set_visibility(stage == self._stage)
        self._draw_ways()
        self._back.set_visibility(self._stage is not Stage.CONNECT)
        self._next.set_visibility(self._stage is not Stage.SAVE)
        self._save.set_visibility(self._stage is Stage.SAVE)
        drawn_well = self._bench is None or not self._bench.board.mistakes
        self._next.set_enabled(
            self._seen is not None if self._stage is Stage.CONNECT else drawn_well
        )

    def _draw_ways(self) -> None:
        self._ways.clear()
        with self._ways:
            for stage, words in enumerate(_STAGES):
                with ui.element("li") as item:
                    ui.label(f"{stage + 1}. {say(words)}")
                if stage == self._stage:
                    item.props("aria-current=step")

    def _taken(self) -> list[str]:
        return [one.id for one in self._parts.catalogue.cameras]

    def _leave(self) -> None:
        self._connect.cancel()
        ui.navigate.to(_LIST)

    async def _keep(self) -> None:
        """Keep the camera, or go to what is wrong."""
        form = self._details.onto(self._connect.form)
        document = form.document(self._taken())
        if self._bench is not None:
            self._bench.board.describe(document)
            document = self._bench.board.document
        try:
            await asyncio.to_thread(
                self._parts.catalogue.add, document, by=self._account.name, account=form.account
            )
        except CameraRefusedError as error:
            self._refuse(error.mistakes)
        except CameraConflictError:
            self._refuse((Mistake(("id",), "", say("is taken: give another one")),))
        else:
            await note(self._parts, self._account, "camera.added", str(document["id"]))
            self._first.end()
            for look in self._first.looks:  # the zones are tried on them from now on, too
                self._parts.looks.add(str(document["id"]), look)
            ui.run_javascript("window.onbeforeunload = null")
            ui.navigate.to(f"{_LIST}/{document['id']}/zones")

    def _refuse(self, mistakes: tuple[Mistake, ...]) -> None:
        first = mistakes[0]
        if self._details.show(mistakes):
            return
        if first.location[:1] == ("source",):
            self._stage = Stage.CONNECT
            self._connect.refuse(wrong(first))
        self._wrong.set_text(wrong(first))
        self._show()
