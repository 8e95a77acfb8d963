"""The targets as the service works with them: each a platform, its route and its ways back."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from streetwatch.service.config.target_schema import DeskEntry
from streetwatch.service.config.target_schema import Target as Entry
from streetwatch.service.delivery.build import Surroundings, sink_of
from streetwatch.service.delivery.metrics import DeliveryMetrics
from streetwatch.service.delivery.poller import Poller
from streetwatch.service.delivery.relay import Relay
from streetwatch.service.delivery.sink import CaseSink, Pollable
from streetwatch.service.incidents.case import Occasion
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.incidents.ports import Store
from streetwatch.service.incidents.routing import DESK, EVERYTHING, USUAL, Route, Routes
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.receipts import Receipts
from streetwatch.vision.types import Seconds

#: Kinds of target that can do something with a warning.
_TOLD_OF_WARNINGS = frozenset({"desk", "webhook", "mqtt"})


@dataclass(frozen=True, slots=True)
class Target:
    """One case platform.

    Attributes:
        route: What it is told; names the target.
        sink: Hands over.
        poll_s: How often it is asked how a case stands; None for never.
        callback_secret: With which it signs what it tells us; None where it can't.
    """

    route: Route
    sink: CaseSink
    poll_s: Seconds | None = None
    callback_secret: str | None = None

    @property
    def id(self) -> str:
        """Its id."""
        return self.route.target


def targets_of(entries: Sequence[Entry] | None, around: Surroundings) -> tuple[Target, ...]:
    """Return the targets that the settings name.

    Args:
        entries: As the file has them.
        around: What their sinks need.

    Raises:
        InputError: a target is to be polled and can't be, or a file that it names is wrong.
    """
    return tuple(_target(entry, around) for entry in named(entries))


def named(entries: Sequence[Entry] | None) -> Sequence[Entry]:
    """Return the entries of the settings; none named is the embedded desk."""
    return entries or (DeskEntry(id=DESK, kind="desk"),)


def _target(entry: Entry, around: Surroundings) -> Target:
    sink = sink_of(entry, around)
    if entry.poll_s is not None and not isinstance(sink, Pollable):
        sink.close()
        raise InputError(
            f"targets: {entry.id}: a target of kind {entry.kind} can't be asked how a case "
            "stands: take poll_s out"
        )
    secret = entry.callback_secret
    return Target(
        route_of(entry),
        sink,
        poll_s=entry.poll_s,
        callback_secret=None if secret is None else secret.get_secret_value(),
    )


def route_of(entry: Entry) -> Route:
    """Return what a target is told."""
    return Route(
        entry.id,
        types=None if entry.types is None else frozenset(entry.types),
        grids=None if entry.grids is None else tuple(entry.grids),
        occasions=_usual(entry.kind) if entry.occasions is None else frozenset(entry.occasions),
    )


def _usual(kind: str) -> frozenset[Occasion]:
    """Return what a kind of target is told of where nobody said."""
    return EVERYTHING if kind in _TOLD_OF_WARNINGS else USUAL


class Lanes:
    """A relay for each target, and a poller where one is asked: one that is dead holds up none.

    Args:
        targets: One lane each.
        store: Where the incidents are.
        outbox: Where messages were promised.
        receipts: What the targets call our cases.
        clock: Seconds since the epoch.
        metrics: Counts.
    """

    def __init__(  # noqa: PLR0913 -- its parts, wired in one place
        self,
        targets: Sequence[Target],
        *,
        store: Store,
        outbox: Outbox,
        receipts: Receipts,
        clock: Callable[[], Seconds],
        metrics: DeliveryMetrics,
    ) -> None:
        self._targets = tuple(targets)
        self._relays = tuple(
            Relay(outbox, one.id, one.sink, clock=clock, metrics=metrics) for one in targets
        )
        self._pollers = tuple(
            Poller(
                one.id,
                one.sink,
                receipts=receipts,
                store=store,
                every_s=one.poll_s,
                clock=clock,
                metrics=metrics,
            )
            for one in targets
            if one.poll_s is not None and isinstance(one.sink, Pollable)
        )

    @property
    def routes(self) -> Routes:
        """What the targets are told."""
        return tuple(one.route for one in self._targets)

    def start(self) -> None:
        """Begin to deliver and to ask."""
        for relay in self._relays:
            relay.start()
        for poller in self._pollers:
            poller.start()

    def wake(self) -> None:
        """Say that something was promised, or is to be sent now."""
        for relay in self._relays:
            relay.wake()

    def drain(self, target: str | None = None) -> int:
        """Deliver everything that is due now, here and not in a thread.

        Args:
            target: Only to this one; None for all.

        Returns:
            How many messages were tried.

        Raises:
            InputError: there is no such target.
        """
        known = [one.id for one in self._targets]
        if target not in (None, *known):
            raise InputError(f"no target {target!r} stands in the settings: {', '.join(known)}")
        lanes = zip(known, self._relays, strict=True)
        return sum(relay.drain() for name, relay in lanes if target in (None, name))

    def stop(self, *, timeout_s: Seconds) -> None:
        """Finish what is at hand, end, and let go of the platforms. May be called again.

        Args:
            timeout_s: For all of them together.
        """
        each: tuple[Relay | Poller, ...] = (*self._pollers, *self._relays)
        until = time.monotonic() + timeout_s
        for one in each:
            one.stop(timeout_s=0)
        for one in each:
            one.stop(timeout_s=max(until - time.monotonic(), 0))
        if not any(one.is_alive for one in each):  # else the process's end lets go of them
            for target in self._targets:
                target.sink.close()
