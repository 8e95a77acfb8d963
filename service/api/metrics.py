"""The outbox and the desk as metrics, counted when they are asked for."""

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streetwatch.service.store.outbox import Backlog


class OutboxCollector(Collector):
    """Messages by state and the age of the oldest pending one."""

    def __init__(self, backlog: Callable[[], Backlog]) -> None:
        self._backlog = backlog

    def describe(self) -> Iterator[Metric]:
        """Name the metrics without counting."""
        yield GaugeMetricFamily("streetwatch_outbox_messages", "Messages of the outbox by state.")
        yield GaugeMetricFamily("streetwatch_outbox_lag_seconds", "Age of the oldest pending one.")

    def collect(self) -> Iterator[Metric]:
        """Count."""
        backlog = self._backlog()
        messages = GaugeMetricFamily(
            "streetwatch_outbox_messages", "Messages of the outbox by state.", labels=["state"]
        )
        for state in ("pending", "parked", "delivered"):
            messages.add_metric([state], getattr(backlog, state))
        yield messages
        yield GaugeMetricFamily(
            "streetwatch_outbox_lag_seconds",
            "Age of the oldest pending one.",
            value=backlog.oldest_s,
        )


class UnassignedCollector(Collector):
    """Cases under way that nobody was given."""

    def __init__(self, unassigned: Callable[[], int]) -> None:
        self._unassigned = unassigned

    def describe(self) -> Iterator[Metric]:
        """Name the metric without counting."""
        yield GaugeMetricFamily("streetwatch_desk_unassigned", "Cases that nobody was given.")

    def collect(self) -> Iterator[Metric]:
        """Count."""
        yield GaugeMetricFamily(
            "streetwatch_desk_unassigned",
            "Cases that nobody was given.",
            value=self._unassigned(),
        )
