"""The outbox, the desk and the nodes as metrics, counted when they are asked for."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from streetwatch.service.store.deliveries import Backlogs
from streetwatch.service.store.node_status import NodeStatus, statuses, unowned
from streetwatch.service.store.nodes import Whole


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


class NodesCollector(Collector):
    """The nodes that share the cameras, as any of them sees all."""

    def __init__(self, whole: Callable[[], Whole], cameras: Callable[[], Iterable[str]]) -> None:
        self._whole = whole
        self._cameras = cameras

    def describe(self) -> Iterator[Metric]:
        """Name the metrics without counting."""
        yield from self._families()

    def collect(self) -> Iterator[Metric]:
        """Count."""
        nodes, full, unwatched = self._families()
        whole = self._whole()
        told = statuses(whole)
        states = Counter(map(_state, told))
        for state in ("alive", "leaving", "silent"):
            nodes.add_metric([state], states[state])
        for one in told:
            full.add_metric([one.node], one.full)
        unwatched.add_metric([], len(unowned(whole, self._cameras())))
        yield from (nodes, full, unwatched)

    def _families(self) -> tuple[GaugeMetricFamily, GaugeMetricFamily, GaugeMetricFamily]:
        return (
            GaugeMetricFamily("streetwatch_nodes", "Nodes by state.", labels=["state"]),
            GaugeMetricFamily(
                "streetwatch_node_full", "How much of its share a node has.", labels=["node"]
            ),
            GaugeMetricFamily("streetwatch_cameras_unowned", "Cameras that no living node has."),
        )


def _state(one: NodeStatus) -> str:
    if not one.alive:
        return "silent"
    return "leaving" if one.leaving else "alive"
