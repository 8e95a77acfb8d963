"""The second factor's forms: the code after the password, setting one up, taking it off."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from streetwatch.service.access.access import Access
from streetwatch.service.access.asking import ACCOUNT
from streetwatch.service.access.errors import (
    DeadTicketError,
    FactorNeededError,
    MustWaitError,
    WrongCodeError,
)
from streetwatch.service.access.role import Account
from streetwatch.service.api.guard import LOGIN
from streetwatch.service.console.choices import HOME, local
from streetwatch.service.console.forms import HandOver, Typed, address_of, code_form, drawn
from streetwatch.service.console.sign_on import ways_in
from streetwatch.vision.types import Seconds


def factor_router(access: Access, clock: Callable[[], Seconds], hand: HandOver) -> APIRouter:
    """Return the routes of the second factor."""
    forms = _Forms(access, clock, hand)
    router = APIRouter(include_in_schema=False)
    for path, method, answer in (
        ("/console/code", "GET", forms.again),
        ("/console/code", "POST", forms.code),
        ("/console/second-factor", "GET", forms.page),
        ("/console/second-factor", "POST", forms.take_off),
    ):
        router.add_api_route(path, answer, methods=[method], response_class=HTMLResponse)
    return router


@dataclass(frozen=True, slots=True)
class _Forms:
    """The forms and what becomes of them."""

    access: Access
    clock: Callable[[], Seconds]
    hand: HandOver

    def again(self) -> Response:
        """Lead whoever comes without a ticket to where they get one."""
        return RedirectResponse(LOGIN, status_code=303)

    def code(
        self,
        request: Request,
        ticket: Typed = "",
        code: Typed = "",
        next: Typed = HOME,  # noqa: A002
    ) -> Response:
        now, address = self.clock(), address_of(request)
        try:
            entered = self.access.door.with_code(ticket, code, address=address, now=now)
        except DeadTicketError as error:
            return drawn(request, "login.html", error, next=local(next), **ways_in(self.access))
        except (WrongCodeError, MustWaitError) as error:
            owed = self.access.factor.again(ticket, now=now)
            return code_form(request, owed, next, error)
        if not entered.codes:
            return self.hand.to(request, entered.token, local(next))
        answer = drawn(request, "recovery.html", codes=entered.codes, next=local(next))
        return self.hand.by(request, entered.token, answer)

    def page(self, request: Request) -> Response:
        account: Account = request.scope[ACCOUNT]
        owed = self.access.factor.offer(account.name, now=self.clock())
        return drawn(request, "factor.html") if owed is None else code_form(request, owed, HOME)

    def take_off(self, request: Request, code: Typed = "") -> Response:
        account: Account = request.scope[ACCOUNT]
        try:
            self.access.door.without_factor(
                account.name, code, address=address_of(request), now=self.clock()
            )
        except (WrongCodeError, MustWaitError, FactorNeededError) as error:
            return drawn(request, "factor.html", error)
        return RedirectResponse("/console/second-factor", status_code=303)
