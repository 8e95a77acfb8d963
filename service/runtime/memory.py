"""What the process has freed goes back to the system: its heaps would grow hole by hole."""

from typing import Final

from streetwatch.service.rounds import Rounds
from streetwatch.vision.memory import give_back, settle_heaps
from streetwatch.vision.types import Seconds

#: What is given back is asked for again within seconds, at a tenth of a second of processor.
EVERY_S: Final[Seconds] = 30.0


class Memory:
    """Settles the heaps, and gives back what is free in them, again and again."""

    def __init__(self) -> None:
        self._rounds = Rounds("memory", give_back, every_s=EVERY_S)

    def start(self) -> None:
        """Begin."""
        settle_heaps()
        self._rounds.start()

    def stop(self, *, timeout_s: Seconds) -> None:
        """Leave it. May be called again."""
        self._rounds.stop(timeout_s=timeout_s)
