"""The state of one open editor: what is drawn, what is chosen, what is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from streetwatch.service.cameras.camera import CameraDocument
from streetwatch.service.cameras.checking import checked_camera
from streetwatch.service.cameras.errors import CameraRefusedError
from streetwatch.service.config.checking import Mistake
from streetwatch.service.console.drawing.canvas import wrong_outlines
from streetwatch.service.console.drawing.document import sketch_of, with_sketch
from streetwatch.service.console.drawing.edits import Edit, applied, selected_after
from streetwatch.service.console.drawing.history import History
from streetwatch.service.console.drawing.sketch import Area, Sketch
from streetwatch.vision.types import Size
from streetwatch.zones.zone import ZoneKind


class Mode(StrEnum):
    """What a click on the picture does."""

    SELECT = "select"
    DRAW = "draw"
    CALIBRATE = "calibrate"


#: Is told that something changed, and by whom: whoever did it must not be drawn anew under the
#: hand that types.
Follower = Callable[[object], None]


@dataclass(slots=True)
class Board:
    """One editor's state; the parts of the page follow it.

    Attributes:
        camera: The document that is edited, as it is kept.
        size: Of the picture, pixels.
        history: Of what is drawn.
        selected: Id of the zone that is chosen; empty for none.
        mode: What a click on the picture does.
        kind: Of the next zone that is drawn.
        mistakes: What is wrong with the document as it is now.
    """

    camera: CameraDocument
    size: Size
    history: History[Sketch] = field(init=False)
    selected: str = ""
    mode: Mode = Mode.SELECT
    kind: ZoneKind = ZoneKind.PROHIBITED
    mistakes: tuple[Mistake, ...] = field(init=False, default=())
    _saved: Sketch = field(init=False)
    _followers: list[Follower] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._saved = sketch_of(self.camera)
        self.history = History(self._saved)
        self.mode = Mode.SELECT if self._saved.areas else Mode.DRAW
        self._check()

    @property
    def sketch(self) -> Sketch:
        """What is drawn now."""
        return self.history.now

    @property
    def area(self) -> Area | None:
        """The zone that is chosen."""
        return self.sketch.area(self.selected)

    @property
    def document(self) -> CameraDocument:
        """The camera's document with what is drawn."""
        return with_sketch(self.camera, self.sketch)

    @property
    def is_changed(self) -> bool:
        """Tell whether anything would be lost."""
        return self.sketch != self._saved

    def follow(self, follower: Follower) -> None:
        """Have somebody called after each change."""
        self._followers.append(follower)

    def edit(self, edit: Edit) -> None:
        """Do what was done on the picture."""
        before = self.sketch
        self.history = applied(self.history, edit, kind=self.kind)
        self.selected = selected_after(before, self.sketch, self.selected)
        if edit.what == "draw":
            self.mode = Mode.SELECT
        self._tell(None)

    def change(self, sketch: Sketch, *, by: object = None, gesture: str = "") -> None:
        """Replace what is drawn by something made from it."""
        before = self.sketch
        self.history = self.history.then(sketch, gesture=gesture)
        self.selected = selected_after(before, sketch, self.selected)
        self._tell(by)

    def pick(self, name: str) -> None:
        """Choose a zone; empty for none."""
        if name != self.selected:
            self.selected = name
            self._tell(None)

    def turn_to(self, mode: Mode, kind: ZoneKind | None = None) -> None:
        """Let clicks on the picture do something else."""
        self.mode, self.kind = mode, kind or self.kind
        self._tell(None)

    def describe(self, camera: CameraDocument) -> None:
        """Take over what is not drawn: name, address, place."""
        drawn = {key: one for key, one in self.camera.items() if key in {"zones", "calibration"}}
        self.camera = {**camera, **drawn}
        self._tell(None)

    def kept(self) -> None:
        """Note that what is drawn was saved."""
        self.camera, self._saved = self.document, self.sketch
        self._tell(None)

    def wrong_outlines(self) -> Mapping[str, Mistake]:
        """Return what is wrong with outlines, by the zone's id."""
        return wrong_outlines(self.sketch, self.mistakes)

    def wrong_at(self, *location: str | int) -> Mistake | None:
        """Return the first thing that is wrong at a place of the document, or inside it."""
        depth = len(location)
        return next((one for one in self.mistakes if one.location[:depth] == location), None)

    def row_of(self, name: str) -> int:
        """Return where a zone stands in the document."""
        return next(row for row, area in enumerate(self.sketch.areas) if area.id == name)

    def _tell(self, by: object) -> None:
        self._check()
        for follower in list(self._followers):
            follower(by)

    def _check(self) -> None:
        try:
            checked_camera(self.document)
        except CameraRefusedError as error:
            drawn = {"zones", "calibration"}
            self.mistakes = tuple(one for one in error.mistakes if drawn & {*one.location[:1]})
        else:
            self.mistakes = ()
