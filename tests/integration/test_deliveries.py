"""What people see of the outbox and do with it: by HTTP, and by the command."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest

from commands import Done, lines_of, streetwatch
from filed import NOON, a_message, an_incident, promise
from served_desk import served_desk
from streetwatch.benchmarks.receiver import Receiver
from streetwatch.benchmarks.receiver_book import ReceiverBook
from streetwatch.service.api.deliveries import deliveries_router
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.case import Occasion
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.store.deliveries import Deliveries
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.sql_store import SqlStore, open_store

OPENED = a_message()
SEALED = a_message(occasion=Occasion.EVIDENCE)
OTHER = a_message(an_incident(id="b" * 26))

How = Literal["delivered", "parked", "later"]


@dataclass
class People:
    """Somebody with a browser, and the store they look at."""

    store: SqlStore
    http: httpx.Client = field(init=False)
    woken: int = 0

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.store.engine)

    def settle(self, how: How, target: str = "city") -> None:
        """Let the next message to a target be delivered, parked or tried later."""
        claimed = self.outbox.claim(target, now=NOON, lease_s=60)
        assert claimed is not None
        match how:
            case "delivered":
                self.outbox.delivered(claimed, Receipt("SR-1"), now=NOON + 1)
            case "parked":
                self.outbox.park(claimed, reason="422 no such type", may_have_arrived=False)
            case "later":
                self.outbox.retry(
                    claimed, due_at=NOON + 300, reason="503 busy", may_have_arrived=True
                )

    def list(self, query: str = "") -> list[dict[str, Any]]:
        return list(self.http.get("/deliveries" + query).json()["deliveries"])

    def wake(self) -> None:
        self.woken += 1


@pytest.fixture
def people(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[People]:
    store = open_store(new_database())
    built = People(store)
    with served_desk(
        store.engine,
        desk_router(Book(store.engine), clock=lambda: NOON, on_end=lambda *_: None),
        EvidenceFolder(tmp_path / "evidence"),
        beside=(
            deliveries_router(Deliveries(store.engine), clock=lambda: NOON + 10, wake=built.wake),
        ),
    ) as client:
        built.http = client
        yield built
    store.close()


def test_a_delivery_is_shown_with_what_became_of_it(people: People) -> None:
    promise(people.store, OPENED, targets=("city",))
    people.settle("delivered")
    assert people.list() == [
        {
            "target": "city",
            "key": OPENED.key,
            "incident": OPENED.case.external_id,
            "occasion": "opened",
            "state": "delivered",
            "number": "SR-1",
            "attempts": 1,
            "queued_at": "2026-11-23T04:00:00.000+00:00",
            "due_at": "2026-11-23T04:00:00.000+00:00",
            "delivered_at": "2026-11-23T04:00:01.000+00:00",
            "uncertain": False,
            "reason": None,
        }
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("", 4, id="all"),
        pytest.param("?state=parked", 1, id="state"),
        pytest.param("?target=press", 2, id="target"),
        pytest.param(f"?incident={'b' * 26}&target=city", 1, id="incident and target"),
        pytest.param("?target=nobody", 0, id="no such target"),
        pytest.param("?limit=1&offset=3", 1, id="a page"),
        pytest.param("?offset=4", 0, id="behind the last"),
    ],
)
def test_deliveries_are_filtered_and_paged(people: People, query: str, found: int) -> None:
    promise(people.store, OPENED, OTHER, targets=("city", "press"))
    people.settle("parked")
    assert len(people.list(query)) == found


@pytest.mark.parametrize("query", ["?state=lost", "?limit=0", "?limit=501", "?offset=-1"])
def test_a_wrong_filter_is_refused(people: People, query: str) -> None:
    assert people.http.get("/deliveries" + query).status_code == 422


@pytest.mark.parametrize("how", ["parked", "later"])
def test_a_message_is_sent_again_when_a_person_says_so(people: People, how: How) -> None:
    promise(people.store, OPENED, targets=("city",))
    people.settle(how)
    answer = people.http.post(f"/deliveries/city/{OPENED.key}/resend")
    assert (answer.status_code, answer.json()["state"]) == (200, "pending")
    again = people.outbox.claim("city", now=NOON + 10, lease_s=60)
    assert again is not None
    assert again.is_uncertain == (how == "later"), "what may have arrived is still searched for"
    assert people.woken == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param(f"/deliveries/city/{OPENED.key}/resend", 409, id="delivered already"),
        pytest.param(f"/deliveries/press/{OPENED.key}/resend", 404, id="another target"),
        pytest.param("/deliveries/city/nothing/resend", 404, id="no such key"),
    ],
)
def test_what_cannot_be_sent_again_is_told(people: People, path: str, status: int) -> None:
    promise(people.store, OPENED, targets=("city",))
    people.settle("delivered")
    answer = people.http.post(path)
    assert answer.status_code == status
    assert "city" in answer.json()["detail"] or "press" in answer.json()["detail"]
    assert people.woken == 0


@pytest.mark.parametrize(
    ("query", "due"),
    [
        pytest.param("", 1, id="what waits for its time"),
        pytest.param("?parked=true", 2, id="what is parked too"),
        pytest.param("?parked=true&target=city", 1, id="of one target"),
    ],
)
def test_the_outbox_is_drained_when_a_person_says_so(people: People, query: str, due: int) -> None:
    promise(people.store, OPENED, targets=("city", "press"))
    people.settle("parked")
    people.settle("later", "press")
    assert people.http.post("/deliveries/drain" + query).json() == {"due": due}
    assert people.woken == 1


def deliveries(*arguments: object) -> Done:
    return streetwatch("deliveries", *arguments)


def test_the_command_lists_resends_and_drains(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'streetwatch.db'}")
    promise(store, OPENED, SEALED, targets=("city",))
    outbox, config = Outbox(store.engine), tmp_path / "streetwatch.yaml"
    claimed = outbox.claim("city", now=NOON, lease_s=60)
    assert claimed is not None
    outbox.park(claimed, reason="401: mend the key", may_have_arrived=False)
    with ExitStack() as stack:
        stack.callback(store.close)
        book = ReceiverBook(tmp_path / "platform.jsonl")
        stack.callback(book.close)
        url = stack.enter_context(Receiver(book).listening())
        config.write_text(f"targets: [{{id: city, kind: desk, url: '{url}'}}]\n")
        newest = lines_of(deliveries("--config", config, "--limit", 1))
        parked = lines_of(deliveries("--config", config, "--state", "parked", "--json"))
        resend = ("--resend", OPENED.key, "--target", "city")
        (resent,) = lines_of(deliveries("--config", config, *resend))
        (drained,) = lines_of(deliveries("--config", config, "--drain", "--target", "city"))
        stored = [one.what for one in book.entries]
    assert [one["occasion"] for one in newest] == ["evidence"]
    assert [one["reason"] for one in parked] == ["401: mend the key"]
    assert resent["state"] == "pending"
    assert drained == {"due": 0, "tried": 2, "pending": 0, "parked": 0}
    assert stored == ["opened", "changed"]


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        pytest.param(["--resend", "x"], "needs --target", id="to which target?"),
        pytest.param(["--parked"], "goes with --drain", id="parked what?"),
        pytest.param(["--state", "lost"], "write pending, delivered, parked", id="no such state"),
        pytest.param(
            ["--resend", "x", "--target", "city"],
            "nothing of key 'x' was promised to target 'city'",
            id="no such message",
        ),
        pytest.param(
            ["--drain", "--target", "moon"],
            "no target 'moon' stands in the settings: desk",
            id="no such target",
        ),
    ],
)
def test_a_wrong_command_is_one_clear_line(
    tmp_path: Path, arguments: list[str], advice: str
) -> None:
    open_store(f"sqlite:///{tmp_path / 'data' / 'streetwatch.db'}").close()
    config = tmp_path / "streetwatch.yaml"
    config.write_text("{}\n")
    done = deliveries("--config", config, *arguments)
    assert done.returncode == 2
    assert advice in done.stderr
    assert done.stderr.count("\n") == 1
