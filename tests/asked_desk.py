"""The desk as a console and a city's programs see it, and the book behind it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from filed import NOON
from served_desk import served_desk
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.draft import Draft
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.sql_store import SqlStore, open_store

HOUR_S = 3_600.0


@dataclass
class Desk:
    """The desk as its users see it, and the book behind it."""

    store: SqlStore
    http: httpx.Client = field(init=False)
    now: float = NOON
    ended: list[tuple[str, str]] = field(default_factory=list)

    @property
    def book(self) -> Book:
        return Book(self.store.engine)

    def put(self, name: str, at: float = NOON, **columns: Any) -> str:  # noqa: ANN401
        """Write a case into the book; return its number."""
        own = _taken(columns, "type", "source", "camera_id")
        place = _taken(columns, "lon", "lat", "grid_code")
        where = {"lon": place["lon"], "lat": place["lat"], "crs": "wgs84"} if place else None
        facts: dict[str, Any] = {"type": "street_vending", "source": "video"} | own | place
        document: dict[str, Any] = {"description": name, "place": where, "evidence": []}
        draft = Draft(external_id=name, occurred_at=at, document=document, filled=columns, **facts)
        return str(self.book.file(draft, key=f"key-{name}", now=at)[0]["number"])

    def listed(self, **asked: Any) -> list[str]:  # noqa: ANN401
        answer = self.http.get("/desk/cases", params=asked)
        assert answer.status_code == 200, answer.text
        return [case["external_id"] for case in answer.json()["cases"]]

    def patch(self, name: str, *, if_match: str | None = None, **body: str) -> httpx.Response:
        headers = {"If-Match": if_match} if if_match else {}
        return self.http.patch(f"/desk/cases/{name}", json=body, headers=headers)


def _taken(columns: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: columns.pop(name) for name in names if name in columns}


def a_desk(address: str, folder: Path) -> Iterator[Desk]:
    built = Desk(open_store(address))
    with served_desk(
        built.book.engine,
        desk_router(
            built.book,
            clock=lambda: built.now,
            on_end=lambda name, state, _: built.ended.append((name, state)),
        ),
        EvidenceFolder(folder / "evidence"),
    ) as client:
        built.http = client
        yield built
    built.store.close()
