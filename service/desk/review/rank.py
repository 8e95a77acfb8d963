"""Which case is worth a look first: a pure decision."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from streetwatch.service.desk.profile import Urgency
from streetwatch.service.desk.triage import Level

#: How much a case matters that is as sure as can be. A doubt counts from 0 to 1: a red case of
#: which the model is sure comes before a yellow one that it doubts.
_IMPACT: Final[Mapping[str, float]] = MappingProxyType(
    {Level.YELLOW: 0.0, Level.ORANGE: 0.3, Level.RED: 0.6}
)
_URGENT: Final = 0.6
_CAME_BACK: Final = 0.1

#: Of what nobody was sure or unsure: a person's report.
_EVEN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Weight:
    """What a verdict on a case is worth.

    Attributes:
        confidence: Of what saw it; None: a person did.
        level: Its level (三色预警).
        urgency: Of its type.
        repeat_count: How many cases there were at this place.
    """

    confidence: float | None = None
    level: str | None = None
    urgency: str | None = None
    repeat_count: int = 0


def rank(weight: Weight) -> float:
    """Return a case's place in the queue: the smaller, the sooner."""
    doubt = _EVEN if weight.confidence is None else 1.0 - weight.confidence
    impact = _IMPACT.get(weight.level or "", 0.0)
    impact += _URGENT if weight.urgency == Urgency.URGENT else 0.0
    impact += _CAME_BACK if weight.repeat_count else 0.0
    return round(-(doubt + impact), 4)
