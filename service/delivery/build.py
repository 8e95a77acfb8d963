"""Builds what delivers to a target from what `streetwatch.yaml` says about it."""

from streetwatch.service.config.target_schema import DeskEntry
from streetwatch.service.delivery.desk_sink import DeskSink
from streetwatch.service.delivery.sink import CaseSink


def sink_of(entry: DeskEntry, *, own_url: str) -> CaseSink:
    """Return the sink of a target.

    Args:
        entry: As the file has it.
        own_url: Where this process's own desk answers.
    """
    return DeskSink(entry.url or own_url, timeout_s=entry.timeout_s)
