"""The figures that are read first: each with its interval, its n, and what it is of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from streetwatch.service.console.casework.detail import span
from streetwatch.service.console.casework.words import Say
from streetwatch.service.desk.reports.figures import Figures, Share, Times
from streetwatch.service.desk.reports.lag import Lag
from streetwatch.service.foresight.chance import poisson_limits

#: What precision is held against: “准确率达92%”.
AIM: Final = 0.92


@dataclass(frozen=True, slots=True)
class Card:
    """One figure.

    Attributes:
        value: For people; says so where nothing was measured.
        range: Its 95 % interval, empty where it has none.
        of: What n counts.
        tone: `good` or `bad` where the interval lies on one side of what is aimed at.
        how: How it is counted.
    """

    name: str
    value: str
    range: str
    n: int
    of: str
    how: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so much, with Garwood's exact 95 % interval of a Poisson rate."""

    hits: int
    over: float

    @property
    def value(self) -> float | None:
        """The rate, None where nothing was measured."""
        return self.hits / self.over if self.over else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval, None where nothing was measured."""
        if not self.over:
            return None
        low, high = poisson_limits(self.hits)
        return low / self.over, high / self.over


def false_alarms(figures: Figures, *, cameras: int, days: float) -> Rate:
    """Return what people rejected of the cameras' cases, for each camera and day.

    What nobody has judged is not in it, so it is a lower bound where not all is reviewed.
    """
    precision = figures.shares["precision"]
    judged = precision.n > 0
    return Rate(precision.n - precision.hits, cameras * days if judged else 0.0)


def cards(
    figures: Figures, *, recall: Share, alarms: Rate, lags: Sequence[Lag], say: Say
) -> Iterator[Card]:
    """Yield the figures in the order in which they are read."""
    shares, times = figures.shares, figures.times
    reviewed = say("cases judged")
    yield _share(
        say("Event precision"),
        shares["precision"],
        reviewed,
        say("Confirmed of the cameras' cases that were judged; the aim is 92 %."),
        say,
        tone=tone_of(shares["precision"]),
    )
    yield _share(
        say("Review coverage"),
        shares["review_coverage"],
        say("cameras' cases"),
        say("How many of the cameras' cases somebody has judged."),
        say,
    )
    yield _share(
        say("Recall, estimated"),
        recall,
        say("told by people"),
        say(
            "Of what people told of within 50 m of a camera and was confirmed, what a camera "
            "reported too. A low estimate: near a camera is not yet in its picture."
        ),
        say,
    )
    yield _alarms(alarms, say)
    yield _times(
        say("Time to discovery"),
        times["discover"],
        say("From its first sight to the report; half take no longer."),
        say,
    )
    yield _share(
        say("Duplicates"),
        Share(figures.duplicates, figures.cases + figures.duplicates),
        say("cases filed"),
        say("Filed though another case had the same violation."),
        say,
    )
    yield _share(
        say("Closed"),
        shares["closure"],
        say("cases accepted"),
        say("Handled to the end; closed by force is none."),
        say,
    )
    yield _share(
        say("Back within 30 days"),
        shares["recurrence_30d"],
        say("closed 30 days ago or more"),
        say("The same place had its next violation within 30 days of the closing."),
        say,
    )
    yield _share(
        say("Past the deadline"),
        shares["overdue"],
        say("cases with a deadline"),
        say("Handled too late, or not handled and late now."),
        say,
    )
    yield _lag(lags, say)


def tone_of(precision: Share) -> str:
    """Say on which side of the aim a precision surely lies; empty where nobody can tell."""
    interval = precision.interval
    if interval is None:
        return ""
    low, high = interval
    if low >= AIM:
        return "good"
    return "bad" if high < AIM else ""


def percent(value: float | None, say: Say) -> str:
    """Write a share."""
    return say("not measured") if value is None else f"{value:.1%}"


def _range(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f"{interval[0]:.1%} – {interval[1]:.1%}"  # noqa: RUF001


def _share(  # noqa: PLR0913 -- what a card has
    name: str, share: Share, of: str, how: str, say: Say, *, tone: str = ""
) -> Card:
    value = percent(share.value, say)
    return Card(name, value, _range(share.interval), share.n, of, how, tone)


def _alarms(alarms: Rate, say: Say) -> Card:
    value, interval = alarms.value, alarms.interval
    return Card(
        name=say("False alarms per camera and day"),
        value=say("not measured") if value is None else f"{value:.3g}",
        range="" if interval is None else f"{interval[0]:.2g} – {interval[1]:.2g}",  # noqa: RUF001
        n=round(alarms.over),
        of=say("camera days"),
        how=say("Cases rejected, over the cameras attached now and the days that have passed."),
    )


def _times(name: str, times: Times, how: str, say: Say) -> Card:
    if times.median_s is None or times.p90_s is None:
        return Card(name, say("not measured"), "", 0, say("cases"), how)
    slow = say("nine of ten within {span}", span=span(times.p90_s, say))
    return Card(name, span(times.median_s, say), slow, times.n, say("cases"), how)


def _lag(lags: Sequence[Lag], say: Say) -> Card:
    """Tell of the slowest target: the others are no worse."""
    slowest = max(lags, key=lambda one: one.times.p90_s or 0.0, default=None)
    how = say("From the promise to the platform's receipt, at the slowest target.")
    times = slowest.times if slowest else Times(0, None, None)
    card = _times(say("Delivery lag"), times, how, say)
    of = f"{say('messages')} · {slowest.target}" if slowest else say("messages")
    return Card(card.name, card.value, card.range, card.n, of, how)
