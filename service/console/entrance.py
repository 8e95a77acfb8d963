"""Signing in and out, and choosing a password: plain forms that need no script."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from streetwatch.service.access.access import Access
from streetwatch.service.access.errors import (
    BadNameError,
    DeadLinkError,
    MustWaitError,
    NameTakenError,
    WeakPasswordError,
    WrongPasswordError,
)
from streetwatch.service.access.role import Account
from streetwatch.service.access.rules import (
    KINDS_AT_LEAST,
    NAME_AT_MOST,
    PASSWORD_AT_LEAST,
    PASSWORD_AT_MOST,
    Weakness,
)
from streetwatch.service.console.choices import HOME, local
from streetwatch.service.console.forms import rendered
from streetwatch.service.console.guard import ACCOUNT, COOKIE, LOGIN, WELCOME
from streetwatch.service.console.language import Language, language_of, mark, say_in
from streetwatch.vision.types import Seconds

Typed = Annotated[str, Form()]


def entrance_router(access: Access, *, clock: Callable[[], Seconds]) -> APIRouter:
    """Return the routes by which somebody comes in and goes out."""
    entrance = _Entrance(access, clock)
    router = APIRouter(include_in_schema=False)
    for path, methods, answer in (
        (LOGIN, ["GET"], entrance.login),
        (LOGIN, ["POST"], entrance.sign_in),
        (WELCOME, ["GET"], entrance.welcome),
        (WELCOME, ["POST"], entrance.choose),
        ("/console/password", ["GET"], entrance.password),
        ("/console/password", ["POST"], entrance.change),
        ("/console/sign-out", ["POST"], entrance.sign_out),
        ("/console/alive", ["POST"], entrance.alive),
    ):
        router.add_api_route(path, answer, methods=methods, response_class=HTMLResponse)
    return router


@dataclass(frozen=True, slots=True)
class _Entrance:
    """The forms and what becomes of them."""

    access: Access
    clock: Callable[[], Seconds]

    def login(self, request: Request, next: str = HOME) -> Response:  # noqa: A002
        return _drawn(request, "login.html", next=local(next))

    def sign_in(
        self,
        request: Request,
        name: Typed = "",
        password: Typed = "",
        next: Typed = HOME,  # noqa: A002
    ) -> Response:
        try:
            token = self.access.door.sign_in(
                name, password, address=_address(request), now=self.clock()
            )
        except (WrongPasswordError, MustWaitError) as error:
            return _drawn(request, "login.html", error, name=name, next=local(next))
        return _entered(request, token, local(next))

    def welcome(self, request: Request, token: str = "") -> Response:
        try:
            meant = self.access.door.meant(token, now=self.clock())
        except DeadLinkError as error:
            return _drawn(request, "dead.html", error)
        return _drawn(request, "welcome.html", token=token, meant=meant)

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
            entered = self.access.door.use(token, name, password, now=self.clock())
        except DeadLinkError as error:
            return _drawn(request, "dead.html", error)
        except (_UnlikeError, WeakPasswordError, BadNameError, NameTakenError) as error:
            return _drawn(request, "welcome.html", error, token=token, meant=meant, name=name)
        return _entered(request, entered, HOME)

    def password(self, request: Request) -> Response:
        return _drawn(request, "password.html")

    def change(
        self, request: Request, old: Typed = "", password: Typed = "", again: Typed = ""
    ) -> Response:
        account: Account = request.scope[ACCOUNT]
        try:
            _same(password, again)
            token = self.access.door.change(
                account.name, old, password, address=_address(request), now=self.clock()
            )
        except (_UnlikeError, WeakPasswordError, WrongPasswordError, MustWaitError) as error:
            return _drawn(request, "password.html", error)
        return _entered(request, token, HOME)

    def sign_out(self, request: Request) -> Response:
        self.access.sessions.end(request.cookies.get(COOKIE, ""))
        answer = RedirectResponse(LOGIN, status_code=303)
        answer.delete_cookie(COOKIE)
        return answer

    def alive(self) -> Response:
        """Answer whoever still types: the guard has noted that they were seen."""
        return Response(status_code=204)


class _UnlikeError(Exception):
    """The password was typed in two ways."""


_WORDS: Final[dict[type[Exception], str]] = {
    WrongPasswordError: mark("The name or the password is wrong."),
    DeadLinkError: mark("This link was used, or its time is over."),
    NameTakenError: mark("Somebody is called so already. Choose another name."),
    _UnlikeError: mark("The two passwords are not the same."),
}


def _same(password: str, again: str) -> None:
    if password != again:
        raise _UnlikeError


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _entered(request: Request, token: str, back: str) -> Response:
    answer = RedirectResponse(back, status_code=303)
    answer.set_cookie(
        COOKIE, token, httponly=True, samesite="lax", secure=request.url.scheme == "https"
    )
    return answer


def _drawn(
    request: Request, template: str, error: Exception | None = None, **fields: str | None
) -> Response:
    language = language_of(request)
    html = rendered(
        request,
        template,
        name_at_most=NAME_AT_MOST,
        password_at_least=PASSWORD_AT_LEAST,
        kinds_at_least=KINDS_AT_LEAST,
        **{"error": words_of(error, language) if error else None, "name": ""} | fields,
    )
    return HTMLResponse(html, status_code=_status(error), headers={"Cache-Control": "no-store"})


def _status(error: Exception | None) -> int:
    match error:
        case None:
            return 200
        case MustWaitError():
            return 429
        case WrongPasswordError():
            return 401
        case DeadLinkError():
            return 410
        case _:
            return 422


def words_of(error: Exception, language: Language) -> str:
    """Say what is wrong and how to mend it."""
    match error:
        case MustWaitError(wait_s=wait_s):
            return say_in(
                language,
                "Too many wrong passwords. Try again in {count} minute.",
                "Too many wrong passwords. Try again in {count} minutes.",
                count=int(wait_s // 60) + 1,
            )
        case WeakPasswordError(weakness=weakness):
            return _words_of_weakness(weakness, language)
        case BadNameError():
            return say_in(language, "Write a name of 1 to {most} characters.", most=NAME_AT_MOST)
        case _:
            return say_in(language, _WORDS[type(error)])


def _words_of_weakness(weakness: Weakness, language: Language) -> str:
    match weakness:
        case Weakness.TOO_SHORT:
            return say_in(language, "Write at least {least} characters.", least=PASSWORD_AT_LEAST)
        case Weakness.TOO_LONG:
            return say_in(language, "Write at most {most} characters.", most=PASSWORD_AT_MOST)
        case Weakness.TOO_PLAIN:
            return say_in(language, "Mix letters with digits or signs.")
        case Weakness.HAS_NAME:
            return say_in(language, "The name must not stand in the password.")
