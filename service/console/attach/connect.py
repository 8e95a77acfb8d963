"""Where the pictures come from: the address, the account, and whether the camera answers."""

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from nicegui import ui

from streetwatch.service.cameras.probing import Seen, Step, Wanted
from streetwatch.service.console.attach.form import CameraForm, pasted
from streetwatch.service.console.attach.probe import Asking, ProbePanel
from streetwatch.service.console.language import say
from streetwatch.vision.capture.probing import StepName

_EMPTY: Final = CameraForm()
_EXAMPLE: Final = "rtsp://10.0.0.5:554/stream1"


class ConnectForm:
    """Address, account and probe.

    Args:
        form: What is filled in so far.
        probe: Asks a camera.
        camera_id: Of a camera that is kept, whose password may stand for itself.
        on_seen: Is given the picture, None where there is none any more.
    """

    def __init__(
        self,
        form: CameraForm = _EMPTY,
        *,
        probe: Callable[[Wanted], Asking],
        camera_id: str = "",
        on_seen: Callable[[Seen | None], None],
    ) -> None:
        self.form = form
        self._camera_id, self._on_seen = camera_id, on_seen
        self._address = ui.input(
            say("Address of the camera"),
            value=form.url,
            placeholder=_EXAMPLE,
            on_change=lambda event: self._write(event.value or ""),
        ).props("dense outlined autofocus spellcheck=false autocomplete=off")
        self._address.on("keydown.enter", self.start)
        with ui.element("div").classes("sw-pair"):
            self._user = ui.input(
                say("User name"),
                value=form.user,
                on_change=lambda event: self._enter(event.value),
            ).props("dense outlined autocomplete=off")
            self._password = ui.input(
                say("Password"),
                password=True,
                on_change=lambda event: self._unlock(event.value),
                placeholder=say("kept; write to replace it") if camera_id else "",
            ).props("dense outlined autocomplete=new-password stack-label")
            self._password.on("keydown.enter", self.start)
        with ui.element("div").classes("sw-row"):
            self._ask = ui.button(say("Ask the camera"), icon="cast", on_click=self.start)
            self._stop = ui.button(say("Cancel"), on_click=self._cancel).props("flat")
            self._stop.set_visibility(False)
        with ui.element("div").classes("sw-answer"):
            self._panel = ProbePanel(
                lambda: probe(Wanted(self.form.url, self.form.account, self._camera_id)),
                on_seen=self._take,
                on_end=self._end,
            )
            self._picture = ui.element("img").classes("sw-picture")
            self._picture.props(f'alt="{say("First picture of the camera")}"').set_visibility(False)

    def start(self) -> None:
        """Ask the camera that is written down."""
        if not self.form.url:
            self._address.error = say("Paste the address that the camera's maker gives.")
            self._address.run_method("focus")
            return
        self._address.error = self._password.error = None
        self._picture.set_visibility(False)
        self._show_running(on=True)
        self._panel.start()

    def refuse(self, text: str) -> None:
        """Say what is wrong with the address."""
        self._address.error = text

    def cancel(self) -> None:
        """Ask no more."""
        self._panel.cancel()

    def _cancel(self) -> None:
        self.cancel()
        self._show_running(on=False)

    def _write(self, url: str) -> None:
        """Take an address as it is written; a password in it goes where it is not read."""
        self._on_seen(None)
        form = pasted(self.form, url)
        self.form = form
        if form.url != url.strip():
            self._address.set_value(form.url)
            self._user.set_value(form.user)
            self._password.set_value(form.password)
            self._address.update()

    def _enter(self, user: str | None) -> None:
        self.form = replace(self.form, user=user or "")

    def _unlock(self, password: str | None) -> None:
        self.form = replace(self.form, password=password or "")

    def _take(self, seen: Seen) -> None:
        self._picture.props(f'src="{data_address(seen)}"')
        self._picture.set_visibility(True)
        self._on_seen(seen)

    def _end(self, failed: Step | None) -> None:
        self._show_running(on=False)
        if failed is not None and failed.name is StepName.OPENS:
            self._password.run_method("focus")

    def _show_running(self, *, on: bool) -> None:
        self._stop.set_visibility(on)
        self._ask.set_enabled(not on)


def data_address(seen: Seen) -> str:
    """Return a picture as an address that holds it."""
    return "data:image/jpeg;base64," + base64.b64encode(seen.jpeg).decode()
