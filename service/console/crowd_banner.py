"""What stands above every page while there is a crowd."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from nicegui import ui

from streetwatch.service.console.language import say
from streetwatch.service.console.parts import Parts
from streetwatch.service.incidents.reach import Reach
from streetwatch.vision.types import Seconds

#: Between two questions whether there is one.
CROWDS_EVERY_S: Final[Seconds] = 5.0

#: Crowds that are named; of more it is said how many there are.
_MOST: Final = 3


@dataclass(frozen=True, slots=True)
class CrowdNow:
    """A crowd as the banner tells of it.

    Attributes:
        place: Camera and zone, for people.
        people: When it was warned of.
        heads_to: Where it led.
        is_usual: There are as many at this time every week.
    """

    place: str
    people: int
    heads_to: int
    is_usual: bool


def crowds_now(parts: Parts, reach: Reach) -> Sequence[CrowdNow]:
    """Return the crowds that are there now in a part of the city, the latest first.

    Raises:
        StorageError: the database refused.
    """
    crowds = parts.crowds.within(reach)
    names = {one.id: one.name for one in parts.cameras()}
    return tuple(
        CrowdNow(
            f"{names.get(one.camera_id, one.camera_id)} / {one.zone_id}",
            round(one.people),
            round(one.heads_to),
            one.is_usual,
        )
        for one in crowds.now()
    )


def draw_banner(into: ui.element, found: Sequence[CrowdNow]) -> None:
    """Say which crowds there are; nothing where there is none."""
    into.clear()
    if not found:
        return
    with into, ui.element("div").classes("sw-crowds sw-row sw-wrap").props("role=status"):
        ui.icon("groups").props("aria-hidden=true")
        for words in banner_lines(found):
            ui.label(words)
        ui.link(say("Look at the crowds"), "/console/foresight?tab=crowds")


def banner_lines(found: Sequence[CrowdNow]) -> Iterator[str]:
    """Yield what is said of crowds."""
    for one in found[:_MOST]:
        numbers = {"people": one.people, "heads_to": one.heads_to}
        if one.is_usual:
            yield say(
                "{place}: filling as every week. {people} people, usually {heads_to} in an hour.",
                place=one.place,
                **numbers,
            )
        else:
            yield say(
                "{place}: more people than usual. {people} now, heading to {heads_to}.",
                place=one.place,
                **numbers,
            )
    if len(found) > _MOST:
        yield say("and {count} more", count=len(found) - _MOST)
