"""Long work in a thread of its own, followed step by step and given up at any of them."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Generic, TypeVar

from streetwatch.service.incidents.errors import StreetwatchError

T = TypeVar("T")

#: The work: yields its steps, and stops soon after it is told to.
Work = Callable[[Callable[[], bool]], Iterator[T]]


@dataclass(frozen=True, slots=True)
class _End:
    """The work has ended, by an error or not."""

    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class _Step(Generic[T]):
    value: T


async def stepping(work: Work[T]) -> AsyncGenerator[T, None]:
    """Yield the steps of work as they come. Who closes the iterator ends the work.

    Args:
        work: Is given a question whether it should stop.
    """
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[_Step[T] | _End] = asyncio.Queue()
    stop = threading.Event()

    def tell(one: _Step[T] | _End) -> None:
        with suppress(RuntimeError):  # whoever listened has gone, and the loop with them
            loop.call_soon_threadsafe(told.put_nowait, one)

    def run() -> None:
        try:
            for step in work(stop.is_set):
                if stop.is_set():
                    break
                tell(_Step(step))
        except Exception as error:  # noqa: BLE001 -- raised again where it is waited for
            tell(_End(error))
        else:
            tell(_End())

    threading.Thread(target=run, name="steps", daemon=True).start()
    try:
        while isinstance(one := await told.get(), _Step):
            yield one.value
        if one.error is not None:
            raise one.error
    finally:
        stop.set()


class BusyError(StreetwatchError):
    """Somebody asked for long work while theirs is under way, or too many did."""


class Turns:
    """So much long work at once, and one for each person.

    Args:
        what: It is, for people.
        most: At once.
    """

    def __init__(self, what: str, *, most: int) -> None:
        self._what = what
        self._most = most
        self._at_it: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def taken(self, who: str) -> Iterator[None]:
        """Take one's turn for the length of a block.

        Raises:
            BusyError: one's last is still under way, or there are too many.
        """
        with self._lock:
            if who in self._at_it:
                raise BusyError(f"{self._what} of {who} is under way: wait for it, or cancel it")
            if len(self._at_it) >= self._most:
                raise BusyError(f"{self._what}: {self._most} are under way, come again soon")
            self._at_it.add(who)
        try:
            yield
        finally:
            with self._lock:
                self._at_it.discard(who)
