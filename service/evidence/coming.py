"""Values that may come later."""

from concurrent.futures import Future
from typing import TypeVar

After = TypeVar("After")


def there(value: After) -> Future[After]:
    """Return a value that has come already."""
    done: Future[After] = Future()
    done.set_result(value)
    return done
