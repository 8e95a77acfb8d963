"""What changes with a case changes whoever's facts move it."""

import json
from collections.abc import Callable
from pathlib import Path

from filed import NOON, a_message, an_incident
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.draft import Document
from streetwatch.service.desk.report import Report
from streetwatch.service.incidents.incident import State
from streetwatch.service.settings import Settings
from streetwatch.service.store.sql_store import open_store
from wired_desk import wired_desk

DAY_S = 86_400.0


def reported(camera: str, name: str, *, opened_at: float | None) -> Report:
    """A camera's report of one measured place."""
    state = State.OPEN if opened_at else State.WARNED
    incident = an_incident(id=name * 26, state=state, warned_at=NOON, opened_at=opened_at)
    told: Document = json.loads(json.dumps(case_json(a_message(incident).case)))
    told["camera"] = {"id": camera, "name": camera}
    told["place"]["is_measured"] = True
    return Report.model_validate_json(json.dumps(told))


def test_a_warning_that_another_cameras_report_files_waits_for_no_longer_than_any_other(
    tmp_path: Path, new_database: Callable[..., str]
) -> None:
    store = open_store(new_database())
    desk = wired_desk(Settings(data_dir=tmp_path), store, clock=lambda: NOON + 100 * DAY_S)
    try:
        desk.book.report(reported("east", "a", opened_at=None), key="1", now=NOON)
        desk.book.report(reported("west", "b", opened_at=None), key="2", now=NOON)
        filed = reported("west", "b", opened_at=NOON + 600)
        assert desk.book.report(filed, key="3", now=NOON + 600)[0]["state"] == "reported"
        assert desk.clerk.work() == 1, "people are reminded of it"
        assert desk.book.case("a" * 26)["urged_at"] is not None
    finally:
        store.close()
