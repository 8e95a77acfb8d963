"""What zones, rules and their mistakes are called, in the page's language."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from streetwatch.service.config.checking import Mistake
from streetwatch.service.console.drawing.canvas import Spoken
from streetwatch.service.console.drawing.rule_form import in_words
from streetwatch.service.console.language import Language, language_here, mark, say
from streetwatch.zones.naming import NAMES
from streetwatch.zones.rules import ViolationType
from streetwatch.zones.zone import ZoneKind

KINDS: Final[Mapping[ZoneKind, str]] = MappingProxyType(
    {
        ZoneKind.PROHIBITED: mark("Prohibited"),
        ZoneKind.PERMITTED: mark("Permitted"),
        ZoneKind.EXCLUDE: mark("Left out"),
        ZoneKind.SHOPFRONT: mark("Shop front"),
        ZoneKind.PRIVACY_MASK: mark("Privacy mask"),
    }
)

KIND_HINTS: Final[Mapping[ZoneKind, str]] = MappingProxyType(
    {
        ZoneKind.PROHIBITED: mark("What may not be here is filed."),
        ZoneKind.PERMITTED: mark("Cut out of prohibited zones, at its hours."),
        ZoneKind.EXCLUDE: mark("Cut out of prohibited zones, always: a screen, a depot."),
        ZoneKind.SHOPFRONT: mark("A stall that touches it is the shop's own, no vendor's."),
        ZoneKind.PRIVACY_MASK: mark("Painted black before anything looks; no clips are kept."),
    }
)

#: Words of the schema: the fields of a rule are made from it.
OF_THE_SCHEMA: Final = frozenset(
    {
        mark("Dwell"),
        mark("Seconds of staying that make a violation."),
        mark("Gap"),
        mark("A longer time unseen adds nothing to the dwell, seconds."),
        mark("Clear"),
        mark("Looked at and not there for so many seconds: gone."),
        mark("Presence ratio"),
        mark("There for at least this share of the dwell that had a clear view."),
        mark("Match"),
        mark("Overlap (IoU) with its last box that makes a detection the same object."),
        mark("Drift"),
        mark("Shift from where it first stood, in box widths, that makes it a new stay."),
        mark("Grace"),
        mark("Seconds after a window opens in which nothing accrues."),
        mark("Queue hold"),
        mark("Seconds that a vehicle in a queue stands before it can be a violation."),
        mark("Soft start"),
        mark("Seconds between the warning and the filing, if it still stands. 0: no warning."),
        mark("Mute"),
        mark("Seconds after a case was rejected in which nothing is filed at its place."),
        mark("Attended"),
        mark(
            "A person must have been near for at least this share of the time it was seen. "
            "0: none need be."
        ),
        mark("Work pause"),
        mark(
            "While a person or a truck stays beside it nothing accrues, for so many seconds at "
            "the most. 0: no pause."
        ),
        mark("Group"),
        mark("So many must stand together, and are one case. 1: each is a case."),
        mark("Score where it stood"),
        mark(
            "What was not seen to come must be seen with at least this confidence; what came "
            "counts however unsure. 0: no difference."
        ),
    }
)

#: What the schema says is wrong, as it says it.
MISTAKES: Final = frozenset(
    {
        mark("is no id: write 1 to 64 of the characters a-z, 0-9 and -"),
        mark("stands in this list already: give each its own id"),
        mark(
            "is no area (the outline crosses or touches itself): list the corners in order "
            "around the area"
        ),
        mark("is no area (the corners lie on one line): spread them around the area"),
        mark("is no row and height: write [row, height], each 0..1, the rows from the top down"),
        mark(
            "is not below the row before it: write [row, height], each 0..1, the rows from the "
            "top down"
        ),
        mark("leaves nothing to look for: take the rule out"),
        mark('is no time of day: write "HH:MM" in quotes, "00:00" to "24:00"'),
        mark('begins when the day is over: write "00:00"'),
        mark('is the same time as from: write "00:00" to "24:00" for the whole day'),
        mark(
            'are no weekdays: write "mon-fri", "sat,sun" or [mon, wed] of mon, tue, wed, thu, '
            "fri, sat, sun"
        ),
        mark("needs the ground once: write ground: [[lon, lat], ...], or metres"),
        mark("needs metres and origin together: write origin: {lon: ..., lat: ...}"),
        mark("does not fit (the image points cross or repeat): list them in order around an area"),
        mark("does not fit (the ground points cross or repeat): list them in order around an area"),
        mark(
            "does not fit (the ground lies mirrored): give both lists the same order, "
            "seen from above clockwise on the map where it is clockwise in the picture"
        ),
        mark(
            "does not fit (the points fix the ground too loosely): take four further apart in "
            "the picture"
        ),
    }
)

#: The same where it holds something of the value.
_PATTERNS: Final = (
    (
        re.compile(r"is out of bounds: write a number from (?P<low>\S+) to (?P<high>\S+)"),
        mark("is out of bounds: write a number from {low} to {high}"),
    ),
    (
        re.compile(r"is prohibited without rules: .*"),
        mark("says nothing that is forbidden: tick at least one below"),
    ),
    (
        re.compile(r"does not fit \(.*\): .*"),
        mark("does not fit: take the four corners of a large flat area, no three on a line"),
    ),
    (re.compile(r"is (?:missing|not a number|empty).*"), mark("is needed: fill it in")),
)


def kind_words(kind: ZoneKind) -> str:
    """Say what a kind of zone is called."""
    return say(KINDS[kind])


def type_words(name: str) -> str:
    """Say what a type of violation is called."""
    chinese, english = NAMES[ViolationType(name)]
    return chinese if language_here() is Language.ZH else english


def label_words(label: str) -> str:
    """Say what the model calls by a label."""
    return say(LABEL_WORDS[label])


def spoken() -> Spoken:
    """Return how zones are told to those who can't see them."""
    kinds = {str(kind): kind_words(kind) for kind in ZoneKind}
    words = say(
        "Zone {name}, {kind}, {total} corners", name="{name}", kind="{kind}", total="{total}"
    )
    return Spoken(words, kinds)


def wrong(mistake: Mistake | None) -> str:
    """Say what is wrong and what to write instead; empty where nothing is."""
    if mistake is None:
        return ""
    words, fields = words_of(mistake)
    if fields:
        return say(words, low=fields["low"], high=fields["high"])
    return say(words) if is_known(words) else mistake.says


def words_of(mistake: Mistake) -> tuple[str, dict[str, str]]:
    """Return the message for a mistake, and what it speaks of."""
    for pattern, words in _PATTERNS:
        found = pattern.fullmatch(mistake.says)
        if found and mistake.says not in MISTAKES:
            return words, found.groupdict()
    return mistake.says, {}


def is_known(words: str) -> bool:
    """Tell whether a message about a mistake stands in the catalogues."""
    return words in MISTAKES or words in {known for _, known in _PATTERNS}


def duration(seconds: float) -> str:
    """Say a duration as people do: `5 min`."""
    number, unit = in_words(seconds)
    return say(_UNITS[unit], number=number)


def canvas_words() -> dict[str, str]:
    """Return what the picture says while it is drawn on."""
    return {
        "canvas": say("Picture of the camera with its zones"),
        "crosses": say("The outline crosses itself: move a corner so that no two sides cross."),
        "draw": say("Click the corners of the zone, one after the other. Esc stops."),
        "close": say("Click the first corner or press Enter to finish. Backspace takes one back."),
        "calibrate": say("Four corners of a flat area whose lengths you know. Drag them to fit."),
        "select": say("Drag a corner, a side's middle for a new one, or the whole zone."),
        "point": say(
            "Corner {row} of {total} at {x}, {y}", row="{row}", total="{total}", x="{x}", y="{y}"
        ),
    }


_UNITS: Final = MappingProxyType(
    {
        "s": mark("{number} s"),
        "min": mark("{number} min"),
        "h": mark("{number} h"),
        "d": mark("{number} d"),
    }
)

LABEL_WORDS: Final = MappingProxyType(
    {
        "car": mark("Car"),
        "bus": mark("Bus"),
        "truck": mark("Truck"),
        "bicycle": mark("Bicycle"),
        "motorcycle": mark("Motorcycle or e-bike"),
        "tricycle": mark("Tricycle"),
    }
)
