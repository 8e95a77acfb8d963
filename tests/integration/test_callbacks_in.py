"""A platform tells, signed and over real HTTP, how a case stands: it moves ours, once."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from filed import NOON, a_message, an_incident, promise
from served_desk import served_desk
from streetwatch.service.api.callbacks import LONGEST_BODY, callbacks_router
from streetwatch.service.delivery.signing import signature
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.incident import Incident, State
from streetwatch.service.incidents.platform import Receipt
from streetwatch.service.store.outbox import Outbox
from streetwatch.service.store.receipts import Receipts
from streetwatch.service.store.sql_store import SqlStore, open_store

SECRET = "the-secret-of-the-city"  # noqa: S105 -- a test's
OURS = "a" * 26


@dataclass
class City:
    """A city's platform that was handed a case and calls back."""

    store: SqlStore
    http: httpx.Client = field(init=False)
    now: float = NOON + 100

    def says(self, state: str, *, at: float | None = None, **said: str) -> httpx.Response:
        """Sign and send; by our id unless it names the case otherwise."""
        body = {"state": state} | (said or {"external_id": OURS})
        return self.sends(json.dumps(body).encode(), at=at)

    def sends(
        self,
        body: bytes,
        *,
        at: float | None = None,
        secret: str = SECRET,
        target: str = "city",
    ) -> httpx.Response:
        timestamp = f"{self.now if at is None else at:.3f}"
        headers = {
            "X-Streetwatch-Timestamp": timestamp,
            "X-Streetwatch-Signature": signature(secret, timestamp, body),
        }
        return self.http.post(f"/callbacks/{target}", content=body, headers=headers)

    @property
    def incident(self) -> Incident:
        (one,) = self.store.incidents()
        return one


@pytest.fixture
def city(tmp_path: Path, new_database: Callable[..., str]) -> Iterator[City]:
    store = open_store(new_database())
    built = City(store)
    receipts = Receipts(store.engine)
    callbacks = callbacks_router(
        {"city": SECRET, "other": "the-secret-of-another"},
        receipts=receipts,
        store=store,
        clock=lambda: built.now,
    )
    promise(store, a_message(), targets=("city",))
    outbox = Outbox(store.engine)
    claimed = outbox.claim("city", now=NOON, lease_s=60)
    assert claimed is not None
    outbox.delivered(claimed, Receipt("SR-7"), now=NOON)
    with served_desk(
        store.engine,
        desk_router(Book(store.engine), clock=lambda: NOON, on_end=lambda *_: None),
        EvidenceFolder(tmp_path / "evidence"),
        beside=(callbacks,),
    ) as client:
        built.http = client
        yield built
    store.close()


@pytest.mark.parametrize(
    ("state", "expected", "rejected"),
    [
        pytest.param("closed", State.CLOSED, False, id="closed"),
        pytest.param("rejected", State.CLOSED, True, id="rejected"),
        pytest.param("open", State.OPEN, False, id="open"),
    ],
)
def test_what_a_platform_says_moves_the_incident(
    city: City,
    state: str,
    expected: State,
    rejected: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    answer = city.says(state)
    assert answer.status_code == 200
    assert answer.json()["changed"] == (expected is State.CLOSED)
    assert city.incident.state is expected
    assert (city.incident.rejected_at is not None) == rejected


def test_a_platform_may_call_the_case_by_its_own_number(city: City) -> None:
    assert city.says("closed", number="SR-7").json()["external_id"] == OURS
    assert city.incident.state is State.CLOSED


def test_a_number_that_comes_with_a_callback_is_kept(city: City) -> None:
    city.says("open", external_id=OURS, number="SR-8")
    assert Receipts(city.store.engine).incident_of("city", "SR-8") == OURS


def test_a_callback_that_is_repeated_changes_nothing_and_says_so(city: City) -> None:
    assert city.says("closed", at=NOON + 90).json()["changed"]
    put_back(city)
    again = city.says("closed", at=NOON + 90)
    assert (again.status_code, again.json()["changed"]) == (200, False)
    assert "said before" in again.json()["detail"]
    assert city.incident.state is State.OPEN, "what was recorded and sent again closes nothing"


def put_back(city: City) -> None:
    """The incident stands on though its case was closed: it is open again."""
    with city.store.transaction() as transaction:
        transaction.put_incident(an_incident(disputed_at=NOON + 95))


def test_a_callback_that_was_overtaken_changes_nothing(city: City) -> None:
    city.says("open", at=NOON + 99)
    late = city.says("closed", at=NOON + 98)
    assert (late.status_code, late.json()["changed"]) == (200, False)
    assert city.incident.state is State.OPEN


def test_a_case_that_is_closed_again_after_a_dispute_is_closed(city: City) -> None:
    city.says("closed", at=NOON + 90)
    put_back(city)
    assert city.says("closed", at=NOON + 99).json()["changed"]
    assert city.incident.state is State.CLOSED


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"external_id": "b" * 26}, id="an id of nobody's"),
        pytest.param({"number": "SR-9"}, id="a number that was never given"),
    ],
)
def test_a_case_that_a_platform_was_not_handed_is_unknown(city: City, said: dict[str, str]) -> None:
    answer = city.says("closed", at=None, **said)
    assert answer.status_code == 404
    assert "target city was handed no such case" in answer.json()["detail"]


def test_a_platform_cannot_speak_of_anothers_case(city: City) -> None:
    body = json.dumps({"external_id": OURS, "state": "closed"}).encode()
    answer = city.sends(body, secret="the-secret-of-another", target="other")  # noqa: S106
    assert answer.status_code == 404
    assert city.incident.state is State.OPEN


@pytest.mark.parametrize(
    ("how", "status"),
    [
        pytest.param({"secret": "a-wrong-secret"}, 401, id="wrong secret"),
        pytest.param({"at": NOON - 201}, 401, id="too old"),
        pytest.param({"at": NOON + 401}, 401, id="of the future"),
        pytest.param({"target": "desk"}, 404, id="a target that may not call back"),
    ],
)
def test_who_can_not_sign_is_refused(city: City, how: dict[str, str], status: int) -> None:
    body = json.dumps({"external_id": OURS, "state": "closed"}).encode()
    answer = city.sends(body, **how)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert SECRET not in answer.text
    assert city.incident.state is State.OPEN


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        pytest.param(b"closed", 422, "Invalid JSON", id="no JSON"),
        pytest.param(b"\xff", 422, "body", id="no text"),
        pytest.param(b'{"state":"closed"}', 422, "name the case", id="which case?"),
        pytest.param(b'{"state":"done","external_id":"a"}', 422, "state", id="no such state"),
        pytest.param(b'{"state":"open","number":"1","x":1}', 422, "x", id="unknown field"),
        pytest.param(b'{"state":"open","number":"a\\u0000"}', 422, "number", id="no name"),
    ],
)
def test_a_body_that_says_nothing_is_told_what_is_wrong(
    city: City, body: bytes, status: int, words: str
) -> None:
    answer = city.sends(body)
    assert answer.status_code == status
    assert words in json.dumps(answer.json())


def test_a_body_longer_than_any_callback_is_refused(city: City) -> None:
    assert city.sends(b" " * (LONGEST_BODY + 1)).status_code == 413


@pytest.mark.parametrize("missing", ["X-Streetwatch-Timestamp", "X-Streetwatch-Signature"])
def test_an_unsigned_callback_is_refused(city: City, missing: str) -> None:
    headers = {"X-Streetwatch-Timestamp": "1", "X-Streetwatch-Signature": "sha256=1"}
    del headers[missing]
    answer = city.http.post("/callbacks/city", content=b"{}", headers=headers)
    assert answer.status_code == 422
    assert missing in answer.text
