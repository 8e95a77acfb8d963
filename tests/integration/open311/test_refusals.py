"""The desk as an Open311 server, held to the published text of GeoReport v2: what is refused.

docs/reference/open311.md lists the text's requirements, each with its test.
"""

from pathlib import Path

import pytest

from open311_server import (
    OPEN,
    City,
    a_city,
    in_both,
    told,
)
from streetwatch.service.desk.open311.router import Open311

REFUSED = {
    "no api_key": ({"api_key": ""}, 403, "api_key"),
    "a wrong api_key": ({"api_key": "key-of-nobody-at-all"}, 403, "api_key"),
    "no service_code": ({"service_code": ""}, 400, "service_code"),
    "an unknown service_code": ({"service_code": "potholes"}, 404, "service_code"),
    "another jurisdiction": ({"jurisdiction_id": "elsewhere.example"}, 404, "jurisdiction_id"),
    "lat without long": ({"lat": "31.2"}, 400, "lat and long"),
    "nowhere": ({"lat": ""}, 400, "say where"),
    "off the earth": ({"lat": "91", "long": "0"}, 400, "lat"),
    "no number": ({"lat": "NaN", "long": "0"}, 400, "lat"),
    "a word for a number": ({"lat": "north", "long": "0"}, 400, "lat"),
    "too long a description": ({"description": "x" * 4001}, 400, "description"),
    "a picture that is no link": ({"media_url": "javascript:alert(1)"}, 400, "media_url"),
    "a picture of the machine": ({"media_url": "file:///etc/passwd"}, 400, "media_url"),
    "an attribute nobody asks for": ({"attribute[colour]": "red"}, 400, "attribute[colour]"),
    "several values for one": ({"attribute[grid_code][]": "1"}, 400, "attribute[grid_code]"),
    "a grid code of 3 digits": ({"attribute[grid_code]": "310"}, 400, "attribute[grid_code]"),
    "a path for an id": ({"attribute[external_id]": "../x"}, 400, "attribute[external_id]"),
    "a time without its zone": (
        {"attribute[occurred_at]": "2026-11-23T08:00:00"},
        400,
        "attribute[occurred_at]",
    ),
    "a time to come": (
        {"attribute[occurred_at]": "2027-11-23T08:00:00+08:00"},
        400,
        "attribute[occurred_at]",
    ),
    "a null character": ({"address_string": "a\0b"}, 400, "address_string"),
}


@in_both
@pytest.mark.parametrize(("fields", "status", "about"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_request_is_refused_in_the_words_of_the_standard(
    counter: City, form: str, fields: dict[str, str], status: int, about: str
) -> None:
    before = counter.count()
    answer = counter.file(form, **fields)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/xml" if form == "xml" else "app")
    assert [code for code, _ in told(answer)] == [str(status)]
    assert about in told(answer)[0][1]
    assert counter.count() == before


def test_every_mistake_is_told(counter: City) -> None:
    answer = counter.file(lat="91", long="181", media_url="x")
    assert [line.partition(":")[0] for _, line in told(answer)] == ["lat", "long", "media_url"]


BODIES = {
    "json": (b'{"service_code": "street_vending"}', "application/json", "send the request as a"),
    "multipart": (b"--x--", "multipart/form-data; boundary=x", "send the request as a form"),
    "no type": (b"api_key=x", "", "send the request as a form"),
    "latin-1": (b"description=\xe9", None, "not UTF-8"),
    "latin-1, coded": (b"description=%E9", None, "not UTF-8"),
    "twice": (b"lat=1&lat=2", None, "sent twice"),
    "very many fields": (b"&".join(b"a%d=1" % n for n in range(200)), None, "fields"),
    "70 kB": (b"description=" + b"x" * 70_000, None, "large"),
}


@in_both
@pytest.mark.parametrize(("body", "kind", "about"), BODIES.values(), ids=BODIES.keys())
def test_what_is_no_form_is_refused(
    counter: City, form: str, body: bytes, kind: str | None, about: str
) -> None:
    kind = "application/x-www-form-urlencoded; charset=utf-8" if kind is None else kind
    headers = {"Content-Type": kind} if kind else {}
    answer = counter.http.post(f"/open311/v2/requests.{form}", content=body, headers=headers)
    assert answer.status_code == 400
    ((code, line),) = told(answer)
    assert (code, about in line) == ("400", True), line


@in_both
def test_without_any_key_nobody_may_file_and_everybody_may_read(tmp_path: Path, form: str) -> None:
    for closed in a_city(tmp_path, Open311()):
        answer = closed.file(form)
        assert answer.status_code == 403
        assert "takes no requests" in told(answer)[0][1]
        assert closed.get(f"requests.{form}").status_code == 200


WRONG = {
    "an unknown service": ("v2/services/potholes", {}, 404, "service_code"),
    "an unknown request": ("v2/requests/SW-20200101-0001", {}, 404, "service_request_id"),
    "a request by its external id": (f"v2/requests/{'3'.zfill(26)}", {}, 404, "not found"),
    "an unknown token": ("v2/tokens/12345", {}, 404, "token"),
    "an unknown path": ("v2/potholes", {}, 404, "no such resource"),
    "an unknown version": ("v3/services", {}, 404, "no such resource"),
    "services of another city": (
        "v2/services",
        {"jurisdiction_id": "elsewhere.example"},
        404,
        "jurisdiction_id",
    ),
    "a service of another city": (
        "v2/services/street_vending",
        {"jurisdiction_id": "elsewhere.example"},
        404,
        "jurisdiction_id",
    ),
    "requests of another city": (
        "v2/requests",
        {"jurisdiction_id": "elsewhere.example"},
        404,
        "jurisdiction_id",
    ),
    "a request of another city": (
        f"v2/requests/{OPEN}",
        {"jurisdiction_id": "elsewhere.example"},
        404,
        "jurisdiction_id",
    ),
    "a token of another city": (
        f"v2/tokens/{OPEN}",
        {"jurisdiction_id": "elsewhere.example"},
        404,
        "jurisdiction_id",
    ),
    "a status that there is not": ("v2/requests", {"status": "lost"}, 400, "status"),
    "requests of an unknown service": (
        "v2/requests",
        {"service_code": "potholes"},
        400,
        "service_code",
    ),
    "a day without an hour": ("v2/requests", {"start_date": "2026-11-23"}, 400, "start_date"),
    "a time without its zone": (
        "v2/requests",
        {"end_date": "2026-11-23T08:00:00"},
        400,
        "end_date",
    ),
    "more than 90 days": (
        "v2/requests",
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-02T00:00:00Z"},
        400,
        "90 days",
    ),
    "an end before its start": (
        "v2/requests",
        {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
        400,
        "90 days",
    ),
    "a page of none": ("v2/requests", {"page_size": "0"}, 400, "page_size"),
    "a page of more than 1000": ("v2/requests", {"page_size": "1001"}, 400, "page_size"),
    "page zero": ("v2/requests", {"page": "0"}, 400, "page"),
}


@in_both
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_question_is_answered_with_an_error_list(
    city: City, form: str, wrong: tuple[str, dict[str, str], int, str]
) -> None:
    path, asked, status, about = wrong
    answer = city.http.get(f"/open311/{path}.{form}", params=asked)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/xml" if form == "xml" else "app")
    ((code, line),) = told(answer)
    assert (code, about in line) == (str(status), True), line


@pytest.mark.parametrize(
    ("path", "accept", "status", "media_type"),
    [
        pytest.param("/open311", "*/*", 404, "application/json", id="nothing said"),
        pytest.param("/open311/v2/services", "text/xml", 404, "text/xml", id="a reader of XML"),
        pytest.param("/open311/v2/services.html", "text/html", 400, "application/json", id="html"),
    ],
)
def test_an_error_is_a_list_where_the_path_names_no_format(
    city: City, path: str, accept: str, status: int, media_type: str
) -> None:
    answer = city.http.get(path, headers={"Accept": accept})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == f"{media_type}; charset=utf-8"
    assert told(answer)[0][0] == str(status)


@in_both
def test_a_method_that_a_resource_does_not_have_is_refused(city: City, form: str) -> None:
    answer = city.http.delete(f"/open311/v2/services.{form}")
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET"
    assert told(answer)[0][0] == "405"


@in_both
def test_a_database_that_refuses_is_told_as_an_error_list(tmp_path: Path, form: str) -> None:
    for broken in a_city(tmp_path):
        broken.store.close()
        for file in tmp_path.glob("city.db*"):
            file.unlink()
        (tmp_path / "city.db").mkdir()
        for answer in (broken.get(f"requests.{form}"), broken.file(form)):
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "10"
            assert told(answer)[0][0] == "503"
            assert str(tmp_path) not in answer.text
