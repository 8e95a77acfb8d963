"""Where the things are that a path names: whether they lie within somebody's part of the city."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from streetwatch.service.access.policy import About
from streetwatch.service.cameras import Camera
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.errors import NoSuchCaseError
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.sql_store import SqlStore


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Knows where cases, incidents and cameras are.

    Attributes:
        cameras: Those that there are now.
    """

    book: Book
    store: SqlStore
    cameras: Callable[[], Iterable[Camera]]

    def lies(self, about: About, name: str, reach: Reach) -> bool:
        """Tell whether something is there, and within a part of the city."""
        match about:
            case About.CASE:
                return self._case(name, reach)
            case About.INCIDENT:
                return self._case(name, reach) or self._incident(name, reach)
            case About.CAMERA:
                return self._camera(name, reach)
            case About.NEW_CAMERA:
                is_there = any(one.id == name for one in self.cameras())
                return not is_there or self._camera(name, reach)
            case _:
                return False

    def _case(self, name: str, reach: Reach) -> bool:
        try:
            self.book.within(reach).names(name)
        except NoSuchCaseError:
            return False
        return True

    def _incident(self, name: str, reach: Reach) -> bool:
        incident = self.store.incident(name)
        return incident is not None and self._camera(incident.camera_id, reach)

    def _camera(self, name: str, reach: Reach) -> bool:
        return any(one.id == name and one.lies_in(reach) for one in self.cameras())
