"""A city's Open311 endpoint, and one that answers as it is told."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from filed import NOON, a_message
from open311_city import KEY
from streetwatch.service.config.target_schema import Open311Entry
from streetwatch.service.delivery.open311_sink import Open311Sink
from streetwatch.zones.rules import ViolationType

Sinks = Callable[..., Open311Sink]

MESSAGE = a_message()

OURS = MESSAGE.case.external_id

NOW = datetime.fromtimestamp(NOON, UTC)


def entry_for(url: str, **changes: Any) -> Open311Entry:  # noqa: ANN401
    keys: dict[str, Any] = {
        "id": "city",
        "kind": "open311",
        "url": url,
        "api_key": KEY,
        "service_codes": dict.fromkeys(ViolationType, "006"),
    }
    return Open311Entry.model_validate(keys | changes)
