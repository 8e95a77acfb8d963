"""What an onlooker wants to see of the wall, kept in the page's address."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streetwatch.service.console.watching.tiles import Search, Size
from streetwatch.service.runtime.condition import Condition


@dataclass(frozen=True, slots=True)
class View:
    """How the wall is looked at.

    Attributes:
        search: Which cameras.
        is_map: On the map, not as tiles.
        overlay: Zones and stays are drawn on the tiles.
        is_full: Without anything around: for a control room.
    """

    search: Search = field(default_factory=Search)
    is_map: bool = False
    overlay: bool = True
    is_full: bool = False

    @property
    def query(self) -> str:
        """It as the page's address takes it; what is usual is left out."""
        asked = {
            "q": self.search.text,
            "state": self.search.condition or "",
            "page": str(self.search.page + 1) if self.search.page else "",
            "size": self.search.size if self.search.size is not Size.MIDDLE else "",
            "view": "map" if self.is_map else "",
            "plain": "" if self.overlay else "1",
            "full": "1" if self.is_full else "",
        }
        return urlencode({name: value for name, value in asked.items() if value})


def asked_in(parameters: Mapping[str, str]) -> View:
    """Read a view from the page's address; what is nonsense is as usual."""
    state, size, page = (parameters.get(name, "") for name in ("state", "size", "page"))
    search = Search(
        text=parameters.get("q", ""),
        condition=Condition(state) if state in list(Condition) else None,
        page=int(page) - 1 if page.isascii() and page.isdecimal() and page != "0" else 0,
        size=Size(size) if size in list(Size) else Size.MIDDLE,
    )
    return View(
        search,
        is_map=parameters.get("view") == "map",
        overlay=not parameters.get("plain"),
        is_full=bool(parameters.get("full")),
    )
