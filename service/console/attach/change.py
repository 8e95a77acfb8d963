"""A camera that is kept: another address or password, another name or place."""

import asyncio

from nicegui import ui

from streetwatch.service.access.role import Account
from streetwatch.service.cameras.errors import CameraChangedError, CameraRefusedError
from streetwatch.service.cameras.merging import Listed
from streetwatch.service.console.attach.connect import ConnectForm
from streetwatch.service.console.attach.details import DetailsForm
from streetwatch.service.console.attach.form import form_of
from streetwatch.service.console.deeds import note
from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.zone_words import wrong


class ChangePage:
    """The form of one camera; drawn at once.

    Args:
        parts: What pages act upon.
        account: Who changes it.
        listed: The camera.
    """

    def __init__(self, parts: Parts, account: Account, listed: Listed) -> None:
        self._parts, self._account, self._listed = parts, account, listed
        form = form_of(listed.document)
        with ui.element("section").classes("sw-column sw-narrow"):
            self._details = DetailsForm(form, is_new=False)
            self._connect = ConnectForm(
                form,
                probe=lambda wanted: parts.probing.probe(wanted, who=account.name),
                camera_id=listed.camera.id,
                on_seen=lambda _: None,
            )
            self._wrong = ui.label().classes("sw-wrong").props("role=alert")
        with ui.element("footer").classes("sw-foot"):
            ui.button(say("Cancel"), on_click=self._leave).props("flat no-caps")
            ui.element("div").classes("sw-grow")
            ui.button(say("Save"), icon="check", on_click=self._keep).props("no-caps")

    def _leave(self) -> None:
        self._connect.cancel()
        ui.navigate.to("/console/cameras")

    async def _keep(self) -> None:
        form = self._details.onto(self._connect.form)
        kept = {key: self._listed.document.get(key) for key in ("zones", "calibration")}
        document = form.document() | {key: one for key, one in kept.items() if one is not None}
        try:
            await asyncio.to_thread(
                self._parts.catalogue.put,
                document,
                by=self._account.name,
                account=form.account,
                expected=[self._listed.version],
            )
        except CameraRefusedError as error:
            first = error.mistakes[0]
            if first.location[:1] == ("source",):
                self._connect.refuse(wrong(first))
            elif not self._details.show(error.mistakes):
                self._wrong.set_text(wrong(first))
        except CameraChangedError:
            self._wrong.set_text(say("Somebody has changed this camera meanwhile: load it again."))
        else:
            await note(self._parts, self._account, "camera.changed", self._listed.camera.id)
            ui.navigate.to("/console/cameras")
