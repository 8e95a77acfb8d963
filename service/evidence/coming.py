"""Values that come later, and what is made of them then."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import TypeVar

from streetwatch.service.incidents.errors import StorageError

Before = TypeVar("Before")
After = TypeVar("After")


def there(value: After) -> Future[After]:
    """Return a value that has come already."""
    done: Future[After] = Future()
    done.set_result(value)
    return done


def then(coming: Future[Before], change: Callable[[Before], After]) -> Future[After]:
    """Return what a change makes of a value when that comes; fails as that does.

    What was cancelled fails with `StorageError`: it is done after the next start.
    """
    after: Future[After] = Future()

    def come(before: Future[Before]) -> None:
        try:
            after.set_result(change(before.result()))
        except CancelledError:
            after.set_exception(StorageError("the service stops"))
        except Exception as error:  # noqa: BLE001 -- handed on to whoever waits
            after.set_exception(error)

    coming.add_done_callback(come)
    return after
