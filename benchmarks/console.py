"""The console measured in a real browser: how long people wait for a page, a list, a picture."""

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from streetwatch.benchmarks.console_load import NAME, PASSWORD

CHROMIUM: Final = "/usr/bin/chromium"

ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

#: What a person may have to wait for a page, and for the next picture, milliseconds.
PAGE_MS: Final = 2000.0
KEY_MS: Final = 150.0

#: Who waits longer has found a fault, not a slow page.
_LONGEST_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Waited:
    """How long people wait for one thing.

    Attributes:
        limit_ms: How long they may.
    """

    what: str
    limit_ms: float
    times_ms: tuple[float, ...]

    def line(self) -> dict[str, Any]:
        """Return it for JSON."""
        p50, p95 = np.percentile(self.times_ms, (50, 95)) if self.times_ms else (None, None)
        return {
            "what": self.what,
            "n": len(self.times_ms),
            "p50_ms": None if p50 is None else round(float(p50), 1),
            "p95_ms": None if p95 is None else round(float(p95), 1),
            "limit_ms": self.limit_ms,
        }


#: Does something on a page, once; what it waits for is what is measured.
Act = Callable[[Page], None]


def measured(url: str, *, times: int) -> Iterator[Waited]:
    """Measure every page of a running service, so many times each.

    Args:
        url: Of the service; `console_load` has filled it.
        times: How often each thing is done.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        page = signed_in(browser, url)
        for what, act in _opened(url).items():
            yield Waited(what, PAGE_MS, _taken(page, act, times))
        yield from _leafed(page, url, times)
        yield from _reviewed(page, url, times)
        browser.close()


def facts() -> dict[str, str]:
    """Name the machine."""
    return {"machine": platform.machine(), "python": platform.python_version()}


def signed_in(browser: Browser, url: str) -> Page:
    """Return a page of somebody who may see everything."""
    page = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 720}).new_page()
    page.set_default_timeout(_LONGEST_MS)
    page.goto(f"{url}/console/login")
    page.locator("[name=name]").fill(NAME)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button").click()
    page.wait_for_url("**/console/wall")
    return page


def _opened(url: str) -> dict[str, Act]:
    """Return the pages: each is there when what it is for can be seen."""

    def opens(path: str, shown: str) -> Act:
        def act(page: Page) -> None:
            page.goto(f"{url}{path}", wait_until="commit")
            page.locator(shown).first.wait_for()

        return act

    return {
        "wall: 24 of the cameras": opens("/console/wall", ".wl-tile"),
        "wall: a live picture": opens("/console/wall?state=live", ".wl-frame img"),
        "wall: the map": opens("/console/wall?view=map", ".mp-case"),
        "cases: the list": opens("/console/cases", ".cw-list tbody tr"),
        "cases: of one type and state": opens(
            "/console/cases?state=closed&type=bin_overflow", ".cw-list tbody tr"
        ),
        "numbers: 30 days": opens("/console/numbers", ".fg-card"),
    }


def _leafed(page: Page, url: str, times: int) -> Iterator[Waited]:
    """Measure what happens on a page that is open."""
    first = page.locator(".cw-list tbody a").first
    page.goto(f"{url}/console/cases")
    first.wait_for()

    def leaf(page: Page) -> None:
        before = first.inner_text()
        page.get_by_role("button", name="Next page").click()
        page.wait_for_function(_IS_ANOTHER, arg=before)

    yield Waited("cases: the next page", PAGE_MS, _taken(page, leaf, times))

    def opened(page: Page) -> None:
        page.goto(f"{url}/console/cases/{number}", wait_until="commit")
        page.locator(".cw-facts dt").first.wait_for()

    number = first.inner_text()
    yield Waited("cases: one case", PAGE_MS, _taken(page, opened, times))


_IS_ANOTHER: Final = "before => document.querySelector('.cw-list tbody a')?.innerText !== before"


def _reviewed(page: Page, url: str, times: int) -> Iterator[Waited]:
    """Measure the queue, and from the key to the next case's picture by the page's own marks.

    The queue is opened once: what a page was handed is nobody else's for a while.
    """
    began = perf_counter()
    page.goto(f"{url}/console/review", wait_until="commit")
    page.locator(".rp-line").first.wait_for()
    yield Waited("review: the queue", PAGE_MS, ((perf_counter() - began) * 1000,))
    for pace, waits_ms in _PACES.items():
        page.evaluate("performance.clearMeasures('sw-review-next')")
        for done in range(times):
            page.wait_for_timeout(waits_ms)
            page.keyboard.press("j")
            page.wait_for_function(f"{_MARKS}.length > {done}")
        taken = page.evaluate(f"{_MARKS}.map(one => one.duration)")
        yield Waited(f"review: from the key to the next picture, {pace}", KEY_MS, tuple(taken))


_MARKS: Final = "performance.getEntriesByName('sw-review-next')"

#: How long a case is looked at, milliseconds: a second is faster than people judge.
_PACES: Final = {"one a second": 1000, "without a pause": 0}


def _taken(page: Page, act: Act, times: int) -> tuple[float, ...]:
    """Do it once unmeasured, then so many times; return the milliseconds."""
    act(page)
    return tuple(timed(page, act) for _ in range(times))


def timed(page: Page, act: Act) -> float:
    """Do something once; return the milliseconds."""
    began = perf_counter()
    act(page)
    return (perf_counter() - began) * 1000
