"""Templates of a city's own API, and a sink that follows them."""

from collections.abc import Callable
from typing import Any

import pytest

from filed import NOON, a_message, evidence
from streetwatch.service.delivery.http_template import HttpTemplateSink
from streetwatch.service.delivery.retry import Again, Failure, Park, decide
from streetwatch.service.delivery.sink import DeliveryFailedError

OPENED = a_message(files=(evidence("threshold.jpg"), evidence("close_up.jpg")))
OURS = OPENED.case.external_id

Sinks = Callable[..., HttpTemplateSink]


class Clock:
    """Tells the time that the test sets."""

    now = NOON

    def __call__(self) -> float:
        return self.now


def filing(**request: Any) -> dict[str, Any]:  # noqa: ANN401
    """A template that files a case and can do nothing else."""
    return {"requests": {"opened": {"path": "/save", **request}}}


def refused_by(sink: HttpTemplateSink) -> Failure:
    with pytest.raises(DeliveryFailedError) as caught:
        sink.deliver(OPENED, known=None)
    return caught.value.failure


def decision_on(failure: Failure) -> Again | Park:
    return decide(failure, attempts=0, now=NOON, chance=0.5)


ANSWER = {
    "success": {"path": "code", "in": [0, "200"]},
    "again": {"path": "code", "in": [500]},
    "number": "data.no",
    "message": "msg",
}
