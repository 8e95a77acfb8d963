"""What the store keeps comes back exactly."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filed import a_message, an_incident
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.report import Report
from streetwatch.service.incidents.case import Attachment, Case, Message, Occasion, Site
from streetwatch.service.incidents.errors import StorageError
from streetwatch.service.incidents.incident import Incident, State, Versions
from streetwatch.service.store import codec
from streetwatch.zones.place import Crs, Place
from streetwatch.zones.presence import Presence, Remembered
from streetwatch.zones.stay import Stay

texts = st.text(min_size=1, max_size=20).filter(lambda text: "\x00" not in text)
numbers = st.floats(allow_nan=False, allow_infinity=False)
maybe = st.none() | numbers
boxes = st.tuples(numbers, numbers, numbers, numbers)
pixels = st.floats(width=32, allow_nan=False, allow_infinity=False)
places_seen = st.tuples(pixels, pixels, pixels, pixels)
stays = st.builds(
    Stay,
    zone_id=texts,
    type=texts,
    anchor=places_seen,
    box=places_seen,
    confidence=numbers,
    looks=st.integers(1, 10**9),
    first_seen=numbers,
    last_seen=numbers,
    observed_s=numbers,
    missed_s=numbers,
    idle_s=numbers,
    absent_s=numbers,
    unlooked_s=numbers,
    violation_at=maybe,
)
presences = st.builds(Remembered, maybe, st.lists(stays, max_size=3).map(tuple)).map(Presence.of)
incidents = st.builds(
    Incident,
    id=texts,
    camera_id=texts,
    zone_id=texts,
    type=texts,
    state=st.sampled_from(State),
    first_seen=numbers,
    last_seen=numbers,
    observed_s=numbers,
    unobserved_s=numbers,
    anchor=boxes,
    bbox=boxes,
    confidence=numbers,
    versions=st.builds(Versions, texts, texts, texts),
    violation_at=maybe,
    cleared_at=maybe,
    closed_at=maybe,
    recurrence_of=st.none() | texts,
    recurrences=st.integers(0, 10**6),
)
places = st.builds(Place, numbers, numbers, st.sampled_from(Crs), st.none() | texts)
attachments = st.builds(Attachment, texts, texts, texts, texts, numbers)
cases = st.builds(
    Case,
    incidents,
    st.builds(Site, texts, texts, st.none() | places),
    st.lists(attachments, max_size=3).map(tuple),
)
messages = st.builds(Message, texts, st.sampled_from(Occasion), cases)


def through_json(document: Any) -> Any:  # noqa: ANN401
    return json.loads(json.dumps(document, allow_nan=False))


@given(presences)
def test_a_presence_comes_back_exactly(presence: Presence) -> None:
    document = through_json(codec.presence_document(presence))
    assert codec.presence_of(document, camera_id="kerb") == presence


@given(incidents)
def test_an_incident_comes_back_exactly(incident: Incident) -> None:
    assert codec.incident_of(through_json(codec.incident_row(incident))) == incident


@given(messages)
def test_a_message_comes_back_exactly(message: Message) -> None:
    document = through_json(codec.message_document(message))
    back = codec.message_of(key=message.key, occasion=message.occasion.value, document=document)
    assert back == message


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(None, id="nothing"),
        pytest.param([], id="a list"),
        pytest.param({"version": 0, "presence": {}}, id="an old version"),
        pytest.param({"version": 1, "presence": {"last_look": "noon"}}, id="a wrong type"),
        pytest.param({"version": 1, "presence": {"stays": [{}]}}, id="an empty stay"),
    ],
)
def test_an_unreadable_presence_says_whose_it_is(document: object) -> None:
    with pytest.raises(StorageError, match="presence of camera kerb"):
        codec.presence_of(document, camera_id="kerb")


def test_an_unreadable_incident_says_which_and_where() -> None:
    row = codec.incident_row(an_incident()) | {"state": "lost"}
    with pytest.raises(StorageError, match=r"incident a{26} .*state"):
        codec.incident_of(row)


@pytest.mark.parametrize("occasion", Occasion)
@pytest.mark.parametrize("place", [None, Place(121.47, 31.23)], ids=["no place", "no grid"])
def test_the_desk_accepts_what_we_say_about_a_case(occasion: Occasion, place: Place | None) -> None:
    cleared = an_incident(state=State.CLEARED, cleared_at=1795406500.0)
    case = a_message(cleared, occasion).case
    told = case_json(Case(case.incident, Site("kerb", "东口", place), case.evidence))
    assert Report.model_validate(told).external_id == cleared.id
