"""The ground of the picture: four points and what was measured between them."""

from dataclasses import replace
from typing import Any

from nicegui import ui

from streetwatch.service.config.document import Tree
from streetwatch.service.console.drawing.board import Board, Mode
from streetwatch.service.console.drawing.ground_form import (
    Measured,
    measured,
    origin_of,
    points_of,
    with_point,
)
from streetwatch.service.console.drawing.sketch import calibrated
from streetwatch.service.console.editor.canvas_view import CanvasView
from streetwatch.service.console.editor.following import follow
from streetwatch.service.console.language import say
from streetwatch.service.console.zone_words import wrong

CORNERS = 4


class GroundPanel:
    """What is shown beside the picture while the ground is measured.

    Args:
        board: What is edited.
        view: Draws the guide.
    """

    def __init__(self, board: Board, view: CanvasView) -> None:
        self._board, self._view = board, view
        self._measured = self._known()
        self._around = ui.element("section").classes("sw-column")
        self._says: ui.label | None = None
        follow(board, self._changed)
        self._changed(None)

    def _known(self) -> Measured:
        place: Any = self._board.camera.get("place") or {}
        lon, lat = origin_of(self._board.sketch.calibration)
        return Measured(lon=lon or place.get("lon"), lat=lat or place.get("lat"))

    def _changed(self, by: object) -> None:
        measuring = self._board.mode is Mode.CALIBRATE
        self._around.set_visibility(measuring)
        if measuring and by is not self:
            self._draw()
        self._show_mistake()

    def _draw(self) -> None:
        self._around.clear()
        with self._around:
            ui.label(say("Ground")).classes("sw-subtitle")
            ui.label(
                say(
                    "Click the corners of something flat and large: a crossing, a parking bay. "
                    "Then write how long its sides are."
                )
            ).classes("sw-quiet")
            self._says = ui.label().classes("sw-wrong").props("role=alert")
            if self._board.sketch.calibration is not None:
                self._draw_sides()
                self._draw_points()
                self._draw_end()

    def _draw_sides(self) -> None:
        with ui.element("div").classes("sw-pair"):
            self._side("width_m", say("Near side, m"))
            self._side("length_m", say("From near to far, m"))
            self._side("heading", say("Far is towards, ° from north"))
        with ui.element("div").classes("sw-pair"):
            self._side("lon", say("Near left corner: longitude"))
            self._side("lat", say("Latitude"))

    def _side(self, name: str, words: str) -> None:
        field = ui.number(words, value=getattr(self._measured, name)).props("dense outlined")
        field.on_value_change(lambda event: self._measure(name, event.value))

    def _draw_points(self) -> None:
        key, points = points_of(self._board.sketch.calibration)
        if not points:
            return
        names = (
            (say("Longitude"), say("Latitude")) if key == "ground" else (say("East"), say("North"))
        )
        with ui.expansion(say("The four points")).props("dense").classes("sw-more"):
            for row, point in enumerate(points):
                with ui.element("div").classes("sw-pair"):
                    ui.label(str(row + 1))
                    for column, words in enumerate(names):
                        field = ui.number(words, value=point[column]).props("dense outlined")
                        field.on_value_change(self._moved(row, column))

    def _moved(self, row: int, column: int) -> Any:  # noqa: ANN401 -- a handler of NiceGUI's
        def moved(event: Any) -> None:  # noqa: ANN401
            if event.value is not None:
                tree = with_point(self._board.sketch.calibration, row, column, event.value)
                self._keep(tree, f"point {row} {column}")

        return moved

    def _draw_end(self) -> None:
        guide = ui.switch(say("Show how wide a car is, row by row"))
        guide.on_value_change(lambda event: self._view.guide(shown=bool(event.value)))
        with ui.element("div").classes("sw-row"):
            ui.button(say("Done"), on_click=lambda: self._board.turn_to(Mode.SELECT))
            remove = ui.button(say("Take the calibration out"), on_click=self._remove)
            remove.props("flat dense no-caps").classes("sw-danger")

    def _measure(self, name: str, value: float | None) -> None:
        changed: dict[str, Any] = {name: value}
        self._measured = replace(self._measured, **changed)
        self._keep(measured(self._board.sketch.calibration, self._measured), f"ground {name}")

    def _keep(self, calibration: Tree, gesture: str) -> None:
        sketch = calibrated(self._board.sketch, calibration)
        self._board.change(sketch, by=self, gesture=gesture)

    def _remove(self) -> None:
        self._board.change(calibrated(self._board.sketch, None))

    def _show_mistake(self) -> None:
        if self._says is None:
            return
        text = wrong(self._board.wrong_at("calibration"))
        self._says.set_text(text)
        self._says.set_visibility(bool(text))
