"""The filters of the queue: what is chosen, and the question that it makes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from nicegui import ui

from streetwatch.service.cameras import Camera
from streetwatch.service.console.language import mark, say
from streetwatch.service.console.review.words import ORDERS, type_words
from streetwatch.service.desk.query import Filter
from streetwatch.service.desk.review.question import Order, Question
from streetwatch.vision.types import Seconds
from streetwatch.zones.naming import NAMES

_HOUR_S: Final[Seconds] = 3600.0

#: How far back, in seconds; 0: all.
_PERIODS: Final = {
    0.0: mark("Any time"),
    _HOUR_S: mark("The last hour"),
    24 * _HOUR_S: mark("The last day"),
    7 * 24 * _HOUR_S: mark("The last week"),
}

_WHOSE: Final = {
    "all": mark("Everybody's"),
    "mine": mark("Given to me"),
    "unsure": mark("Second look"),
}


@dataclass(slots=True)
class Chosen:
    """What is chosen; each name is bound to a field of the page."""

    types: list[str] = field(default_factory=list)
    cameras: list[str] = field(default_factory=list)
    grid: str = ""
    period_s: Seconds = 0.0
    least: float = 0.0
    most: float = 1.0
    whose: str = "all"
    order: str = Order.WORTH.value

    def question(self, me: str, now: Seconds) -> Question:
        """Return what is asked for.

        Args:
            me: Who asks.
            now: Seconds since the epoch.
        """
        grid = self.grid.strip()
        return Question(
            Filter(
                types=tuple(self.types),
                cameras=tuple(self.cameras),
                grids=(grid,) if grid else (),
                assignees=(me,) if self.whose == "mine" else (),
                since=now - self.period_s if self.period_s else None,
            ),
            least=self.least if self.least > 0 else None,
            most=self.most if self.most < 1 else None,
            is_unsure=self.whose == "unsure",
            order=Order(self.order),
        )


def draw_filters(chosen: Chosen, cameras: Iterable[Camera], on_change: Callable[[], Any]) -> None:
    """Draw the fields; `on_change` is called whenever one of them has another value."""

    def changed(name: str) -> Callable[[Any], Any]:
        def keep(event: Any) -> Any:  # noqa: ANN401 -- NiceGUI's event of this field
            setattr(chosen, name, event.value)
            return on_change()

        return keep

    whose = {name: say(words) for name, words in _WHOSE.items()}
    types = {str(name): type_words(name) for name in NAMES}
    named = {one.id: one.name for one in cameras}
    with ui.element("div").classes("rv-filters"):
        _select(say("Queue"), whose, chosen.whose, changed("whose"))
        _select(say("Order"), _said(ORDERS), chosen.order, changed("order"))
        _select(say("Type"), types, [], changed("types"), many=True)
        _select(say("Camera"), named, [], changed("cameras"), many=True)
        _select(say("Reported"), _said(_PERIODS), chosen.period_s, changed("period_s"))
        grid = ui.input(say("Grid code begins with"), on_change=changed("grid"))
        grid.props("dense outlined clearable debounce=400 inputmode=numeric maxlength=15")
        _confidence(chosen, on_change)


def _select(
    label: str,
    options: dict[Any, str],
    value: Any,  # noqa: ANN401 -- one of the options, or several
    on_change: Callable[[Any], Any],
    *,
    many: bool = False,
) -> None:
    one = ui.select(options, label=label, value=value, multiple=many, on_change=on_change)
    one.props("dense outlined options-dense" + (" use-chips" if many else ""))


def _confidence(chosen: Chosen, on_change: Callable[[], Any]) -> None:
    """Draw the range of confidence: two numbers, for those who type."""

    def keep(_: Any) -> Any:  # noqa: ANN401 -- NiceGUI's event
        chosen.least, chosen.most = (low.value or 0) / 100, (high.value or 100) / 100
        return on_change()

    with ui.element("div").classes("sw-row"):
        low = ui.number(say("Confidence from, %"), value=0, min=0, max=100, on_change=keep)
        high = ui.number(say("to, %"), value=100, min=0, max=100, on_change=keep)
        for one in (low, high):
            one.classes("sw-fill").props("dense outlined debounce=400")


def _said(words: dict[Any, str]) -> dict[Any, str]:
    return {getattr(name, "value", name): say(text) for name, text in words.items()}
