"""The life-cycle's own reading and writing, on SQLite and on PostgreSQL."""

import json
from collections.abc import Callable

from filed import NOON, a_message, an_incident
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.decisions import Attribution, Decision, attributed, decided
from streetwatch.service.desk.query import Filter
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.shares import counted_shares
from streetwatch.service.desk.states import CaseState
from streetwatch.service.desk.triage import Measure
from streetwatch.service.settings import Settings
from streetwatch.service.store.outbox import MessageState
from streetwatch.service.store.sql_store import open_store
from wired_desk import wired_desk

DAY_S = 86_400.0
HOOK = {"url": "http://127.0.0.1:9/", "secret": "of-no-use-in-this-test"}


def a_report(number: int) -> Report:
    incident = an_incident(id=f"{number:026}", type="exposed_garbage")
    return Report.model_validate_json(json.dumps(case_json(a_message(incident).case)))


def test_a_case_is_counted_told_and_decided_on_either_database(
    new_database: Callable[..., str],
) -> None:
    store = open_store(new_database())
    now = NOON
    desk = wired_desk(Settings.model_validate({"notices": HOOK}), store, clock=lambda: now)
    try:
        for number in (1, 2):
            desk.book.report(a_report(number), key=f"key-of-{number}", now=NOON + number)
        for state in (CaseState.ACCEPTED, CaseState.DISPATCHED):
            desk.book.move(f"{1:026}", Move(state=state, by="王队"), now=NOON + 10)
        whose = Attribution(subject="shop:12", by="李所")
        named = desk.book.amend(
            f"{2:026}", attributed(whose, desk.triaging, now=NOON + 20), now=NOON + 20
        )
        assert [line.get("action") for line in named["history"]] == [None, "subject", "level"]
        decision = Decision(measure=Measure.SERVICE, by="李所", reason="首次")
        desk.book.amend(f"{2:026}", decided(decision, now=NOON + 30), now=NOON + 30)
        now = NOON + 2 * DAY_S
        assert desk.clerk.work() == 2
        assert desk.clerk.work() == 0
        first = desk.book.case(f"{1:026}")
        assert [line["action"] for line in first["history"] if "action" in line] == [
            "overdue",
            "urge",
        ]
        promised = desk.notices.latest(state=MessageState.PENDING, limit=9)
        assert {(one.body["notice"], one.body["stage"]) for one in promised} == {
            ("overdue", "handle"),
            ("urge", "handle"),
            ("urge", "accept"),
        }
        claimed = desk.notices.claim(now=now, lease_s=60)
        assert claimed is not None
        desk.notices.delivered(claimed.key, now=now)
        shares = counted_shares(store.engine, Filter())
        assert (shares.n, shares.undecided, shares.shares[0].n) == (1, 1, 1)
    finally:
        desk.stop(timeout_s=1)
        store.close()
