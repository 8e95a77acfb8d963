"""Reports from outside over real HTTP: looked at, filed, and merged with what there is."""

import base64
import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import httpx
import numpy as np
import pytest
from PIL import Image as Pillow
from prometheus_client import CollectorRegistry

from filed import NOON, a_message, an_incident
from gates import open_gate
from http_parts import serving
from streetwatch.models.labels import CLASS_ID
from streetwatch.service.api.app import create_api
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.book import Book
from streetwatch.service.desk.merging import Nearness
from streetwatch.service.desk.observations.picture import Limits
from streetwatch.service.desk.observations.router import observations_router
from streetwatch.service.desk.observations.take import Observations
from streetwatch.service.desk.places import places_router, recurrence_step
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.store.sql_store import open_store
from streetwatch.vision.types import Detections, Image
from waiting import PATIENCE_S

HERE = {"lon": 121.47, "lat": 31.23}
METRE_NORTH = 1 / 111_320
DAY_S = 86_400.0


@dataclass
class Eyes:
    """A detector that sees what the test says."""

    longest_side = 640

    found: list[tuple[str, float]] = field(default_factory=list)
    looked_at: list[tuple[int, ...]] = field(default_factory=list)

    def detect(
        self, image: Image, *, confidence: float | None = None, longest: int | None = None
    ) -> Detections:
        del confidence, longest
        self.looked_at.append(image.shape)
        return Detections(
            np.array([[10, 20, 60, 50]] * len(self.found), np.float32).reshape(-1, 4),
            np.array([sure for _, sure in self.found], np.float32),
            np.array([CLASS_ID[label] for label, _ in self.found], np.int64),
        )


@dataclass
class Desk:
    """The desk as citizens, sensors and cameras see it."""

    evidence: Path
    eyes: Eyes = field(default_factory=Eyes)
    http: httpx.Client = field(default_factory=httpx.Client)
    now: float = NOON

    def observe(self, *, status: int = 201, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        told = {"reporter": "12345", "id": "r-1", **HERE, "picture": b64(jpeg()), **changes}
        given = {name: value for name, value in told.items() if value is not None}
        return self.answer(self.http.post("/observations", json=given), status)

    def answer(self, got: httpx.Response, status: int) -> dict[str, Any]:
        assert got.status_code == status, got.text
        answer: dict[str, Any] = got.json()
        return answer

    def camera(self, name: str = "a", *, status: int = 201, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
        incident = an_incident(id=name * 26, type="exposed_garbage")
        told = case_json(a_message(incident).case) | changes
        headers = {"Idempotency-Key": f"{name}-key-of-a-message"}
        return self.answer(self.http.post("/desk/cases", json=told, headers=headers), status)

    def case(self, name: str) -> dict[str, Any]:
        return self.answer(self.http.get(f"/desk/cases/{name}"), 200)

    def count(self) -> int:
        return int(self.http.get("/desk/cases").json()["total"])

    def end(self, name: str) -> None:
        for state in ("accepted", "dispatched", "handled", "closed"):
            self.answer(self.http.patch(f"/desk/cases/{name}", json={"state": state}), 200)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path / 'desk.db'}")
    folder = EvidenceFolder(tmp_path / "evidence")
    built = Desk(folder.root)
    book = Book(store.engine, intake=(recurrence_step,), near=Nearness(15.0))
    router = desk_router(book, clock=lambda: built.now, on_end=lambda *_: None)
    router.include_router(places_router(store.engine))
    api = create_api(
        gate=open_gate(store.engine),
        desk=router,
        evidence=folder,
        readiness=lambda: Readiness((), 0, 0, 0.0),
        registry=CollectorRegistry(),
    )
    limits = Limits(bytes_=200_000, pixels=1_000_000)
    taking = Observations(book, folder, built.eyes, limits, lambda: built.now)
    api.include_router(observations_router(taking))
    with serving(api) as url, httpx.Client(base_url=url, timeout=PATIENCE_S) as client:
        built.http = client
        yield built
    store.close()


def jpeg(width: int = 160, height: int = 120) -> bytes:
    done, content = cv2.imencode(".jpg", np.full((height, width, 3), 90, np.uint8))
    assert done
    return content.tobytes()


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def with_exif(*, orientation: int) -> bytes:
    """A picture that says where it was taken and that the phone was turned."""
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhone"
    out = BytesIO()
    Pillow.new("RGB", (160, 120), (90, 90, 90)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says that it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def test_what_the_model_sees_names_the_case(desk: Desk) -> None:
    desk.eyes.found = [("car", 0.9), ("garbage", 0.6), ("person", 0.95)]
    answer = desk.observe()
    assert (answer["type"], answer["suggested_type"]) == ("exposed_garbage", "exposed_garbage")
    assert [one["label"] for one in answer["seen"]] == ["person", "car", "garbage"]
    assert "garbage (0.60)" in answer["says"]
    case = desk.case(answer["number"])
    assert (case["source"], case["state"], case["confidence"]) == ("mobile", "reported", 0.6)
    assert case["bbox"] == [10.0, 20.0, 60.0, 50.0]
    assert case["history"][0]["by"] == "12345"


def test_what_the_reporter_calls_it_wins(desk: Desk) -> None:
    desk.eyes.found = [("garbage", 0.6), ("vendor_stall", 0.5)]
    answer = desk.observe(type="out_of_store")
    assert (answer["type"], answer["suggested_type"]) == ("out_of_store", "exposed_garbage")
    assert desk.case(answer["number"])["confidence"] == 0.5


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        pytest.param({}, "unclassified", id="nothing in the picture"),
        pytest.param({"type": "street_vending"}, "street_vending", id="nothing of what is said"),
        pytest.param({"picture": None, "note": "臭"}, "unclassified", id="no picture"),
    ],
)
def test_no_report_is_thrown_away(desk: Desk, told: dict[str, Any], kind: str) -> None:
    answer = desk.observe(**told)
    case = desk.case(answer["number"])
    assert (case["state"], case["type"], case["confidence"]) == ("reported", kind, 0.0)
    assert "a person will judge" in answer["says"]


def test_a_form_with_a_file_is_the_same(desk: Desk) -> None:
    desk.eyes.found = [("bin_overflow", 0.7)]
    words = {"reporter": "patrol", "id": "7", "lon": "121.47", "lat": "31.23", "note": "满了"}
    got = desk.http.post("/observations", data=words, files={"picture": ("p.jpg", jpeg())})
    assert desk.answer(got, 201)["type"] == "bin_overflow"


def test_the_picture_is_kept_upright_without_what_the_phone_wrote_into_it(desk: Desk) -> None:
    answer = desk.observe(picture=b64(with_exif(orientation=6)))
    (file,) = desk.case(answer["number"])["evidence"]
    kept = (desk.evidence / answer["external_id"] / "observation.jpg").read_bytes()
    assert hashlib.sha256(kept).hexdigest() == file["sha256"]
    assert desk.http.get(file["url"]).content == kept
    assert b"SecretPhone" not in kept
    assert set(desk.eyes.looked_at) == {(160, 120, 3)}


@pytest.mark.parametrize(
    ("picture", "problem"),
    [
        pytest.param(b64(b"GIF89a" + bytes(60)), "no JPEG or PNG", id="another format"),
        pytest.param(b64(b"<svg onload=alert(1)>"), "no JPEG or PNG", id="a script"),
        pytest.param(b64(b""), "no JPEG or PNG", id="empty"),
        pytest.param(b64(jpeg()[:100]), "", id="cut off"),
        pytest.param(b64(bomb(30_000, 30_000)), "pixels", id="a bomb"),
        pytest.param(b64(bomb(2_000, 1_000)), "more than 1000000 pixels", id="too many pixels"),
        pytest.param(b64(jpeg(16, 16)), "too small", id="too small"),
        pytest.param(b64(bytes(250_000)), "larger than 200000 bytes", id="too many bytes"),
        pytest.param("%%%", "no base64", id="no base64"),
    ],
)
def test_a_picture_that_is_none_is_refused_and_nothing_is_kept(
    desk: Desk, picture: str, problem: str
) -> None:
    refused = desk.observe(status=422, picture=picture)
    assert refused["detail"][0].startswith("body.picture: ")
    assert problem in refused["detail"][0]
    assert desk.count() == 0
    assert not any(desk.evidence.iterdir())


@pytest.mark.parametrize(
    ("told", "where"),
    [
        pytest.param({"lon": 200}, "body.lon", id="off the map"),
        pytest.param({"crs": "gcj02"}, "body.crs", id="a shifted map"),
        pytest.param({"id": "a/b"}, "body.id", id="an id with a path in it"),
        pytest.param({"type": "noise"}, "body.type", id="an unknown type"),
        pytest.param({"colour": "red"}, "body.colour", id="a field too many"),
        pytest.param({"source": "sensor"}, "body", id="a sensor without its level"),
        pytest.param({"fill_level": 0.9}, "body", id="a level without a sensor"),
    ],
)
def test_a_wrong_report_is_refused(desk: Desk, told: dict[str, Any], where: str) -> None:
    refused = desk.observe(status=422, **told)
    assert [line.split(":")[0] for line in refused["detail"]] == [where]


def test_a_body_that_is_too_large_is_not_read(desk: Desk) -> None:
    got = desk.http.post("/observations", content=b"x" * 500_000, headers=JSON)
    assert got.status_code == 413


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        pytest.param(b"{", JSON, 422, id="broken JSON"),
        pytest.param(b"[]", JSON, 422, id="no object"),
        pytest.param(b"x", {"Content-Type": "multipart/form-data"}, 422, id="no boundary"),
        pytest.param(b"a=b", {"Content-Type": "text/plain"}, 415, id="another kind"),
    ],
)
def test_a_broken_body_is_refused_without_a_traceback(
    desk: Desk, content: bytes, headers: dict[str, str], status: int
) -> None:
    got = desk.http.post("/observations", content=content, headers=headers)
    assert got.status_code == status
    assert "Traceback" not in got.text


def test_the_same_report_again_is_the_first_one(desk: Desk) -> None:
    desk.eyes.found = [("garbage", 0.6)]
    first, looks = desk.observe(), len(desk.eyes.looked_at)
    assert desk.observe(status=200) == first
    assert desk.count() == 1
    assert len(desk.eyes.looked_at) == looks


def test_a_key_of_another_report_is_refused(desk: Desk) -> None:
    told = {"reporter": "12345", **HERE, "type": "street_vending"}
    key = {"Idempotency-Key": "one-key-for-both"}
    first = desk.http.post("/observations", json={**told, "id": "1"}, headers=key)
    other = desk.http.post("/observations", json={**told, "id": "2"}, headers=key)
    assert (first.status_code, other.status_code) == (201, 409)


def test_the_picture_of_a_report_that_is_refused_is_not_kept(desk: Desk) -> None:
    told = {"reporter": "12345", **HERE, "type": "street_vending", "picture": b64(jpeg())}
    key = {"Idempotency-Key": "one-key-for-both"}
    first = desk.http.post("/observations", json={**told, "id": "1"}, headers=key)
    assert desk.http.post("/observations", json={**told, "id": "2"}, headers=key).is_error
    kept = [folder.name for folder in desk.evidence.iterdir()]
    assert kept == [first.json()["external_id"]]


def sensor(number: int, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    told = {"source": "sensor", "reporter": "iot", "id": f"e-{number}", "picture": None}
    return {**told, "device_id": "bin-7", "fill_level": 0.97, **changes}


def test_a_sensor_needs_no_picture_and_its_next_event_is_no_second_case(desk: Desk) -> None:
    first = desk.observe(**sensor(1))
    assert first["type"] == "bin_overflow"
    assert "97%" in first["says"]
    again = desk.observe(status=200, **sensor(2))
    assert again["duplicate_of"] == first["number"]
    assert desk.count() == 1


def test_what_comes_back_after_its_case_was_closed_is_linked_and_counted(desk: Desk) -> None:
    first = desk.observe(**sensor(1))
    desk.end(first["number"])
    desk.now = NOON + 10 * DAY_S
    again = desk.case(desk.observe(**sensor(2))["number"])
    assert (again["recurrence_of"], again["repeat_count"]) == (first["external_id"], 1)
    history = desk.http.get("/desk/places/sensor/bin-7/history").json()
    assert [one["number"] for one in history["cases"]] == [again["number"], first["number"]]
    assert history["cases"][0]["days_since_the_last"] == 10
    assert history["recurrences"] == {"7": 0, "30": 1, "90": 1}


def test_a_citizen_who_sees_what_a_camera_sees_adds_to_its_case(desk: Desk) -> None:
    camera = desk.camera()
    desk.eyes.found = [("garbage", 0.6)]
    answer = desk.observe(status=200, lat=31.23 + 10 * METRE_NORTH)
    assert (answer["duplicate_of"], answer["number"]) == (camera["number"], camera["number"])
    assert answer["seen"][0]["label"] == "garbage"
    case = desk.case(camera["number"])
    line = case["history"][-1]
    assert (line["action"], line["external_id"]) == ("merge", answer["external_id"])
    assert [one["role"] for one in case["evidence"]] == ["threshold", "observation"]
    assert case["external_id"] == "a" * 26
    assert desk.case(answer["external_id"])["duplicate_of"] == camera["number"]
    assert desk.observe(status=200, lat=31.23 + 10 * METRE_NORTH) == answer
    assert desk.count() == 1


def test_the_cameras_later_facts_leave_a_citizens_picture_in_the_case(desk: Desk) -> None:
    camera = desk.camera()
    desk.observe(status=200, type="exposed_garbage")
    incident = an_incident(id="a" * 26, type="exposed_garbage", last_seen=NOON + 60)
    later = case_json(a_message(incident).case)
    desk.answer(desk.http.patch(f"/desk/cases/{'a' * 26}", json=later), 200)
    case = desk.case(camera["number"])
    assert case["last_seen"] == "2026-11-23T04:01:00Z"
    assert [one["role"] for one in case["evidence"]] == ["threshold", "observation"]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"lat": 31.23 + 16 * METRE_NORTH}, id="too far away"),
        pytest.param({"type": "street_vending"}, id="another type"),
    ],
)
def test_what_is_elsewhere_or_something_else_is_its_own_case(
    desk: Desk, told: dict[str, Any]
) -> None:
    desk.camera()
    assert desk.observe(**{"type": "exposed_garbage", **told})["duplicate_of"] is None
    assert desk.count() == 2


def test_a_closed_case_takes_no_new_report(desk: Desk) -> None:
    desk.end(desk.camera()["number"])
    assert desk.observe(type="exposed_garbage")["duplicate_of"] is None


def test_a_camera_that_sees_what_a_citizen_saw_adds_to_that_case_and_goes_on(desk: Desk) -> None:
    citizen = desk.observe(type="exposed_garbage")
    merged = desk.camera(status=200)
    assert (merged["duplicate_of"], merged["external_id"]) == (citizen["number"], "a" * 26)
    incident = an_incident(id="a" * 26, type="exposed_garbage", cleared_at=NOON + 300)
    gone = case_json(a_message(incident).case)
    answer = desk.answer(desk.http.patch(f"/desk/cases/{'a' * 26}", json=gone), 200)
    assert answer["external_id"] == "a" * 26
    lines = [line.get("action") for line in desk.case(citizen["number"])["history"]]
    assert lines == [None, "merge", "cleared"]
    assert desk.count() == 1


def measured(camera: str, *, is_measured: bool = True, north_m: float = 0.0) -> dict[str, Any]:
    place = {"lon": 121.47, "lat": 31.23 + north_m * METRE_NORTH, "crs": "wgs84"}
    return {
        "camera": {"id": camera, "name": camera},
        "place": {**place, "grid_code": None, "is_measured": is_measured},
    }


def test_two_cameras_that_see_one_place_make_one_case(desk: Desk) -> None:
    first = desk.camera("a", **measured("east"))
    other = desk.camera("b", status=200, **measured("west", north_m=10))
    assert other["duplicate_of"] == first["number"]
    third = desk.camera("c", **measured("west", north_m=10))
    assert third["number"] != first["number"]  # west sees two things there: so there are two


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(measured("west", is_measured=False), id="on one pole, looking elsewhere"),
        pytest.param(measured("west", north_m=16), id="too far away"),
        pytest.param(measured("east"), id="two things that one camera sees"),
    ],
)
def test_two_things_stay_two_cases(desk: Desk, other: dict[str, Any]) -> None:
    desk.camera("a", **measured("east"))
    desk.camera("b", **other)
    assert desk.count() == 2


def test_what_was_gone_before_the_other_camera_saw_it_was_another_thing(desk: Desk) -> None:
    gone = case_json(a_message(replace(an_incident(), cleared_at=NOON - 120)).case)["cleared_at"]
    desk.camera("a", cleared_at=gone, **measured("east"))
    desk.camera("b", **measured("west"))
    assert desk.count() == 2


def test_a_camera_that_files_makes_a_warned_case_of_another_camera_reported(desk: Desk) -> None:
    warning: dict[str, Any] = {"warned_at": "2026-11-23T12:00:00+08:00", "opened_at": None}
    first = desk.camera("a", **warning, **measured("east"))
    assert first["state"] == "warned"
    desk.camera("b", status=200, **measured("west"))
    case = desk.case(first["number"])
    assert case["state"] == "reported"
    assert [line.get("action", line.get("state")) for line in case["history"]] == [
        "warned",
        "merge",
        "reported",
    ]


def test_what_another_camera_saw_is_written_down_in_the_order_in_which_it_became_known(
    desk: Desk,
) -> None:
    desk.camera("a", **measured("east"))
    desk.camera("b", status=200, **measured("west"))
    desk.now = NOON + 600
    desk.answer(desk.http.patch(f"/desk/cases/{'a' * 26}", json={"state": "accepted"}), 200)
    gone = a_message(an_incident(id="b" * 26, type="exposed_garbage", cleared_at=NOON + 60))
    told = case_json(gone.case) | measured("west")
    desk.answer(desk.http.patch(f"/desk/cases/{'b' * 26}", json=told), 200)
    history = desk.case("a" * 26)["history"]
    assert history[-1]["action"] == "cleared"
    assert [line["at"] for line in history] == sorted(line["at"] for line in history)


def test_what_is_taken_stands_in_the_api_description(desk: Desk) -> None:
    text = desk.http.get("/openapi.json").text
    body = json.loads(text)["paths"]["/observations"]["post"]["requestBody"]["content"]
    assert set(body) == {"application/json", "multipart/form-data"}
    assert "$defs" not in text
