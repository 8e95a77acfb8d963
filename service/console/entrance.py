"""Signing in, and choosing a password: plain forms that need no script."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from streetwatch.service.access.access import Access
from streetwatch.service.access.asking import ACCOUNT
from streetwatch.service.access.errors import (
    BadNameError,
    CodeNeededError,
    DeadLinkError,
    MustWaitError,
    NameTakenError,
    PasswordsOffError,
    WeakPasswordError,
    WrongPasswordError,
)
from streetwatch.service.access.role import Account
from streetwatch.service.api.guard import LOGIN
from streetwatch.service.console.choices import HOME, local
from streetwatch.service.console.forms import (
    HandOver,
    Typed,
    UnlikeError,
    address_of,
    code_form,
    drawn,
)
from streetwatch.service.console.sign_on import ways_in
from streetwatch.vision.types import Seconds

WELCOME: Final = "/console/welcome"


def entrance_router(access: Access, clock: Callable[[], Seconds], hand: HandOver) -> APIRouter:
    """Return the routes by which somebody comes in and goes out."""
    entrance = _Entrance(access, clock, hand)
    router = APIRouter(include_in_schema=False)
    for path, methods, answer in (
        (LOGIN, ["GET"], entrance.login),
        (LOGIN, ["POST"], entrance.sign_in),
        (WELCOME, ["GET"], entrance.welcome),
        (WELCOME, ["POST"], entrance.choose),
        ("/console/password", ["GET"], entrance.password),
        ("/console/password", ["POST"], entrance.change),
        ("/console/alive", ["POST"], entrance.alive),
    ):
        router.add_api_route(path, answer, methods=methods, response_class=HTMLResponse)
    return router


@dataclass(frozen=True, slots=True)
class _Entrance:
    """The forms and what becomes of them."""

    access: Access
    clock: Callable[[], Seconds]
    hand: HandOver

    def login(self, request: Request, next: str = HOME) -> Response:  # noqa: A002
        return drawn(request, "login.html", None, next=local(next), **ways_in(self.access))

    def sign_in(
        self,
        request: Request,
        name: Typed = "",
        password: Typed = "",
        next: Typed = HOME,  # noqa: A002
    ) -> Response:
        try:
            token = self.access.door.sign_in(
                name, password, address=address_of(request), now=self.clock()
            )
        except (WrongPasswordError, MustWaitError, PasswordsOffError) as error:
            ways = ways_in(self.access)
            return drawn(request, "login.html", error, name=name, next=local(next), **ways)
        except CodeNeededError as owed:
            return code_form(request, owed, next)
        return self.hand.to(request, token, local(next))

    def welcome(self, request: Request, token: str = "") -> Response:
        try:
            meant = self.access.door.meant(token, now=self.clock())
        except DeadLinkError as error:
            return drawn(request, "dead.html", error)
        return drawn(request, "welcome.html", token=token, meant=meant)

    def choose(
        self,
        request: Request,
        token: Typed = "",
        name: Typed = "",
        password: Typed = "",
        again: Typed = "",
    ) -> Response:
        try:
            meant = self.access.door.meant(token, now=self.clock())
            _same(password, again)
            entered = self.access.door.use(
                token, name, password, now=self.clock(), address=address_of(request)
            )
        except DeadLinkError as error:
            return drawn(request, "dead.html", error)
        except (
            UnlikeError,
            WeakPasswordError,
            BadNameError,
            NameTakenError,
            PasswordsOffError,
        ) as error:
            return drawn(request, "welcome.html", error, token=token, meant=meant, name=name)
        except CodeNeededError as owed:
            return code_form(request, owed, HOME)
        return self.hand.to(request, entered, HOME)

    def password(self, request: Request) -> Response:
        return drawn(request, "password.html")

    def change(
        self, request: Request, old: Typed = "", password: Typed = "", again: Typed = ""
    ) -> Response:
        account: Account = request.scope[ACCOUNT]
        try:
            _same(password, again)
            token = self.access.door.change(
                account.name, old, password, address=address_of(request), now=self.clock()
            )
        except (UnlikeError, WeakPasswordError, WrongPasswordError, MustWaitError) as error:
            return drawn(request, "password.html", error)
        return self.hand.to(request, token, HOME)

    def alive(self) -> Response:
        """Answer whoever still types: the guard has noted that they were seen."""
        return Response(status_code=204)


def _same(password: str, again: str) -> None:
    if password != again:
        raise UnlikeError
