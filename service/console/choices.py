"""The switches of language and theme: each sets a cookie and leads back."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from streetwatch.service.console.language import COOKIE, Language
from streetwatch.service.console.shell import THEME_COOKIE

_YEAR_S = 365 * 86_400

HOME = "/console/wall"


def choices_router() -> APIRouter:
    """Return the routes that keep what a browser's user prefers."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def home() -> RedirectResponse:
        return RedirectResponse(HOME)

    @router.get("/console")
    def console() -> RedirectResponse:
        return RedirectResponse(HOME)

    @router.get("/console/language/{language}")
    def language(language: Language, next: str = HOME) -> RedirectResponse:  # noqa: A002
        return _kept(COOKIE, language, next)

    @router.get("/console/theme/{theme}")
    def theme(theme: Literal["dark", "light"], next: str = HOME) -> RedirectResponse:  # noqa: A002
        return _kept(THEME_COOKIE, theme, next)

    return router


def _kept(cookie: str, value: str, back: str) -> RedirectResponse:
    answer = RedirectResponse(local(back), status_code=303)
    answer.set_cookie(cookie, value, max_age=_YEAR_S, samesite="lax")  # a taste, no secret
    return answer


def local(back: str) -> str:
    """Return where to go back to, never out of the console."""
    inside = back.startswith("/console/") and "\\" not in back
    return back if inside else HOME
