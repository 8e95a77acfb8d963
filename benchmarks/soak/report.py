"""What a soak came to: a line for JSON, a table for people, and whether it was right."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from streetwatch.benchmarks.markdown import table
from streetwatch.benchmarks.recovery import Recoveries
from streetwatch.benchmarks.soak.growth import Sample, Slope, grown, slope, warm
from streetwatch.benchmarks.soak.truth import CasesVerdict, Gap
from streetwatch.datasets.fake_trouble import Trouble
from streetwatch.vision.types import Seconds

#: MiB an hour for ten cameras.
MOST_MIB_PER_H: Final = 1.0

#: Threads and handles come and go with requests; what leaks one at each trouble is far above.
MOST_GROWN: Final = 10

#: An overload is told when it has been one for a while.
_ABOUT_S: Final[Seconds] = 15.0


@dataclass(frozen=True, slots=True)
class SoakReport:
    """Attributes are told by `line`."""

    cameras: int
    seconds: Seconds
    seed: int
    troubles: Mapping[Trouble, int]
    samples: tuple[Sample, ...]
    gaps: tuple[Gap, ...]
    recovered_s: tuple[Seconds, ...]
    cases: CasesVerdict
    unready: int
    overloaded: tuple[tuple[Seconds, Seconds], ...]
    replaced: int
    tracebacks: int
    findings: tuple[str, ...]
    ended_well: bool

    @property
    def slope(self) -> Slope | None:
        """MiB an hour for ten cameras; None where the soak was too short to tell."""
        fitted = slope(self.samples)
        return None if fitted is None else fitted.of(self.cameras)

    @property
    def threads_grown(self) -> int:
        """Threads in the last third, less those in the first."""
        return grown([one.threads for one in warm(self.samples)])

    @property
    def handles_grown(self) -> int:
        """The same for open files and sockets."""
        return grown([one.handles for one in warm(self.samples)])

    @property
    def late(self) -> list[Gap]:
        """The looks that came later than was promised, of cameras that were well."""
        return [one for one in self.gaps if one.is_late]

    @property
    def broken(self) -> list[Gap]:
        """Those of them that came while the service did not say that the machine is too slow."""
        return [
            one
            for one in self.late
            if not any(
                since - _ABOUT_S <= one.at_s + one.seconds and one.at_s <= until + _ABOUT_S
                for since, until in self.overloaded
            )
        ]

    def wrong(self) -> list[str]:
        """Return what is not as promised, in words.

        Memory is wrong where even the lower end of its slope's interval is too steep: a short soak
        can prove a leak, and only a long one that there is none.
        """
        steep = self.slope is not None and self.slope.low > MOST_MIB_PER_H
        found = {
            f"memory grows by more than {MOST_MIB_PER_H:g} MiB/h for ten cameras": steep,
            "threads grow": self.threads_grown > MOST_GROWN,
            "handles grow": self.handles_grown > MOST_GROWN,
            "cameras that were well went without looks": bool(self.broken),
            "cases are missed, filed twice or false": not self.cases.is_right,
            "the log has tracebacks": self.tracebacks > 0,
            "store, evidence and deliveries do not agree": bool(self.findings),
            "it did not end well within 10 s": not self.ended_well,
        }
        return [words for words, is_so in found.items() if is_so]

    def line(self) -> dict[str, object]:
        """Return it for JSON."""
        steep = self.slope
        last = warm(self.samples)[-1] if self.samples else None
        return {
            "cameras": self.cameras,
            "minutes": round(self.seconds / 60, 1),
            "seed": self.seed,
            "troubles": {one.value: count for one, count in sorted(self.troubles.items())},
            "rss_mib": round(last.rss_mib) if last else None,
            "rss_mib_per_h_per_10_cameras": round(steep.mib_per_h, 2) if steep else None,
            "rss_ci": [round(steep.low, 2), round(steep.high, 2)] if steep else None,
            "threads": last.threads if last else None,
            "threads_grown": self.threads_grown,
            "handles": last.handles if last else None,
            "handles_grown": self.handles_grown,
            "looks": len(self.gaps),
            "looks_late": len(self.late),
            "late": [str(one) for one in self.late],
            "longest_gap_s": round(max((one.seconds for one in self.gaps), default=0.0), 1),
            **Recoveries.of(self.recovered_s).line(),
            **{f"cases_{name}": count for name, count in asdict(self.cases).items()},
            "unready": self.unready,
            "overloaded_share": round(
                sum(until - since for since, until in self.overloaded) / self.seconds, 2
            ),
            "workers_replaced": self.replaced,
            "tracebacks": self.tracebacks,
            "findings": list(self.findings),
            "ended_well": self.ended_well,
            "wrong": self.wrong(),
        }

    def table(self) -> str:
        """Return it for people, in Markdown."""
        rows = ((name, _shown(value)) for name, value in self.line().items())
        return table(("soak", ""), rows)


def _shown(value: object) -> str:
    match value:
        case dict():
            return ", ".join(f"{name} {count}" for name, count in value.items()) or "-"
        case list():
            return ", ".join(map(str, value)) or "-"
        case _:
            return "-" if value is None else str(value)
