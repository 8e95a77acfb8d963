"""What suits this machine: the detector with every number of threads and size of batch, timed."""

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from statistics import median

import numpy as np

from streetwatch.models.card import ModelCard
from streetwatch.models.session import Provider, Session
from streetwatch.vision.letterbox import fit
from streetwatch.vision.types import Seconds

#: The shape of most cameras' pictures.
_SIZE = (1920, 1080)

#: Two that differ by less are the same: then what answers sooner is taken.
_ALIKE = 1.05


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to run the detector.

    Attributes:
        model: The card's name or path, as it stands in the settings.
        provider: Of ONNX Runtime.
        threads: Inside one run.
        batch: Pictures in one run.
    """

    model: str
    provider: Provider
    threads: int
    batch: int


@dataclass(frozen=True, slots=True)
class Timed:
    """What a choice took for one picture, medians.

    Attributes:
        picture_s: By the clock.
        core_s: Of the processor: what other cameras' decoding can't have.
    """

    choice: Choice
    picture_s: Seconds
    core_s: Seconds

    def line(self) -> dict[str, object]:
        """Return it for JSON."""
        one = self.choice
        return {
            "model": one.model,
            "provider": one.provider.value,
            "threads": one.threads,
            "batch": one.batch,
            "ms_per_picture": round(1e3 * self.picture_s, 1),
            "core_ms_per_picture": round(1e3 * self.core_s, 1),
        }

    def settings(self) -> dict[str, object]:
        """Return what `streetwatch.yaml` says for it."""
        one = self.choice
        return {
            "model": one.model,
            "detector_provider": one.provider.value,
            "detector_threads": one.threads,
            "detector_batch": one.batch,
        }


def timed(
    cards: Mapping[str, ModelCard],
    providers: Iterable[Provider],
    threads: Sequence[int],
    batches: Sequence[int],
    *,
    runs: int,
) -> Iterator[Timed]:
    """Time every combination."""
    for (name, card), provider, number in product(cards.items(), providers, threads):
        session = Session(card, threads=number, provider=provider)
        _, (width, height) = fit(_SIZE, card.input_size)
        for batch in batches:
            pictures = np.full((batch, 3, height, width), 0.45, np.float32)
            yield _timed(Choice(name, provider, number, batch), session, pictures, runs)


def _timed(choice: Choice, session: Session, pictures: np.ndarray, runs: int) -> Timed:
    session.run(pictures)  # the first prepares
    walls, cores = [], []
    for _ in range(runs):
        began, used = time.perf_counter(), time.process_time()
        session.run(pictures)
        walls.append((time.perf_counter() - began) / choice.batch)
        cores.append((time.process_time() - used) / choice.batch)
    return Timed(choice, median(walls), median(cores))


def best(tried: Sequence[Timed]) -> Timed:
    """Return what carries most cameras: on a processor what takes least of it, else the quickest.

    Cameras are decoded by the same cores: a detection that takes two of them for little less time
    leaves less for the others. A larger batch must be worth the wait for it.
    """
    quickest = min(tried, key=lambda one: one.picture_s)
    if quickest.choice.provider is Provider.CPU:
        least = min(one.core_s for one in tried)
        alike = [one for one in tried if one.core_s <= least * _ALIKE]
    else:
        alike = [one for one in tried if one.picture_s <= quickest.picture_s * _ALIKE]
    return min(alike, key=lambda one: (one.choice.batch, one.picture_s))


def written(text: str, settings: Mapping[str, object]) -> str:
    """Return a settings file with these values; everything else in it stays as it is."""
    for key, value in settings.items():
        line = f"{key}: {value}"
        known = re.compile(rf"^{re.escape(key)}:.*$", re.MULTILINE)
        if known.search(text):
            text = known.sub(lambda _, line=line: line, text, count=1)  # type: ignore[misc]
        else:
            text = _appended(text, line)
    return text


def _appended(text: str, line: str) -> str:
    kept = "" if text.strip() == "{}" else text
    return f"{kept}{'' if not kept or kept.endswith(chr(10)) else chr(10)}{line}\n"
