"""Reports from outside over real HTTP: looked at, and filed."""

import hashlib
import json
import struct
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image as Pillow

from observing import HERE, Desk, b64, jpeg


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


def test_what_is_taken_stands_in_the_api_description(desk: Desk) -> None:
    text = desk.http.get("/openapi.json").text
    body = json.loads(text)["paths"]["/observations"]["post"]["requestBody"]["content"]
    assert set(body) == {"application/json", "multipart/form-data"}
    assert "$defs" not in text
