"""A model that another machine computes, while it is quick; else this one does."""

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import structlog
from prometheus_client import CollectorRegistry, Counter

from streetwatch.models.card import ModelCard
from streetwatch.models.session import Session
from streetwatch.service.between.asking import Asking, NoAnswerError
from streetwatch.service.between.wire import Blobs, UnreadableError, packed, rows_unpacked
from streetwatch.service.incidents.errors import StorageError
from streetwatch.vision.types import Seconds

log = structlog.get_logger(__name__)

#: Whoever was slow or gone is left alone for so long.
REST_S: Final[Seconds] = 5.0

#: How often the database is asked who answers.
LOOKED_UP_S: Final[Seconds] = 2.0

PATH: Final = "/node/detect"


@dataclass(slots=True)
class SharedSession:
    """Has the pictures looked at elsewhere, and looks itself where nobody answers in time.

    A picture waits at most `within_s` in vain, then once in `REST_S`. Usable from any thread.

    Attributes:
        near: The model on this machine.
        far: Returns who computes the same model for others now.
        asking: Asks them.
        within_s: How long an answer may take.
        quality: As `wire.packed` has it.
        registry: Of the metrics.
    """

    near: Session
    far: Callable[[], Sequence[str]]
    asking: Asking
    within_s: Seconds
    quality: int | None
    registry: CollectorRegistry
    clock: Callable[[], Seconds] = time.monotonic
    _rests: dict[str, Seconds] = field(init=False, default_factory=dict)
    _turns: "itertools.count[int]" = field(init=False, default_factory=itertools.count)
    _known: tuple[Seconds, Sequence[str]] = field(init=False, default=(-LOOKED_UP_S, ()))
    _asked: Counter = field(init=False)

    def __post_init__(self) -> None:
        self._asked = Counter(
            "streetwatch_detections_shared",
            "Detections by who made them: another machine, or this one and why.",
            ["by"],
            registry=self.registry,
        )

    @property
    def card(self) -> ModelCard:
        """The model's card."""
        return self.near.card

    def run(self, batch: Blobs) -> npt.NDArray[np.float32]:
        """Return the model's rows, as `Session.run` does."""
        who = self._whose_turn()
        if who is None:
            return self._by("here", batch)
        try:
            rows = self._asked_of(who, batch)
        except (NoAnswerError, UnreadableError) as error:
            self._rests[who] = self.clock() + REST_S
            log.warning("detector.not_answering", detector=who, reason=str(error))
            return self._by("here_instead", batch)
        self._asked.labels("another").inc()
        return rows

    def _by(self, who: str, batch: Blobs) -> npt.NDArray[np.float32]:
        self._asked.labels(who).inc()
        return self.near.run(batch)

    def _asked_of(self, who: str, batch: Blobs) -> npt.NDArray[np.float32]:
        body, headers = packed(batch, self.quality)
        told = {**headers, "X-Streetwatch-Within": f"{self.within_s:g}"}
        answer = self.asking.post(who, PATH, body=body, headers=told, within_s=self.within_s)
        return rows_unpacked(answer.content, len(batch))

    def _whose_turn(self) -> str | None:
        now = self.clock()
        ready = [one for one in self._who(now) if self._rests.get(one, now) <= now]
        return ready[next(self._turns) % len(ready)] if ready else None

    def _who(self, now: Seconds) -> Sequence[str]:
        looked_up, known = self._known
        if now - looked_up >= LOOKED_UP_S:
            try:
                known = self.far()
            except StorageError:
                log.warning("detector.not_looked_up")  # those of before may well be there
            self._known = now, known
        return known
