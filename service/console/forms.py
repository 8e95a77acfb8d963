"""What the plain forms have in common: drawing one, and saying what was wrong."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import quote

import segno
from fastapi import Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader

from streetwatch.service.access.errors import (
    BadNameError,
    CodeNeededError,
    DeadLinkError,
    DeadTicketError,
    FactorNeededError,
    MustWaitError,
    NameTakenError,
    PasswordsOffError,
    WeakPasswordError,
    WrongCodeError,
    WrongPasswordError,
)
from streetwatch.service.access.rules import (
    KINDS_AT_LEAST,
    NAME_AT_MOST,
    PASSWORD_AT_LEAST,
    PASSWORD_AT_MOST,
    Weakness,
)
from streetwatch.service.access.sessions import Sessions
from streetwatch.service.access.sign_on.errors import ProviderDownError, SignOnError, Why
from streetwatch.service.api.callers import COOKIE
from streetwatch.service.console.choices import local
from streetwatch.service.console.language import LANGUAGE_NAMES, Language, language_of, mark, say_in

_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=True
)


#: A field of a form.
Typed = Annotated[str, Form()]


@dataclass(frozen=True, slots=True)
class HandOver:
    """Gives a browser the session of whoever has come in.

    Attributes:
        sessions: Where the browser's old one is ended: nobody else's is taken along.
        secure: The cookie goes by https alone, however the request came.
    """

    sessions: Sessions
    secure: bool

    def to(self, request: Request, token: str, back: str) -> Response:
        """Lead somebody in."""
        return self.by(request, token, RedirectResponse(back, status_code=303))

    def by(self, request: Request, token: str, answer: Response) -> Response:
        """Let an answer bring the session along."""
        before = request.cookies.get(COOKIE)
        if before:
            self.sessions.end(before)
        is_secure = self.is_secure(request)
        answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=is_secure)
        return answer

    def is_secure(self, request: Request) -> bool:
        """Tell whether a cookie goes back by https alone."""
        return self.secure or request.url.scheme == "https"


class UnlikeError(Exception):
    """The password was typed in two ways."""


_WORDS: Final[dict[type[Exception], str]] = {
    WrongPasswordError: mark("The name or the password is wrong."),
    DeadLinkError: mark("This link was used, or its time is over."),
    NameTakenError: mark("Somebody is called so already. Choose another name."),
    UnlikeError: mark("The two passwords are not the same."),
    WrongCodeError: mark("The code is wrong, or its time is over."),
    DeadTicketError: mark("Sign in again: this took too long."),
    PasswordsOffError: mark("Sign in with single sign-on: passwords are for emergencies here."),
    ProviderDownError: mark("Single sign-on does not answer. Try again in a while."),
}


#: Why the identity provider's word lets somebody in or not.
_SIGN_ON: Final = {
    Why.STRAYED: mark("This sign-in was over or began elsewhere. Sign in again."),
    Why.DENIED: mark("Single sign-on says no. Try again, or ask an administrator."),
    Why.UNBELIEVED: mark("What single sign-on says could not be proved. Ask an administrator."),
    Why.UNKNOWN: mark("Nobody has added you here. Ask an administrator."),
    Why.NAMELESS: mark("Single sign-on does not say what you are called. Ask an administrator."),
    Why.TAKEN: mark("Somebody is called as you are here. Ask an administrator."),
    Why.NO_ROLE: mark("You have no role here. Ask an administrator."),
    Why.NO_PART: mark("No part of the city is yours here. Ask an administrator."),
    Why.DISABLED: mark("You are let in no more. Ask an administrator."),
}


def address_of(request: Request) -> str:
    """Return where a request comes from."""
    return request.client.host if request.client is not None else ""


def drawn(
    request: Request, template: str, error: Exception | None = None, **fields: object
) -> HTMLResponse:
    """Return a form, with what was wrong in it."""
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


def rendered(request: Request, template: str, **fields: object) -> str:
    """Return a page in the language of whoever asks, with the way to the other one."""
    language = language_of(request)
    other = Language.EN if language is Language.ZH else Language.ZH
    here = quote(f"{request.url.path}?{request.url.query}")
    return _TEMPLATES.get_template(template).render(
        say=lambda *words, **values: say_in(language, *words, **values),
        language=language,
        other=other,
        other_name=LANGUAGE_NAMES[other],
        switch=f"/console/language/{other}?next={here}",
        **fields,
    )


def code_form(
    request: Request, owed: CodeNeededError, back: str, error: Exception | None = None
) -> HTMLResponse:
    """Ask for a code; where a factor is set up, show what an app is to scan."""
    picture = segno.make(owed.address, error="m").svg_inline(scale=5) if owed.address else ""
    fields = {"ticket": owed.ticket, "secret": owed.secret, "picture": picture}
    return drawn(request, "code.html", error, **fields, next=local(back))


_STATUS: Final[dict[type[Exception], int]] = {
    MustWaitError: 429,
    WrongPasswordError: 401,
    WrongCodeError: 401,
    DeadTicketError: 401,
    DeadLinkError: 410,
    PasswordsOffError: 403,
    ProviderDownError: 503,
}


def _status(error: Exception | None) -> int:
    match error:
        case None:
            return 200
        case SignOnError(why=Why.STRAYED | Why.DENIED | Why.UNBELIEVED):
            return 401
        case SignOnError():
            return 403
        case _:
            return _STATUS.get(type(error), 422)


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
        case SignOnError(why=why):
            return say_in(language, _SIGN_ON[why])
        case FactorNeededError():
            return say_in(language, "Your role can't do without it.")
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
