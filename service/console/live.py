"""What changes is pushed: one reader for everybody who follows the same thing."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import structlog
from nicegui import Client, background_tasks, context

from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

Draw: TypeAlias = Callable[[Any], Awaitable[None] | None]


@dataclass(slots=True)
class _Feed:
    """One thing that is read again and again while somebody follows it."""

    read: Callable[[], Any]
    every_s: Seconds
    followers: dict[Client, list[Draw]] = field(default_factory=dict)
    latest: Any = None

    async def run(self) -> None:
        while self.followers:
            await self._look()
            await asyncio.sleep(self.every_s)

    async def _look(self) -> None:
        try:
            value = await asyncio.to_thread(self.read)
        except Exception:  # the thread's outermost loop: the next look may succeed
            log.exception("console.feed_failed")
            return
        if value == self.latest:
            return
        self.latest = value
        for client, draws in list(self.followers.items()):
            for draw in draws:
                await _drawn(client, draw, value)


async def _drawn(client: Client, draw: Draw, value: object) -> None:
    """Draw on one page; what goes wrong there stays there."""
    try:
        with client:
            done = draw(value)
            if done is not None:
                await done
    except Exception:
        log.exception("console.page_not_updated")


class Feeds:
    """All that is followed; a thing that several pages follow is read once."""

    def __init__(self) -> None:
        self._feeds: dict[Hashable, _Feed] = {}

    def follow(
        self, name: Hashable, read: Callable[[], Any], draw: Draw, *, every_s: Seconds
    ) -> None:
        """Have the page that is being drawn redraw a part whenever a value changes.

        Args:
            name: Of what is read; whoever follows the same name shares its reader.
            read: Returns the value, compared with `==`; runs in a thread.
            draw: Is given the new value, on the page.
            every_s: Between two reads.
        """
        client = context.client
        feed = self._feeds.get(name)
        if feed is None:
            feed = self._feeds[name] = _Feed(read, every_s)
        alone = not feed.followers
        feed.followers.setdefault(client, []).append(draw)
        client.on_delete(lambda: self._leave(name, client))
        if alone:
            background_tasks.create(feed.run(), name=f"feed {name}")

    def _leave(self, name: Hashable, client: Client) -> None:
        feed = self._feeds.get(name)
        if feed is None:
            return
        feed.followers.pop(client, None)
        if not feed.followers:
            del self._feeds[name]
