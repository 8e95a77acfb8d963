"""One process of several that share the cameras: its name, and what it leaves to the others."""

import os
from collections.abc import Callable

from streetwatch.service.incidents.errors import InputError
from streetwatch.service.settings import Settings
from streetwatch.service.store.leases import Leases
from streetwatch.service.store.nodes import Myself, nodes_alive
from streetwatch.service.store.sql_store import SqlStore, open_store


def shared_store(settings: Settings) -> SqlStore:
    """Open the store of a service that is about to run, alone or as one node among others.

    Raises:
        InputError: its database can't be used, or nodes share its cameras and it is none.
    """
    if settings.node.id is not None:
        return open_store(settings.database_url, idle_s=settings.node.lease_s)
    store = open_store(settings.database_url)
    others = nodes_alive(store.engine)
    if others:
        store.close()
        raise InputError(
            f"node.id: the nodes {', '.join(others)} share the cameras of this database, and a "
            "process without a name would watch all of them too: give it one, or end the others"
        )
    return store


def node_of(settings: Settings, software: str) -> Myself | None:
    """Return what a process says of itself to those that share its cameras; None: it is alone."""
    told = settings.node
    if told.id is None:
        return None
    capacity = float(told.capacity or os.cpu_count() or 1)
    address = told.url or settings.address
    return Myself(told.id, address, software, capacity, tuple(told.tags), told.cameras)


def first_of(settings: Settings, store: SqlStore) -> Callable[[], bool]:
    """Return what tells whether this process does what one of all nodes is to do."""
    me = settings.node.id
    return lambda: me is None or me == min(nodes_alive(store.engine), default=me)


def elsewhere_of(settings: Settings, store: SqlStore) -> Callable[[str], bool]:
    """Return what tells whether another process watches a camera."""
    if settings.node.id is None:
        return lambda _: False
    return Leases(store.engine, settings.node.id).is_elsewhere
