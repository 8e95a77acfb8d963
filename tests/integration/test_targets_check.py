"""The test button, and `streetwatch targets test`, against real platforms."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from fastapi import FastAPI, Response
from pydantic import TypeAdapter
from structlog.testing import capture_logs
from typer.testing import CliRunner

from filed import NOON
from http_parts import serving
from live_service import free_port
from open311_city import KEY, City
from platform_parts import Platform
from streetwatch.cli import app
from streetwatch.service.config.target_schema import Target
from streetwatch.service.delivery.build import Surroundings
from streetwatch.service.delivery.check import Finding, Level, SampleFiles, check, warn_of_misfits
from streetwatch.zones.rules import ViolationType

SECRET = "hook-secret-0123456789"  # noqa: S105 -- of this test
NO_WORD = "the template does not fit: the table big has no exposed_garbage: write its word"
CODES = {kind.value: "006" for kind in ViolationType}


@pytest.fixture
def url(served: tuple[Platform, str]) -> str:
    return served[1]


@pytest.fixture
def around() -> Surroundings:
    return Surroundings("http://127.0.0.1:1", SampleFiles(), lambda: NOON, {"CITY_KEY": KEY})


def tried(around: Surroundings, **keys: object) -> list[Finding]:
    entry: Target = TypeAdapter(Target).validate_python({"id": "t"} | keys)
    findings = check(entry, around)
    assert all(one.zh and one.en for one in findings)
    return findings


def wrong_with(findings: list[Finding]) -> list[str]:
    return [one.en for one in findings if one.level is Level.WRONG]


@pytest.fixture
def city() -> Iterator[tuple[City, str]]:
    city = City(datetime.fromtimestamp(NOON, UTC))
    with city.listening() as url:
        yield city, url


def test_open311_is_tried_without_filing(city: tuple[City, str], around: Surroundings) -> None:
    findings = tried(around, kind="open311", url=city[1], api_key=KEY, service_codes=CODES)
    assert not wrong_with(findings)
    assert not city[0].forms
    sample = findings[-1].sample
    assert (sample["service_code"], sample["lat"]) == ("006", "39.9150000")
    assert sample["api_key"] == "***"


def test_open311_codes_and_attributes_that_do_not_fit_are_told(
    city: tuple[City, str], around: Surroundings
) -> None:
    city[0].services = {"006": [], "007": ["COLOUR"]}
    codes = CODES | {"exposed_garbage": "099", "street_vending": "007"}
    findings = tried(around, kind="open311", url=city[1], service_codes=codes)
    assert wrong_with(findings) == [
        "service 007 asks for COLOUR: write them under attributes",
        "it has no service_code 099 (exposed_garbage): write one of 006, 007",
    ]


def test_codes_that_the_endpoint_does_not_know_are_warned_of_at_the_start(
    city: tuple[City, str], around: Surroundings
) -> None:
    keys = {"id": "t", "kind": "open311", "url": city[1], "service_codes": CODES}
    known = {"id": "u", "kind": "open311", "url": city[1], "service_codes": CODES}
    unknown = keys | {"service_codes": CODES | {"exposed_garbage": "099"}}
    adapter: TypeAdapter[Target] = TypeAdapter(Target)
    with capture_logs() as logs:
        warn_of_misfits(map(adapter.validate_python, (unknown, known)), around)
    assert [(log["event"], log["target"]) for log in logs] == [("target.unfit", "t")]
    assert "no service_code 099 (exposed_garbage)" in logs[0]["reason"]
    assert not city[0].forms


def template(folder: Path, **keys: object) -> str:
    path = folder / "city.yaml"
    path.write_text(yaml.safe_dump(keys), encoding="utf-8")
    return str(path)


FIND = {"method": "GET", "path": "/list", "match": "outId", "number": "no"}


def test_a_template_is_tried_by_its_search(
    platform: Platform, url: str, around: Surroundings, tmp_path: Path
) -> None:
    opened = {"path": "/save", "body": {"key": "${CITY_KEY}", "pics": "{pictures[*].base64}"}}
    path = template(tmp_path, requests={"opened": opened, "find": FIND})
    platform.says([])
    findings = tried(around, kind="http", url=url, template=path)
    assert not wrong_with(findings)
    assert [one.path for one in platform.asked] == ["/list"]
    assert findings[-1].sample["path"] == "/save"
    assert json.dumps(findings[-1].sample["body"]).startswith('{"key": "***", "pics": [')


def test_a_template_that_lets_us_not_in_or_does_not_fit_is_told(
    platform: Platform, url: str, around: Surroundings, tmp_path: Path
) -> None:
    path = template(
        tmp_path,
        tables={"big": {"illegal_parking_motor": "09"}},
        requests={"opened": {"path": "/save", "body": {"big": "{type|big}"}}, "find": FIND},
    )
    platform.says(Response("who are you", 401))
    types = ["illegal_parking_motor", "exposed_garbage"]
    findings = tried(around, kind="http", url=url, template=path, types=types)
    assert wrong_with(findings) == [
        "it failed: 401 Unauthorized: who are you",
        f"exposed_garbage: {NO_WORD}",
    ]


def test_without_a_search_a_template_s_platform_is_only_reached(
    platform: Platform, url: str, around: Surroundings, tmp_path: Path
) -> None:
    path = template(tmp_path, requests={"opened": {"path": "/save"}})
    platform.says({})
    findings = tried(around, kind="http", url=url, template=path)
    assert [one.level for one in findings] == [Level.OK, Level.UNKNOWN, Level.OK]
    assert [(one.method, one.path) for one in platform.asked] == [("GET", "/")]


def test_a_webhook_is_sent_a_test(platform: Platform, url: str, around: Surroundings) -> None:
    findings = tried(around, kind="webhook", url=url, secret=SECRET)
    assert not wrong_with(findings)
    assert [one.json["occasion"] for one in platform.asked] == ["test"]


def test_a_desk_is_asked_whether_it_lives(around: Surroundings) -> None:
    desk = FastAPI()

    @desk.get("/healthz")
    def alive() -> dict[str, str]:
        return {"status": "ok"}

    with serving(desk) as url:
        assert not wrong_with(tried(around, kind="desk", url=url))
    assert "no answer" in wrong_with(tried(around, kind="desk"))[0]


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param({"kind": "open311", "service_codes": CODES}, id="open311"),
        pytest.param({"kind": "webhook", "secret": SECRET}, id="webhook"),
        pytest.param({"kind": "mqtt"}, id="mqtt"),
        pytest.param({"kind": "http"}, id="http"),
    ],
)
def test_nobody_there_is_told(
    around: Surroundings, tmp_path: Path, keys: dict[str, object]
) -> None:
    scheme = "mqtt" if keys["kind"] == "mqtt" else "http"
    more = {"url": f"{scheme}://127.0.0.1:{free_port()}"}
    if keys["kind"] == "http":
        more["template"] = template(tmp_path, requests={"opened": {"path": "/save"}})
    assert "no" in wrong_with(tried(around, **keys, **more))[0]


def test_a_template_that_is_not_there_is_told(around: Surroundings, tmp_path: Path) -> None:
    missing = str(tmp_path / "none.yaml")
    (text,) = wrong_with(tried(around, kind="http", url="http://x", template=missing))
    assert "none.yaml: no such file: write one as in docs/reference/targets.md" in text


@pytest.mark.parametrize(
    ("status", "code"), [pytest.param(200, 0, id="taken"), pytest.param(403, 1, id="refused")]
)
def test_the_command_prints_what_it_found(  # noqa: PLR0913, PLR0917 -- a table and fixtures
    platform: Platform,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    code: int,
) -> None:
    platform.says({}, status=status)
    config = tmp_path / "streetwatch.yaml"
    target = {"id": "hook", "kind": "webhook", "url": url, "secret": "${HOOK_SECRET}"}
    config.write_text(yaml.safe_dump({"targets": [target]}), encoding="utf-8")
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    result = CliRunner().invoke(app, ["targets", "test", "hook", "--config", str(config)])
    assert result.exit_code == code
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["level"] for line in lines] == ["ok" if code == 0 else "wrong", "ok"]
    assert SECRET not in result.stdout


def test_the_command_knows_its_targets(tmp_path: Path) -> None:
    config = tmp_path / "streetwatch.yaml"
    config.write_text("{}", encoding="utf-8")
    result = CliRunner().invoke(app, ["targets", "test", "city", "--config", str(config)])
    assert str(result.exception) == "city: no such target: write one of desk"
