"""Who asks, as a route is told: the guard has written it down, or nobody is let in."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Protocol, Self, TypeVar

from fastapi import Depends, HTTPException
from starlette.requests import HTTPConnection

from streetwatch.service.access.doer import Doer
from streetwatch.service.access.role import Account
from streetwatch.service.incidents.reach import EVERYWHERE, Reach

#: Where the guard writes down who asks, which rule lets them, and what is to be noted of it.
ACCOUNT: Final = "streetwatch.account"
RULE: Final = "streetwatch.rule"
STILL: Final = "streetwatch.still"
NOTES: Final = "streetwatch.notes"


def account_of(asked: HTTPConnection) -> Account | None:
    """Return who asks; None: somebody whom nobody knows, at a door that is open."""
    account: Account | None = asked.scope.get(ACCOUNT)
    return account


def known_account(asked: HTTPConnection) -> Account:
    """Return who asks, where only somebody who is known may."""
    account = account_of(asked)
    if account is None:
        raise HTTPException(401, "sign in, or send a token: Authorization: Bearer ...")
    return account


def is_still_good(asked: HTTPConnection) -> bool:
    """Tell whether who asks would still be let in: for answers that last."""
    still: Callable[[], bool] = asked.scope[STILL]
    return still()


def reach_of(asked: HTTPConnection) -> Reach:
    """Return what part of the city an answer may be about."""
    return known_account(asked).reach


def public_reach(asked: HTTPConnection) -> Reach:
    """Return the same at a door that may be open to everybody."""
    if account_of(asked) is None and RULE in asked.scope:
        return EVERYWHERE
    return reach_of(asked)


def note(asked: HTTPConnection, **facts: Any) -> None:  # noqa: ANN401 -- as the log takes them
    """Add to what the audit log says of this request."""
    asked.scope.setdefault(NOTES, {}).update(facts)


def doer_of(asked: HTTPConnection, said: str = "", behalf: str = "") -> Doer:
    """Return who does what is asked for, and write down on whose behalf.

    Args:
        asked: The request.
        said: Whom it calls `by`.
        behalf: Whom it calls `on_behalf_of`.
    """
    doer = Doer.of(account_of(asked), said, behalf)
    if doer.on_behalf_of:
        note(asked, on_behalf_of=doer.on_behalf_of)
    return doer


class Signs(Protocol):
    """A body that says who does something."""

    @property
    def by(self) -> str: ...  # noqa: D102
    @property
    def on_behalf_of(self) -> str: ...  # noqa: D102

    @property
    def may_be_nobodys(self) -> bool: ...  # noqa: D102

    def signed(self, doer: Doer) -> Self:
        """Return it as done by somebody."""
        ...


S = TypeVar("S", bound=Signs)


def signed(asked: HTTPConnection, body: S) -> S:
    """Return what a request's body says, as done by whoever asks."""
    doer = doer_of(asked, body.by, body.on_behalf_of)
    return body.signed(doer if body.may_be_nobodys else somebody(doer))


def somebody(doer: Doer) -> Doer:
    """Refuse what nobody answers for: whoever need not say who they are says so in `by`."""
    if not doer.by:
        raise HTTPException(422, ["body.by: is missing: write who does it"])
    return doer


Asker = Annotated[Account, Depends(known_account)]
TheirReach = Annotated[Reach, Depends(reach_of)]
PublicReach = Annotated[Reach, Depends(public_reach)]
