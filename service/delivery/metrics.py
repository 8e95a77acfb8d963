"""What the delivery counts. Names are an API: docs/reference/metrics.md lists them."""

from prometheus_client import CollectorRegistry, Counter


class DeliveryMetrics:
    """Counters of what was sent to the targets and how it ended, in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.attempts = Counter(
            "streetwatch_delivery_attempts",
            "Messages that were sent, by how that ended.",
            ["target", "outcome"],
            registry=registry,
        )
        self.failures = Counter(
            "streetwatch_delivery_failures",
            "Attempts that failed, by the class of the reason.",
            ["target", "reason"],
            registry=registry,
        )
        self.polls = Counter(
            "streetwatch_delivery_polls",
            "Questions how a case stands, by how they ended.",
            ["target", "outcome"],
            registry=registry,
        )
