"""What the parts of a case are called by people."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar

from streetwatch.service.access.doer import Doer
from streetwatch.service.console.language import Language, mark
from streetwatch.service.desk.profile import Profile
from streetwatch.service.desk.states import ENDS, CaseState, RejectReason
from streetwatch.service.desk.triage import Level, Measure
from streetwatch.service.store.outbox import MessageState
from streetwatch.zones.naming import NAMES

#: What a thing is called in the code: a string, or an enumeration of them.
Name = TypeVar("Name", bound=str)

#: Says a message in the language of whoever reads it (`language.say`).
Say: TypeAlias = Callable[..., str]

STATES: Final[Mapping[CaseState, str]] = MappingProxyType(
    {
        CaseState.WARNED: mark("warned"),
        CaseState.SELF_CORRECTED: mark("put right"),
        CaseState.REPORTED: mark("reported"),
        CaseState.ACCEPTED: mark("accepted"),
        CaseState.REJECTED: mark("rejected"),
        CaseState.DISPATCHED: mark("dispatched"),
        CaseState.HANDLING: mark("being handled"),
        CaseState.SUSPENDED: mark("suspended"),
        CaseState.HANDLED: mark("handled"),
        CaseState.CLOSED: mark("closed"),
        CaseState.FORCE_CLOSED: mark("closed by force"),
        CaseState.CANCELLED: mark("withdrawn"),
    }
)

LEVELS: Final[Mapping[Level, str]] = MappingProxyType(
    {Level.YELLOW: mark("yellow"), Level.ORANGE: mark("orange"), Level.RED: mark("red")}
)

SOURCES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "video": mark("camera"),
        "mobile": mark("citizen"),
        "sensor": mark("sensor"),
        "open311": mark("other tool"),
    }
)

REASONS: Final[Mapping[RejectReason, str]] = MappingProxyType(
    {
        RejectReason.WRONG_OBJECT: mark("No such object"),
        RejectReason.PERMITTED: mark("It may be there"),
        RejectReason.NOT_STAYING: mark("It was moving on"),
        RejectReason.DUPLICATE: mark("Another case has it"),
        RejectReason.OTHER: mark("Another reason"),
    }
)

MEASURES: Final[Mapping[Measure, str]] = MappingProxyType(
    {
        Measure.SERVICE: mark("service"),
        Measure.MANAGEMENT: mark("management"),
        Measure.ENFORCEMENT: mark("enforcement"),
    }
)

#: What a picture or clip shows; a role that is not here stands as it is.
ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "first_seen": mark("first seen"),
        "threshold": mark("time limit reached"),
        "close_up": mark("close-up"),
        "zone_overlay": mark("with its zone"),
        "latest": mark("latest"),
        "clip": mark("clip"),
        "manifest": mark("list of files"),
        "signature": mark("signature of the list"),
        "warned": mark("warned"),
        "cleared": mark("gone"),
        "disputed": mark("still there after closing"),
        "verified": mark("looked at again"),
        "report": mark("as it was reported"),
    }
)

#: Lines of a history that are no moves.
DEEDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "verify": mark("looked at again"),
        "suggest_dispatch": mark("suggested whom to give it to"),
        "assign": mark("given to somebody"),
        "decide": mark("measure decided"),
        "subject": mark("said whose it is"),
        "level": mark("suggestion changed"),
        "merge": mark("another report joined"),
        "cleared": mark("seen to be gone"),
        "urge": mark("nobody has responded"),
        "overdue": mark("past its deadline"),
        "suspension_over": mark("suspension is over"),
        "legal_hold_set": mark("legal hold set"),
        "legal_hold_lifted": mark("legal hold lifted"),
        "evidence_deleted": mark("evidence deleted, its time was over"),
    }
)

MESSAGES: Final[Mapping[MessageState, str]] = MappingProxyType(
    {
        MessageState.PENDING: mark("waiting"),
        MessageState.DELIVERED: mark("sent"),
        MessageState.PARKED: mark("parked"),
    }
)

_TONES: Final[Mapping[CaseState, str]] = MappingProxyType(
    {
        CaseState.REPORTED: "warn",
        CaseState.HANDLED: "good",
        CaseState.CLOSED: "good",
        CaseState.SELF_CORRECTED: "good",
        CaseState.SUSPENDED: "idle",
    }
)


def tone_of(state: CaseState) -> str:
    """Return how a state is coloured: `good`, `warn`, `idle`, or `busy` where people work."""
    return _TONES.get(state, "idle" if state in ENDS else "busy")


def worded(names: Mapping[Name, str], name: str, say: Say) -> str:
    """Return the word for a name; one that is not known stands as it is."""
    known = {str(key): word for key, word in names.items()}
    return say(known[name]) if name in known else name.replace("_", " ")


def type_names(profile: Profile, language: Language) -> Mapping[str, str]:
    """Return what each type is called: as the city's profile has it, else as we do."""
    place = 0 if language is Language.ZH else 1
    ours = {str(name): words[place] for name, words in NAMES.items()}
    citys = {name: (one.zh, one.en)[place] for name, one in profile.types.items()}
    return ours | citys


def doer_words(line: Mapping[str, object]) -> str:
    """Say who a line of a history is by."""
    return Doer(str(line.get("by") or ""), str(line.get("on_behalf_of") or "")).one
