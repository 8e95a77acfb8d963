"""Cases that wait: told once for each stage, by a signed notice that no failure loses."""

import hmac
import json
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI, Request, Response

from filed import NOON, a_message, an_incident
from http_parts import serving
from live_service import free_port, wait_for
from streetwatch.service.cameras import Camera
from streetwatch.service.case_desk import Desk
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.delivery.courier import LEASE_S
from streetwatch.service.desk.report import Move, Report
from streetwatch.service.desk.states import CaseState
from streetwatch.service.foresight.crowd_level import Levels
from streetwatch.service.runtime.crowd_watch import CrowdWatch
from streetwatch.service.settings import Settings
from streetwatch.service.store.notices import Notices
from streetwatch.service.store.outbox import MessageState
from streetwatch.service.store.schema import notice
from streetwatch.service.store.sql_store import SqlStore, open_store
from streetwatch.service.store.zone_counts import SLOT_S, Count, ZoneSlot, add_counts, slot_of
from streetwatch.vision.capture.source import Source, SourceKind
from streetwatch.zones.zone import Zone, ZoneKind
from wired_desk import wired_desk

HOUR_S = 3600.0
NAME = f"{1:026}"
SECRET = "a-secret-of-the-platform"  # noqa: S105 -- of this test


@dataclass
class Platform:
    """A webhook that answers what it is told to, 200 otherwise, and keeps what it was sent."""

    answers: deque[int] = field(default_factory=deque)
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def told(self) -> list[tuple[str, str]]:
        bodies = (json.loads(content) for _, content in self.taken)
        return [(body["notice"], body["stage"]) for body in bodies]

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/notices")
        async def take(request: Request) -> Response:
            self.taken.append((dict(request.headers), await request.body()))
            return Response(status_code=self.answers.popleft() if self.answers else 200)

        return app


@dataclass
class World:
    """A desk, the city's webhook, and a clock to turn."""

    engine: sa.Engine
    platform: Platform
    url: str
    now: float = NOON

    def desk(self, **notices: Any) -> Desk:  # noqa: ANN401
        """A desk as after a start of the process."""
        told = {"url": self.url, "secret": SECRET} | notices
        return wired_desk(Settings(notices=told), SqlStore(self.engine), clock=lambda: self.now)

    def file(self, type_: str = "exposed_garbage") -> None:
        report = case_json(a_message(an_incident(id=NAME)).case) | {"type": type_}
        self.desk().book.report(Report.model_validate_json(json.dumps(report)), key="k", now=NOON)

    def move(self, *states: str) -> None:
        for state in states:
            move = Move(state=CaseState(state), by="王队", note="x")
            self.desk().book.move(NAME, move, now=self.now)

    def case(self) -> dict[str, Any]:
        return self.desk().book.case(NAME)

    def lines(self) -> list[str]:
        return [line["action"] for line in self.case()["history"] if "action" in line]

    def work(self, hours: float = 0.0) -> int:
        """Let time pass, then the clerk and the courier work."""
        self.now += hours * HOUR_S
        desk = self.desk()
        desk.clerk.work()
        assert desk.courier is not None
        tried = desk.courier.drain()
        desk.courier.stop(timeout_s=1)
        return tried


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    platform = Platform()
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    with ExitStack() as stack:
        stack.callback(store.close)
        url = stack.enter_context(serving(platform.app()))
        yield World(store.engine, platform, f"{url}/notices")


def test_a_case_nobody_responds_to_is_told_after_its_hours_and_only_once(world: World) -> None:
    world.file()
    world.work(23.9)
    assert world.platform.told == []
    world.work(0.2)
    world.work(100)
    assert world.platform.told == [("urge", "accept")]
    assert world.lines() == ["urge"]
    assert world.case()["urged_at"] is not None


def test_an_urgent_case_is_told_sooner(world: World) -> None:
    world.file("fire_lane_occupied")
    world.work(2.1)
    assert world.platform.told == [("urge", "accept")]


def test_a_passed_deadline_is_told_once_for_each_stage_and_dispatch(world: World) -> None:
    world.file()
    world.move("accepted", "dispatched", "handling")
    world.work(6)
    world.work(100)
    assert world.platform.told == [("overdue", "handle")]
    first = world.case()["overdue_at"]
    world.move("dispatched", "handling")
    world.work(200)
    assert world.platform.told == [("overdue", "handle")] * 2
    assert world.case()["overdue_at"] == first, "it was late then, and stays so"


def test_a_suspended_case_is_told_when_that_is_over(world: World) -> None:
    world.file()
    world.move("accepted", "dispatched")
    until = "2026-11-24T12:00:00+08:00"
    suspended = {"state": "suspended", "by": "王队", "note": "等待", "until": until}
    world.desk().book.move(NAME, Move.model_validate(suspended), now=world.now)
    world.work(23)
    assert world.platform.told == []
    world.work(2)
    assert world.platform.told == [("suspension_over", "handle")]


def test_a_case_at_its_end_is_told_of_no_more(world: World) -> None:
    world.file()
    world.move("rejected")
    world.work(1000)
    assert world.platform.taken == []


def test_a_notice_is_signed_and_says_what_a_dispatcher_needs(world: World) -> None:
    world.file()
    world.work(24)
    ((headers, content),) = world.platform.taken
    signed = headers["x-streetwatch-timestamp"].encode() + b"." + content
    expected = hmac.digest(SECRET.encode(), signed, "sha256").hex()
    assert headers["x-streetwatch-signature"] == f"sha256={expected}"
    assert headers["idempotency-key"] == "SW-20261123-0001-1-urge"
    body = json.loads(content)
    assert body["at"] == body["since"] == "2026-11-24T04:00:00.000+00:00"
    told = {"number": "SW-20261123-0001", "type": "exposed_garbage", "code": "06010"}
    assert body["case"].items() >= (told | {"state": "reported", "authority": "环卫"}).items()


@pytest.mark.parametrize("status", [500, 503, 429, 408], ids=str)
def test_a_notice_that_was_not_taken_comes_again_under_its_key(world: World, status: int) -> None:
    world.platform.answers.append(status)
    world.file()
    assert world.work(24) == 1
    assert world.work() == 0, "not before its time"
    assert world.work(1) == 1
    first, second = world.platform.taken
    assert first[1] == second[1]
    assert first[0]["idempotency-key"] == second[0]["idempotency-key"]
    assert world.lines() == ["urge"]


def test_a_notice_of_a_platform_that_is_down_waits(world: World) -> None:
    world.file()
    desk = world.desk(url=f"http://127.0.0.1:{free_port()}/notices")
    world.now += 24 * HOUR_S
    desk.clerk.work()
    assert desk.courier is not None
    assert desk.courier.drain() == 1
    desk.courier.stop(timeout_s=1)
    (listed,) = desk.notices.latest(state=MessageState.PENDING, limit=5)
    assert listed.last_error is not None
    assert listed.last_error.startswith("no answer: ConnectError")
    assert world.work(1) == 1
    assert world.platform.told == [("urge", "accept")]


def test_a_notice_that_is_refused_is_laid_aside_until_a_person_sends_it_again(
    world: World,
) -> None:
    world.platform.answers.append(401)
    world.file()
    world.work(24)
    assert world.work(1000) == 0
    (listed,) = world.desk().notices.latest(state=MessageState.PARKED, limit=5)
    assert listed.last_error is not None
    assert listed.last_error.startswith("401 Unauthorized")
    assert world.desk().notices.resend(now=world.now) == 1
    world.work()
    assert world.platform.told == [("urge", "accept")] * 2


def test_a_courier_that_died_with_a_notice_loses_nothing(world: World) -> None:
    world.file()
    world.now += 24 * HOUR_S
    world.desk().clerk.work()
    assert Notices(world.engine).claim(now=world.now, lease_s=LEASE_S) is not None
    assert world.work() == 0, "another may be sending it"
    assert world.work(LEASE_S / HOUR_S) == 1


def test_a_clerk_that_dies_promises_and_writes_down_both_or_neither(world: World) -> None:
    world.file()
    world.now += 24 * HOUR_S
    with world.engine.begin() as connection:  # the promise will clash: the transaction dies
        row = {"key": "SW-20261123-0001-1-urge", "case_number": "", "body": {}, "state": "parked"}
        times = {"attempts": 0, "promised_at": 0.0, "due_at": 0.0}
        connection.execute(sa.insert(notice).values(row | times))
    with pytest.raises(sa.exc.IntegrityError):
        world.desk().clerk.work()
    assert world.lines() == []
    with world.engine.begin() as connection:
        connection.execute(sa.delete(notice))
    world.work()
    assert (world.lines(), world.platform.told) == (["urge"], [("urge", "accept")])


def test_without_a_webhook_the_history_tells_all_the_same(world: World) -> None:
    world.file()
    world.now += 24 * HOUR_S
    desk = wired_desk(Settings(), SqlStore(world.engine), clock=lambda: world.now)
    assert desk.courier is None
    assert desk.clerk.work() == 1
    assert world.lines() == ["urge"]
    assert desk.notices.latest(state=None, limit=5) == ()


def test_the_threads_do_the_same_and_end_when_they_are_told(world: World) -> None:
    world.file()
    world.now += 24 * HOUR_S
    desk = world.desk()
    desk.start()
    try:
        wait_for("notice", lambda: world.platform.taken or None)
    finally:
        desk.stop(timeout_s=60)
    assert world.platform.told == [("urge", "accept")]


def test_an_address_with_a_password_is_in_no_reason(world: World) -> None:
    world.file()
    world.now += 24 * HOUR_S
    desk = world.desk(url=f"http://user:hunter2@127.0.0.1:{free_port()}/")
    desk.clerk.work()
    assert desk.courier is not None
    desk.courier.drain()
    desk.courier.stop(timeout_s=1)
    (listed,) = desk.notices.latest(state=None, limit=5)
    assert listed.last_error is not None
    assert "hunter2" not in str(listed)


def test_a_crowd_is_told_to_the_same_webhook_once_and_again_until_it_is_taken(world: World) -> None:
    world.platform.answers.append(503)
    square = Zone("square", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), ZoneKind.PERMITTED)
    gate = Camera("gate", "南门", Source(SourceKind.RTSP, "rtsp://cam/1"), None, (square,))
    woken: list[bool] = []
    watch = CrowdWatch(
        world.engine,
        lambda: [gate],
        Levels({"gate/square": 20.0}),
        promised=lambda: woken.append(True),
    )
    for number, people in enumerate((5, 12, 16, 22, 30)):
        slot = ZoneSlot("gate", "square", slot_of(NOON) + number)
        counts = {slot: Count(looks=10, people=10 * people, most=people)}
        add_counts(world.engine, counts)
        watch.follow(counts, (slot.number + 1) * SLOT_S)
    assert woken == [True]
    assert world.work(1) == 1
    assert world.work(1) == 1, "it was refused, and comes again"
    assert world.work(100) == 0, "it was taken"
    first, again = world.platform.taken
    assert first[1] == again[1]
    headers, content = again
    body = json.loads(content)
    assert headers["idempotency-key"] == first[0]["idempotency-key"] == f"crowd-{body['id']}"
    signed = headers["x-streetwatch-timestamp"].encode() + b"." + content
    expected = hmac.digest(SECRET.encode(), signed, "sha256").hex()
    assert headers["x-streetwatch-signature"] == f"sha256={expected}"
    told = {"notice": "crowd", "camera": "gate", "camera_name": "南门", "zone": "square"}
    assert body.items() >= (told | {"people": 22.0, "level": 20.0, "is_usual": False}).items()
