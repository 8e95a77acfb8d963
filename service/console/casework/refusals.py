"""Why the desk refuses something, in the language of the page that is drawn."""

from typing import Final

from streetwatch.service.console.language import mark, say
from streetwatch.service.desk.errors import ChangedMeanwhileError, NoSuchCaseError
from streetwatch.service.desk.review.leases import HeldByAnotherError
from streetwatch.service.desk.review.verdict import JudgedAlreadyError, NotUndoneError
from streetwatch.service.desk.states import DeskConflictError, MoveRefusedError

#: What the desk refuses in reply to a click; anything else is a fault.
REFUSALS: Final = (NoSuchCaseError, DeskConflictError)

_WORDS: Final[dict[type[Exception], str]] = {
    NoSuchCaseError: mark("There is no such case any more."),
    HeldByAnotherError: mark("Somebody else is looking at this case."),
    JudgedAlreadyError: mark("Somebody has judged this case already."),
    NotUndoneError: mark("It can't be taken back: too old, another's, or gone on with."),
    ChangedMeanwhileError: mark("Somebody has changed this case meanwhile: load the page again."),
    MoveRefusedError: mark("The case is in a state that does not allow this."),
}


def refusal_words(error: Exception) -> str:
    """Say why something is not done.

    Args:
        error: One of `REFUSALS`.
    """
    words = _WORDS.get(type(error))
    return say("The case does not allow this: {why}", why=error) if words is None else say(words)
