"""One case as a page shows it: facts, evidence, history, deliveries."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from streetwatch.service.console.casework.lines import place_words
from streetwatch.service.console.casework.words import (
    DEEDS,
    MEASURES,
    MESSAGES,
    REASONS,
    ROLES,
    SOURCES,
    STATES,
    Say,
    doer_words,
    worded,
)
from streetwatch.service.console.language import Language, mark
from streetwatch.service.console.moments import seconds_of, to_the_second
from streetwatch.service.store.deliveries import Delivery
from streetwatch.service.store.outbox import MessageState
from streetwatch.vision.types import Seconds

#: Pictures, in the order in which a person wants to see them.
_FIRST: Final = ("threshold", "zone_overlay", "close_up", "first_seen", "latest", "cleared")


@dataclass(frozen=True, slots=True)
class Fact:
    """A thing that is known of a case: its name and what it is."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A file of evidence that can be looked at.

    Attributes:
        words: What it shows.
        at: When it was taken, the time of day.
    """

    name: str
    url: str
    words: str
    at: str
    is_clip: bool


def exhibits(case: Mapping[str, Any], say: Say) -> list[Exhibit]:
    """Return the pictures and clips of a case, the telling ones first."""
    files = [one for one in case.get("evidence") or () if _is_shown(one["media_type"])]
    return [
        Exhibit(
            name=one["name"],
            url=one["url"],
            words=worded(ROLES, one["role"], say),
            at=_moment(one["captured_at"])[11:],
            is_clip=one["media_type"].startswith("video/"),
        )
        for one in sorted(files, key=lambda one: (_place(one), one["captured_at"]))
    ]


def _is_shown(media_type: str) -> bool:
    return media_type.startswith(("image/", "video/"))


def _place(one: Mapping[str, Any]) -> int:
    if one["media_type"].startswith("video/"):
        return -1
    return _FIRST.index(one["role"]) if one["role"] in _FIRST else len(_FIRST)


def facts_of(case: Mapping[str, Any], *, names: Mapping[str, str], say: Say) -> list[Fact]:
    """Return what is known of a case; what is not known is left out."""
    told = _told(case, names, say)
    return [Fact(name, value) for name, value in told if value]


def _told(
    case: Mapping[str, Any], names: Mapping[str, str], say: Say
) -> Iterator[tuple[str, str | None]]:
    code = (case.get("code"), case.get("code_standard"))
    yield say("Type"), names.get(case["type"], case["type"])
    yield say("Code"), " · ".join(one for one in code if one)
    yield say("Source"), worded(SOURCES, case["source"], say)
    yield say("Place"), place_words(case)
    yield say("Zone"), case.get("zone_id")
    yield say("Grid"), case.get("grid_code")
    yield say("First seen"), _moment(case.get("first_seen"))
    yield say("Violation since"), _moment(case.get("violation_at"))
    yield say("Last seen"), _moment(case.get("last_seen"))
    yield say("Gone at"), _moment(case.get("cleared_at"))
    yield say("Stood for"), _stood(case, say)
    yield say("Confidence"), _percent(case.get("confidence"))
    yield say("Reported"), _moment(case.get("reported_at"))
    yield say("Deadline"), _moment(case.get("deadline"))
    yield say("Suspended until"), _moment(case.get("suspended_until"))
    yield say("Authority"), case.get("authority")
    yield say("Given to"), case.get("assignee")
    yield say("Subject"), case.get("subject")
    yield say("Measure"), _measure(case.get("measure"), say)
    yield say("Earlier here"), str(case.get("repeat_count") or "")
    yield say("Judged by"), (case.get("versions") or {}).get("model")


def _moment(written: str | None) -> str:
    at = seconds_of(written)
    return "" if at is None else to_the_second(at)


def _stood(case: Mapping[str, Any], say: Say) -> str:
    """Say how long it stood, and how much of that nobody saw."""
    if case.get("observed_s") is None:
        return ""
    seen, unseen = case["observed_s"], case["unobserved_s"]
    whole = span(seen + unseen, say)
    if unseen < 1:
        return whole
    return say("{whole}, {unseen} of it unseen", whole=whole, unseen=span(unseen, say))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"


def _measure(measure: str | None, say: Say) -> str:
    return "" if measure is None else worded(MEASURES, measure, say)


def span(seconds: Seconds, say: Say) -> str:
    """Say how long something took, in the unit that people would use."""
    if seconds >= 172_800:
        return say("{n} d", n=f"{seconds / 86_400:.1f}")
    if seconds >= 5_400:
        return say("{n} h", n=f"{seconds / 3_600:.1f}")
    if seconds >= 90:
        return say("{n} min", n=f"{seconds / 60:.0f}")
    return say("{n} s", n=f"{seconds:.0f}")


def suggestion(case: Mapping[str, Any], language: Language, say: Say) -> tuple[str, list[str]]:
    """Return the measure that is suggested for a case, and why."""
    if not case.get("suggestion"):
        return "", []
    key = "zh" if language is Language.ZH else "en"
    reasons = [one[key] for one in (case.get("triage") or {}).get("reasons", ())]
    return worded(MEASURES, case["suggestion"], say), reasons


@dataclass(frozen=True, slots=True)
class Deed:
    """A line of a case's history."""

    at: str
    by: str
    what: str
    why: str


def history_of(case: Mapping[str, Any], say: Say) -> list[Deed]:
    """Return who did what with a case, the latest first."""
    return [_deed(line, say) for line in reversed(case.get("history") or ())]


def _deed(line: Mapping[str, Any], say: Say) -> Deed:
    if line.get("state"):
        what = worded(STATES, line["state"], say)
    else:
        what = worded(DEEDS, str(line.get("action", "")), say)
    return Deed(_moment(line["at"]), doer_words(line), what, " · ".join(_why(line, say)))


def _why(line: Mapping[str, Any], say: Say) -> Iterator[str]:
    if line.get("reason"):
        yield worded(REASONS, line["reason"], say)
    if line.get("measure"):
        yield worded(MEASURES, line["measure"], say)
    yield from (str(line[name]) for name in ("authority", "assignee", "subject") if line.get(name))
    if line.get("until"):
        yield say("until {moment}", moment=_moment(line["until"]))
    if line.get("note"):
        yield str(line["note"])


@dataclass(frozen=True, slots=True)
class Sending:
    """A message to a target, as people want to know it.

    Attributes:
        tone: `good`, `warn` or `bad`.
        why: What went wrong, in the platform's words.
        can_resend: Whether it may be sent now.
    """

    target: str
    key: str
    what: str
    words: str
    tone: str
    when: str
    number: str
    attempts: int
    why: str
    can_resend: bool


_OCCASIONS: Final = {
    "opened": mark("reported"),
    "warned": mark("warned"),
    "evidence": mark("evidence"),
    "cleared": mark("gone"),
    "disputed": mark("still there after closing"),
}


def sendings(deliveries: Iterable[Delivery], *, say: Say) -> list[Sending]:
    """Return how the messages about a case stand, target by target."""
    ordered = sorted(deliveries, key=lambda one: (one.target, one.queued_at))
    return [_sending(one, say) for one in ordered]


def _sending(one: Delivery, say: Say) -> Sending:
    words, tone = standing_of(one, say)
    at = one.delivered_at if one.delivered_at is not None else one.queued_at
    occasion = one.occasion.value
    return Sending(
        target=one.target,
        key=one.key,
        what=say(_OCCASIONS[occasion]) if occasion in _OCCASIONS else occasion,
        words=words,
        tone=tone,
        when=to_the_second(at),
        number=one.number or "",
        attempts=one.attempts,
        why=_why_not(one, say),
        can_resend=one.state is not MessageState.DELIVERED,
    )


def standing_of(one: Delivery, say: Say) -> tuple[str, str]:
    """Say how a message stands, and how that is coloured."""
    if one.state is MessageState.DELIVERED:
        return say(MESSAGES[one.state]), "good"
    if one.state is MessageState.PARKED:
        return say("refused, parked"), "bad"
    if one.attempts:
        return say("retrying"), "warn"
    return say(MESSAGES[one.state]), "warn"


def _why_not(one: Delivery, say: Say) -> str:
    if one.state is MessageState.DELIVERED:
        return ""
    doubt = say("It may have arrived all the same.") if one.is_uncertain else ""
    return " ".join(part for part in (one.reason or "", doubt) if part)


@dataclass(frozen=True, slots=True)
class Earlier:
    """A case at the same place."""

    number: str
    state_words: str
    at: str
    apart: str


def earlier_of(place: Mapping[str, Any], number: str, say: Say) -> list[Earlier]:
    """Return the other cases of a case's place, the newest first."""
    return [
        Earlier(
            one["number"],
            worded(STATES, one["state"], say),
            _moment(one["occurred_at"]),
            _apart(one["days_since_the_last"], say),
        )
        for one in place.get("cases", ())
        if one["number"] != number
    ]


def _apart(days: float | None, say: Say) -> str:
    if days is None:
        return ""
    return say("{span} after the one before", span=span(days * 86_400, say))
