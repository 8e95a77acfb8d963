"""What changes is pushed: one reader for everybody who follows the same thing."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import structlog

from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

Draw: TypeAlias = Callable[[Any], Awaitable[None] | None]


class Page(AbstractContextManager[Any], Protocol):
    """An open page: what is drawn inside it goes there."""

    def on_delete(self, gone: Callable[[], object], /) -> object:
        """Have something called when it is open no more."""


@dataclass(slots=True)
class _Feed:
    """One thing that is read again and again while somebody follows it."""

    read: Callable[[], Any]
    every_s: Seconds
    followers: dict[Page, list[Draw]] = field(default_factory=dict)
    was_read: bool = False
    latest: Any = None

    async def run(self) -> None:
        while self.followers:
            await self._look()
            await asyncio.sleep(self.every_s)

    async def _look(self) -> None:
        try:
            value = await asyncio.to_thread(self.read)
        except Exception:  # the task's outermost loop: the next look may succeed
            log.exception("console.feed_failed")
            return
        if self.was_read and value == self.latest:
            return
        self.was_read, self.latest = True, value
        pages = list(self.followers.items())
        await asyncio.gather(
            *(_drawn(page, draw, value) for page, draws in pages for draw in draws)
        )


async def _drawn(page: Page, draw: Draw, value: object) -> None:
    """Draw on one page; what goes wrong there stays there."""
    try:
        with page:
            done = draw(value)
            if done is not None:
                await done
    except Exception:
        log.exception("console.page_not_updated")


class Feeds:
    """All that is followed; a thing that several pages follow is read once."""

    def __init__(self) -> None:
        self._feeds: dict[Hashable, _Feed] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def follow(
        self, page: Page, name: Hashable, read: Callable[[], Any], draw: Draw, *, every_s: Seconds
    ) -> None:
        """Have a page redraw a part: soon, and then whenever a value changes.

        Args:
            page: On which it is drawn.
            name: Of what is read; whoever follows the same name shares its reader.
            read: Returns the value, compared with `==`; runs in a thread.
            draw: Is given the new value, on the page.
            every_s: Between two reads.
        """
        feed = self._feeds.get(name)
        if feed is None:
            feed = self._feeds[name] = _Feed(read, every_s)
            self._begin(feed.run())
        elif feed.was_read:
            self._begin(_drawn(page, draw, feed.latest))
        feed.followers.setdefault(page, []).append(draw)
        page.on_delete(lambda: self._leave(name, page))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)  # the loop itself holds tasks weakly
        task.add_done_callback(self._tasks.discard)

    def _leave(self, name: Hashable, page: Page) -> None:
        feed = self._feeds.get(name)
        if feed is None:
            return
        feed.followers.pop(page, None)
        if not feed.followers:
            del self._feeds[name]
