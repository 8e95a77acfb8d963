"""The case desk as the service wires it, without cameras that could look again."""

from collections.abc import Callable

from streetwatch.service.case_desk import Desk, desk_from
from streetwatch.service.settings import Settings
from streetwatch.service.sights import CameraSights
from streetwatch.service.store.sql_store import SqlStore


def wired_desk(settings: Settings, store: SqlStore, *, clock: Callable[[], float]) -> Desk:
    """Wire a desk on a store; nobody is told of cases that it closes by itself."""
    sights = CameraSights(store, dict)
    return desk_from(settings, store.engine, sights, clock=clock, on_end=lambda *_: None)
