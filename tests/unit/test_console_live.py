"""What several pages follow is read once, and each of them is told."""

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from streetwatch.service.console.live import Feeds
from waiting import PATIENCE_S, awaited

EVERY_S = 0.001


class OpenPage:
    """A page without a browser."""

    def __init__(self) -> None:
        self.gone: list[Callable[[], object]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def on_delete(self, gone: Callable[[], object], /) -> None:
        self.gone.append(gone)

    def close(self) -> None:
        for one in self.gone:
            one()


class Counter:
    """Counts how often it was read, and from which threads."""

    def __init__(self) -> None:
        self.value = 0
        self.reads = 0
        self.threads: set[int] = set()
        self.failed = threading.Event()

    def read(self) -> int:
        self.reads += 1
        self.threads.add(threading.get_ident())
        if self.value < 0:
            self.failed.set()
            raise OSError("the disk is away")
        return self.value


class Screen:
    """What a page has drawn; can be waited for."""

    def __init__(self) -> None:
        self.drawn: list[int] = []
        self._changed = asyncio.Condition()

    async def draw(self, value: int) -> None:
        async with self._changed:
            self.drawn.append(value)
            self._changed.notify_all()

    async def shows(self, value: int) -> None:
        async with asyncio.timeout(PATIENCE_S), self._changed:
            await self._changed.wait_for(lambda: self.drawn[-1:] == [value])


def test_a_change_reaches_every_page_and_the_same_value_none() -> None:
    async def follow() -> None:
        feeds, counter, screens = Feeds(), Counter(), (Screen(), Screen())
        pages = (OpenPage(), OpenPage())
        for page, screen in zip(pages, screens, strict=True):
            feeds.follow(page, "cases", counter.read, screen.draw, every_s=EVERY_S)
        for screen in screens:
            await screen.shows(0)
        counter.value = 7
        for screen in screens:
            await screen.shows(7)
            assert screen.drawn == [0, 7]
        assert threading.get_ident() not in counter.threads
        for page in pages:
            page.close()

    awaited(follow())


def test_a_page_that_comes_later_is_told_what_is_so_already() -> None:
    async def follow() -> None:
        feeds, counter, first, later = Feeds(), Counter(), Screen(), Screen()
        page, another = OpenPage(), OpenPage()
        feeds.follow(page, "cases", counter.read, first.draw, every_s=EVERY_S)
        await first.shows(0)
        feeds.follow(another, "cases", counter.read, later.draw, every_s=EVERY_S)
        await later.shows(0)
        assert first.drawn == [0]
        page.close()
        another.close()

    awaited(follow())


def test_what_can_not_be_read_or_drawn_once_is_tried_again() -> None:
    async def follow() -> None:
        feeds, counter, screen = Feeds(), Counter(), Screen()
        page = OpenPage()

        def broken(_: int) -> None:
            raise ValueError("this part of the page is broken")

        feeds.follow(page, "cases", counter.read, broken, every_s=EVERY_S)
        feeds.follow(page, "cases", counter.read, screen.draw, every_s=EVERY_S)
        await screen.shows(0)
        counter.value = -1
        assert await asyncio.to_thread(counter.failed.wait, PATIENCE_S)
        counter.value = 8
        await screen.shows(8)
        page.close()

    awaited(follow())


def test_nothing_is_read_that_nobody_follows() -> None:
    async def follow() -> None:
        feeds, counter, screen = Feeds(), Counter(), Screen()
        page = OpenPage()
        feeds.follow(page, "cases", counter.read, screen.draw, every_s=EVERY_S)
        await screen.shows(0)
        page.close()
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(
                *(one for one in asyncio.all_tasks() if one is not asyncio.current_task())
            )

    awaited(follow())
