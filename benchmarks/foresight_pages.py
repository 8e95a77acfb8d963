"""The pages of foresight over a database that is full, as a browser gets them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import sqlalchemy as sa
import yaml
from playwright.sync_api import Page, sync_playwright

from streetwatch.benchmarks.console import ARGUMENTS, CHROMIUM, signed_in, timed
from streetwatch.benchmarks.console_load import let_in, running
from streetwatch.service.desk.reports.period import Period
from streetwatch.service.incidents.errors import InputError
from streetwatch.service.store.schema import incident
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.types import Seconds

_MONTH: Final = timedelta(days=29)

_TABS: Final = (
    *("hot-spots", "coverage", "crowds", "patrol", "campaigns", "fronts", "efficiency"),
    "month",
)

#: Whole: nothing of it is counted any more.
_IS_WHOLE: Final = ".sw-column[aria-busy=false]"


@dataclass(frozen=True, slots=True)
class Shown:
    """How long a page took until all of it was there, seconds."""

    page: str
    incidents: int
    database: str
    times: tuple[float, ...]

    def line(self) -> dict[str, Any]:
        """Return it for JSON."""
        p50, p95, most = np.percentile(self.times, (50, 95, 100)).round(3).tolist()
        of = {"page": self.page, "incidents": self.incidents, "database": self.database}
        return of | {"n": len(self.times), "p50_s": p50, "p95_s": p95, "max_s": most}


def shown(
    database: str, cameras: Path, folder: Path, *, times: int, now: Seconds
) -> Iterator[Shown]:
    """Run a service on a database, and time each tab of its last month in a browser.

    Args:
        database: Its address; whoever measures is let in.
        cameras: Its `cameras.yaml`.
        folder: Empty, for the service's files.
        times: How often each page is opened, after once that is not counted.
        now: Seconds since the epoch.

    Raises:
        InputError: the database holds nothing.
        RuntimeError: the service does not answer.
    """
    rows, last = _prepared(database, cameras, folder, now)
    with running(folder) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = signed_in(browser, url)
        for tab in _TABS:
            opened = partial(_open, address=f"{url}/console/foresight?{_query(tab, last)}")
            opened(page)
            taken = tuple(timed(page, opened) / 1000 for _ in range(times))
            yield Shown(tab, rows, database.partition(":")[0], taken)
        browser.close()


def _prepared(database: str, cameras: Path, folder: Path, now: Seconds) -> tuple[int, date]:
    """Write the service's files; return how many incidents there are, and the last one's day."""
    store = open_store(database)
    try:
        with store.engine.connect() as connection:
            rows, last = connection.execute(
                sa.select(sa.func.count(), sa.func.max(incident.c.violation_at))
            ).one()
        if last is None:
            raise InputError("the database holds no incidents: `streetwatch simulate` fills one")
        (folder / "data").mkdir()
        let_in(store.engine, folder / "data", now=now)
    finally:
        store.close()
    settings = {
        "database": database,
        "log_format": "json",
        "targets": [{"id": "d", "kind": "desk"}],
    }
    (folder / "streetwatch.yaml").write_text(json.dumps(settings), "utf-8")
    known = yaml.safe_load(cameras.read_text("utf-8"))
    (folder / "cameras.yaml").write_text(json.dumps(known, ensure_ascii=False), "utf-8")
    return rows, Period("", last - 1, last).last


def _query(tab: str, last: date) -> str:
    month = last.replace(day=1) - timedelta(days=1)
    return f"tab={tab}&from={last - _MONTH}&to={last}&month={month:%Y-%m}"


def _open(page: Page, address: str) -> None:
    page.goto(address, wait_until="commit")
    page.locator(_IS_WHOLE).wait_for()
