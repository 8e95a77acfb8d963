"""The way to the identity provider and back, and out of it again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from streetwatch.service.access.access import Access
from streetwatch.service.access.errors import CodeNeededError
from streetwatch.service.access.sign_on.errors import ProviderDownError, SignOnError
from streetwatch.service.access.sign_on.single_sign_on import (
    BACK,
    BEGIN,
    ENDED,
    WAY_S,
    Returned,
    SingleSignOn,
)
from streetwatch.service.api.callers import COOKIE
from streetwatch.service.api.guard import LOGIN
from streetwatch.service.console.choices import HOME, local
from streetwatch.service.console.forms import HandOver, Typed, address_of, code_form, drawn
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: Holds what belongs to one way to the provider; it goes nowhere but where that way leads back.
TICKET: Final = "streetwatch_sign_on"


def sign_on_router(access: Access, clock: Callable[[], Seconds], hand: HandOver) -> APIRouter:
    """Return the routes to the identity provider, and out of the service."""
    ways = _Ways(access, clock, hand)
    router = APIRouter(include_in_schema=False)
    for path, method, answer in (
        (BEGIN, "GET", ways.begin),
        (BACK, "GET", ways.back),
        (ENDED, "POST", ways.ended),
        ("/console/sign-out", "POST", ways.sign_out),
    ):
        router.add_api_route(path, answer, methods=[method], response_class=HTMLResponse)
    return router


@dataclass(frozen=True, slots=True)
class _Ways:
    """What leads in and out."""

    access: Access
    clock: Callable[[], Seconds]
    hand: HandOver

    def begin(self, request: Request, next: str = HOME) -> Response:  # noqa: A002
        try:
            started = self._sign_on().begin(local(next), now=self.clock())
        except ProviderDownError as error:
            return self._refused(request, error, local(next))
        answer = RedirectResponse(started.address, status_code=303)
        answer.set_cookie(
            TICKET,
            started.ticket,
            max_age=int(WAY_S),
            path=BEGIN,
            httponly=True,
            samesite="lax",
            secure=self.hand.is_secure(request),
        )
        return answer

    def back(
        self, request: Request, code: str = "", state: str = "", error: str = "", iss: str = ""
    ) -> Response:
        sign_on, ticket = self._sign_on(), request.cookies.get(TICKET, "")
        wanted = local(sign_on.back_of(ticket))
        try:
            token = sign_on.finish(
                Returned(code, state, error, iss),
                ticket,
                address=address_of(request),
                now=self.clock(),
            )
            answer = self.hand.to(request, token, wanted)
        except CodeNeededError as owed:
            answer = code_form(request, owed, wanted)
        except (SignOnError, ProviderDownError) as refusal:
            answer = self._refused(request, refusal, wanted)
        answer.delete_cookie(TICKET, path=BEGIN)
        return answer

    def ended(self, request: Request, logout_token: Typed = "") -> Response:
        """Answer the provider, which says that somebody has left it."""
        kept_by_nobody = {"Cache-Control": "no-store"}
        try:
            self._sign_on().ended(logout_token, address=address_of(request), now=self.clock())
        except (SignOnError, ProviderDownError) as refusal:
            log.warning("access.left_provider_refused", detail=str(refusal))
            status = 400 if isinstance(refusal, SignOnError) else 503
            told = {"error": "invalid_request"}
            return JSONResponse(told, status_code=status, headers=kept_by_nobody)
        return Response(status_code=200, headers=kept_by_nobody)

    def sign_out(self, request: Request) -> Response:
        """End the session, and lead to where the provider ends its own.

        A form may not lead out of the service, so a page does.
        """
        token, sign_on = request.cookies.get(COOKIE, ""), self.access.sign_on
        proof = self.access.sessions.proof(token) if sign_on else ""
        self.access.sessions.end(token)
        there = sign_on.leave(proof, now=self.clock()) if sign_on and proof else ""
        answer: Response = RedirectResponse(LOGIN, status_code=303)
        if there:
            answer = drawn(request, "leaving.html", there=there)
        answer.delete_cookie(COOKIE)
        return answer

    def _sign_on(self) -> SingleSignOn:
        if self.access.sign_on is None:
            raise HTTPException(404, "access.oidc is not in the settings")
        return self.access.sign_on

    def _refused(self, request: Request, error: Exception, wanted: str) -> Response:
        why = error.why.value if isinstance(error, SignOnError) else "provider_down"
        log.warning("access.sign_on_refused", why=why, detail=str(error))
        return drawn(request, "login.html", error, next=wanted, **ways_in(self.access))


def ways_in(access: Access) -> dict[str, object]:
    """Return what the sign-in page offers beside a name and a password."""
    told = access.sign_on and access.sign_on.told
    return {
        "sign_on": BEGIN if told else "",
        "sign_on_title": told.title if told else None,
        "passwords": access.door.takes_passwords,
    }
