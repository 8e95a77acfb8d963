"""What somebody wants to see on the page of foresight, as its address has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from streetwatch.service.console.figures.spans import Span, span_in
from streetwatch.service.foresight.cells import CellKind
from streetwatch.vision.types import Seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Attributes:
        span: Which days, and of what type; empty: all types.
        kind: Of cells.
        tab: Its name.
        month: As 2026-11; empty: the last one that is over.
    """

    span: Span
    kind: CellKind
    tab: str
    month: str = ""

    @property
    def query(self) -> str:
        """As the page's address has it."""
        month = {"month": self.month} if self.month else {}
        return f"{self.api}&{urlencode({'tab': self.tab} | month)}"

    @property
    def api(self) -> str:
        """As the API takes it."""
        return f"{self.span.query}&{urlencode({'cells': self.kind.value})}"


def asked_in(parameters: Mapping[str, str], *, now: Seconds, tabs: tuple[str, ...]) -> Asked:
    """Read what is asked for from a page's address; what is not there is as usual."""
    given = {name: parameters.get(name, "") for name in ("from", "to", "type")}
    kinds = {one.value: one for one in CellKind}
    kind = kinds.get(parameters.get("cells", ""), CellKind.GRID)
    tab = parameters.get("tab", "")
    month = parameters.get("month", "")
    return Asked(span_in(given, now=now), kind, tab if tab in tabs else tabs[0], month)
