"""Puts the console on the service's HTTP application."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from nicegui import Client, ui
from nicegui import app as pages_app
from nicegui.page import page as nicegui_page
from starlette.exceptions import HTTPException

from streetwatch.service.access.asking import ACCOUNT
from streetwatch.service.access.role import Account, Role
from streetwatch.service.console.choices import choices_router
from streetwatch.service.console.closing import watch_sessions
from streetwatch.service.console.crowd_banner import crowds_now
from streetwatch.service.console.entrance import entrance_router
from streetwatch.service.console.factor import factor_router
from streetwatch.service.console.forms import HandOver
from streetwatch.service.console.language import say
from streetwatch.service.console.originals import originals_router
from streetwatch.service.console.pages import (
    cameras,
    case,
    cases,
    foresight,
    numbers,
    review,
    settings,
    wall,
    wall_camera,
    zones,
)
from streetwatch.service.console.parts import Parts
from streetwatch.service.console.shell import ROLE_NAMES, RoleNeededError, Shell, dress
from streetwatch.service.console.sign_on import sign_on_router
from streetwatch.service.console.verifying import verify_router

_HERE: Final = Path(__file__).parent

PAGES: Final = (
    wall,
    wall_camera,
    cameras,
    zones,
    review,
    cases,
    case,
    numbers,
    foresight,
    settings,
)


def mount_console(api: FastAPI, parts: Parts) -> None:
    """Add the pages to an application that is not started yet; once a process."""
    shell = Shell(who=_who, crowds=partial(crowds_now, parts))
    api.include_router(choices_router())
    hand = HandOver(parts.access.sessions, parts.settings.access.secure_cookies)
    for forms in (entrance_router, sign_on_router, factor_router):
        api.include_router(forms(parts.access, parts.clock, hand))
    api.include_router(originals_router(parts.originals))
    api.include_router(verify_router(parts.signing, parts.store.engine))
    watch_sessions(parts.access.sessions, parts.clock)
    pages_app.add_static_files("/console/static", _HERE / "static")
    for page in PAGES:
        page.register(parts, shell)
    pages_app.add_exception_handler(RoleNeededError, _role_needed)
    pages_app.add_exception_handler(404, _not_found)
    ui.run_with(
        api,
        title="streetwatch",
        favicon=_HERE / "static" / "icon.svg",
        dark=None,
        language="zh-CN",
        binding_refresh_interval=None,
        tailwind=False,
        show_welcome_message=False,
        gzip_middleware_factory=None,  # `front` packs, when all is said
    )


def _who(request: Request) -> Account:
    """Return whom the guard has let through."""
    account: Account = request.scope[ACCOUNT]
    return account


async def _role_needed(request: Request, error: Exception) -> Response:
    needed = error.needed if isinstance(error, RoleNeededError) else Role.ADMIN

    def words() -> str:
        return say("This page needs the role {role}.", role=say(ROLE_NAMES[needed]))

    return _told(request, 403, words)


async def _not_found(request: Request, error: Exception) -> Response:
    if not request.url.path.startswith("/console"):
        detail = error.detail if isinstance(error, HTTPException) else "Not Found"
        return JSONResponse({"detail": detail}, status_code=404)
    return _told(request, 404, lambda: say("There is no such page."))


def _told(request: Request, status: int, words: Callable[[], str]) -> Response:
    with Client(nicegui_page(""), request=request) as client:
        text = words()
        dress(text)
        with ui.element("main").classes("sw-main sw-told").props("id=main"):
            ui.label(text).classes("sw-title").props("role=heading aria-level=1")
            ui.link(say("To the wall"), "/console/wall")
        return client.build_response(request, status)
