"""A reviewer closes the page while the service still does something for it: its log stays quiet."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import cast

import nicegui
import pytest
from nicegui import Client, ui

from reviewed import LI, ReviewedDesk
from streetwatch.service.console.language import Language
from streetwatch.service.console.review.screen import Screen
from streetwatch.service.console.review.work import Overview, Work
from streetwatch.service.console.shell import Shell
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.sql_store import open_store
from waiting import awaited


class Followed:
    """Keeps what a page has drawn when the queue changes."""

    def live(
        self, _name: object, _read: object, draw: Callable[[Overview], Awaitable[None]], **_: object
    ) -> None:
        self.draw = draw


async def noted(*_: object, **__: object) -> None:
    """Write nothing down."""


async def asked_for_what_came(work: Work, file: Callable[[], object], *, stays: bool) -> None:
    """Open an empty queue; a case comes, the page asks for it, and its reader stays or goes."""
    nicegui.core.loop = asyncio.get_running_loop()
    shell = Followed()
    with Client(ui.page("/console/review")) as client:
        client.storage["language"] = Language.EN
        await Screen(work, cast("Shell", shell), noted).draw()
    before = asyncio.all_tasks()
    file()
    with client:
        await shell.draw(await asyncio.to_thread(work.overview))
    if not stays:
        client.delete()
    await asyncio.gather(*(asyncio.all_tasks() - before), return_exceptions=True)
    if stays:
        client.delete()


@pytest.mark.parametrize("stays", [True, False], ids=["stays", "goes"])
def test_a_page_asks_for_what_came_and_the_log_is_quiet_whether_its_reader_stays_or_goes(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    stays: bool,  # noqa: FBT001 -- parametrised
) -> None:
    desk = ReviewedDesk(open_store(f"sqlite:///{tmp_path / 'desk.db'}"))
    work = Work(desk.reviewing, EvidenceFolder(tmp_path / "evidence"), lambda: (), LI)
    with caplog.at_level(logging.WARNING):
        awaited(asked_for_what_came(work, lambda: desk.file("a"), stays=stays))
    desk.store.close()
    assert work.session.current is not None
    assert [one.getMessage() for one in caplog.records if one.name != "asyncio"] == []
