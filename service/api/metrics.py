"""The outbox and the desk as metrics, counted when they are asked for."""

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streetwatch.service.store.deliveries import Backlogs


class OutboxCollector(Collector):
    """Messages by target and state, and the age of each target's oldest pending one."""

    def __init__(self, backlogs: Callable[[], Backlogs]) -> None:
        self._backlogs = backlogs

    def describe(self) -> Iterator[Metric]:
        """Name the metrics without counting."""
        yield from self._families()

    def collect(self) -> Iterator[Metric]:
        """Count."""
        messages, lag = self._families()
        for target, backlog in self._backlogs().by_target.items():
            for state in ("pending", "parked", "delivered"):
                messages.add_metric([target, state], getattr(backlog, state))
            lag.add_metric([target], backlog.oldest_s)
        yield from (messages, lag)

    def _families(self) -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
        return (
            GaugeMetricFamily(
                "streetwatch_outbox_messages",
                "Messages of the outbox by target and state.",
                labels=["target", "state"],
            ),
            GaugeMetricFamily(
                "streetwatch_outbox_lag_seconds",
                "Age of the target's oldest message that can be sent and was not.",
                labels=["target"],
            ),
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
