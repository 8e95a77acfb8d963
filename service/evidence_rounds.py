"""What is done with evidence behind the cameras, wired: masked copies, and the way to a bucket."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from streetwatch.service.api.readiness import EvidenceHealth
from streetwatch.service.evidence.bucketed import BucketedEvidence
from streetwatch.service.evidence.copies import Copies
from streetwatch.service.evidence.keeping import EvidenceStore
from streetwatch.service.evidence.making import make_due
from streetwatch.service.evidence.moving import Moving
from streetwatch.service.evidence.on_its_way import OnItsWay
from streetwatch.service.settings import Settings
from streetwatch.service.store.awaited import AwaitedCopies
from streetwatch.service.store.sql_store import SqlStore
from streetwatch.vision.resting import Resting
from streetwatch.vision.types import Seconds

#: What another node has written is in the S3 store so long after this one missed it, or was lost.
MOVED_WITHIN_S: Final[Seconds] = 60.0


@dataclass(frozen=True, slots=True)
class EvidenceRounds:
    """Both threads.

    Attributes:
        copies: Writes pictures, and masks them.
        sees: The detector that is masked by.
        awaited: What is to be masked.
        on_its_way: Which originals other nodes may be moving; None: nobody else has any.
        moving: Moves files to a bucket; None where they stay.
        on_made: Told when copies were made.
    """

    copies: Copies
    sees: Resting
    awaited: AwaitedCopies
    on_its_way: OnItsWay | None
    moving: Moving | None
    on_made: Callable[[], object]

    def start(self) -> None:
        """Begin."""
        self.copies.start(self._due)
        if self.moving is not None:
            self.moving.start()

    def stop_masking(self) -> None:
        """Mask nothing else: what is not masked yet is, after the next start or by another node."""
        self.copies.stop()

    def stop_moving(self, *, timeout_s: Seconds) -> None:
        """Move what was written, and end; see `Moving.stop`."""
        if self.moving is not None:
            self.moving.stop(timeout_s=timeout_s)

    def health(self) -> EvidenceHealth:
        """Return how it goes."""
        count = self.awaited.count()
        if self.moving is None:
            return EvidenceHealth(count)
        now = self.moving.health()
        return EvidenceHealth(count, now.waiting, now.oldest_s, now.reason)

    def _due(self) -> None:
        make_due(self.copies, self.awaited, self.on_its_way, on_made=self.on_made)
        self.sees.rest()


def evidence_rounds(  # noqa: PLR0913 -- what they are wired to
    settings: Settings,
    evidence: EvidenceStore,
    store: SqlStore,
    *,
    longest_side: int,
    clock: Callable[[], Seconds],
    registry: CollectorRegistry,
    on_made: Callable[[], object],
) -> EvidenceRounds:
    """Wire them, not started.

    Args:
        settings: Of the service.
        evidence: Where files are kept.
        store: Knows what is awaited.
        longest_side: Of the model's input.
        clock: Seconds since the epoch.
        registry: Of the metrics.
        on_made: Told when copies were made.
    """
    sees = Resting.of(
        settings.model, provider=settings.detector_provider, longest_side=longest_side
    )
    moving = Moving(evidence, clock) if isinstance(evidence, BucketedEvidence) else None
    awaited = AwaitedCopies(store.engine, settings.node.id)
    on_its_way = OnItsWay(clock, MOVED_WITHIN_S) if moving and settings.node.id else None
    copies = Copies.masking(evidence, sees)
    rounds = EvidenceRounds(copies, sees, awaited, on_its_way, moving, on_made)
    registry.register(_Waiting(rounds.health))
    return rounds


class _Waiting(Collector):
    """Tells Prometheus what waits."""

    def __init__(self, health: Callable[[], EvidenceHealth]) -> None:
        self._health = health

    def describe(self) -> Iterator[Metric]:
        """Name the metrics without counting."""
        yield from _gauges(EvidenceHealth())

    def collect(self) -> Iterator[Metric]:
        """Count."""
        yield from _gauges(self._health())


def _gauges(now: EvidenceHealth) -> Iterator[Metric]:
    for name, text, value in (
        ("copies_awaited", "Pictures whose masked copies are awaited.", now.copies_awaited),
        ("evidence_waiting_files", "Files that are not in the S3 store yet.", now.files_waiting),
        ("evidence_waiting_seconds", "Age of the oldest of these.", now.oldest_s),
        ("evidence_store_refused", "1 while the S3 store takes nothing.", bool(now.refused)),
    ):
        yield GaugeMetricFamily(f"streetwatch_{name}", text, value)
