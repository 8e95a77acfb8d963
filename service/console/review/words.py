"""The words of the review page, in the language of the page that is drawn."""

from datetime import datetime, tzinfo
from typing import Final

from streetwatch.service.console.casework.words import REASONS, STATES, worded
from streetwatch.service.console.language import Language, language_here, mark, say
from streetwatch.service.desk.review.question import Order
from streetwatch.service.desk.review.verdict import Judgement
from streetwatch.vision.types import Seconds
from streetwatch.zones.naming import NAMES
from streetwatch.zones.schedule import CHINA

VERDICTS: Final = {
    Judgement.CONFIRMED: mark("Confirmed"),
    Judgement.REJECTED: mark("Rejected"),
    Judgement.UNSURE: mark("Unsure"),
}

ACTIONS: Final = {
    "unsure": mark("was unsure"),
    "undo": mark("took the verdict back"),
    "mute": mark("muted the place"),
    "assign": mark("gave it to somebody"),
    "decide": mark("decided a measure"),
    "merge": mark("another report joined"),
    "cleared": mark("another camera saw it gone"),
    "suggest_dispatch": mark("suggested whom to send"),
    "level": mark("changed the level"),
    "urge": mark("urged"),
    "overdue": mark("is overdue"),
    "verify": mark("looked again"),
    "subject": mark("named whose it is"),
}

ORDERS: Final = {
    Order.WORTH: mark("Doubtful and weighty first"),
    Order.OLDEST: mark("Oldest first"),
    Order.NEWEST: mark("Newest first"),
}

_PLAYER: Final = {
    "player": mark("The case"),
    "clip": mark("Clip"),
    "first": mark("First seen"),
    "threshold": mark("Violation"),
    "latest": mark("Latest"),
    "missing": mark("not there"),
    "nothing": mark("Nothing waits for a verdict."),
    "loading": mark("Loading the next case…"),
    "reason": mark("Why is it rejected?"),
    "back": mark("Back"),
    "play": mark("Play"),
    "pause": mark("Pause"),
    "time_line": mark("Time line"),
    "violation": mark("Here the dwell was full"),
    "seen": mark("seen"),
    "missed": mark("not found"),
    "hidden": mark("hidden by something"),
    "idle": mark("not looked at"),
    "no_track": mark("When it was seen was not kept"),
    "not_yet": mark("The clip is not complete yet"),
    "never": mark("This camera keeps no clips"),
    "gone": mark("The clip is not there any more"),
    "unplayable": mark("The browser can't play this clip"),
    "verdict": mark("Verdict"),
    "confirm": mark("Confirm"),
    "reject": mark("Reject"),
    "unsure": mark("Not sure"),
    "previous": mark("Previous"),
    "next": mark("Next"),
    "undo": mark("Undo"),
    "mute": mark("Mute"),
    "mute_place": mark("Mute the place"),
}


def player_words() -> dict[str, str]:
    """Return what the player says."""
    return {name: say(words) for name, words in _PLAYER.items()}


def reason_words() -> list[dict[str, str]]:
    """Return the reasons in the order of their keys."""
    return [{"name": one.value, "words": say(words)} for one, words in REASONS.items()]


def type_words(type_: str) -> str:
    """Return what a type is called; one that we don't know, as it is."""
    names = NAMES.get(type_)
    if names is None:
        return type_
    return names[0 if language_here() is Language.ZH else 1]


def state_words(state: str) -> str:
    """Return what a state is called."""
    return worded(STATES, state, say)


def done_words(line: dict[str, str]) -> str:
    """Return what a line of the history says was done."""
    if "state" in line:
        return state_words(line["state"])
    action = line.get("action", "")
    return say(ACTIONS[action]) if action in ACTIONS else action


def moment(at: Seconds | None, zone: tzinfo = CHINA) -> str:
    """Return a moment for people, on China's clock."""
    return "-" if at is None else f"{datetime.fromtimestamp(at, zone):%m-%d %H:%M:%S}"
