"""Pages that stay open when their session has ended are closed."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from nicegui import Client, app, background_tasks, ui

from streetwatch.service.access.sessions import Sessions
from streetwatch.service.api.guard import SESSION
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

_EVERY_S: Final[Seconds] = 5.0

#: In which a page hears that it is to go to the login.
_HEARS_S: Final[Seconds] = 1.0


def watch_sessions(sessions: Sessions, clock: Callable[[], Seconds]) -> None:
    """Have the open pages watched from the start of the application to its end."""

    async def watch() -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            try:
                await _close_ended(sessions, clock())
            except Exception:  # the task's outermost loop: the database may be back next time
                log.exception("console.sessions_not_checked")

    app.on_startup(lambda: background_tasks.create(watch(), name="watch sessions"))


async def _close_ended(sessions: Sessions, now: Seconds) -> None:
    pages: dict[str, list[Client]] = {}
    for client in Client.instances.values():
        key = client.request.scope.get(SESSION)
        if key is not None:
            pages.setdefault(key, []).append(client)
    for key, clients in pages.items():
        if not await asyncio.to_thread(sessions.is_open, key, now=now):
            await _closed(clients)


async def _closed(clients: list[Client]) -> None:
    for client in clients:
        with client:
            ui.run_javascript("location.reload()")
    await asyncio.sleep(_HEARS_S)
    for client in clients:
        client.delete()
