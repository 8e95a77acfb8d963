"""The worked examples of docs/how-to/connect-your-platform.md, as they stand there."""

import base64
import hmac
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from filed import NOON, a_message, an_incident, evidence
from platform_parts import Platform
from streetwatch.service.config.target_schema import HttpEntry, WebhookEntry
from streetwatch.service.delivery.http_template import HttpTemplateSink
from streetwatch.service.delivery.sink import PlatformState, Receipt
from streetwatch.service.delivery.template_file import load_template
from streetwatch.service.delivery.webhook_sink import WebhookSink
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.incidents.case import Occasion
from streetwatch.service.settings_file import load_settings

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "connect-your-platform.md"
BLOCK = re.compile(r"```(yaml|python)\n(.*?)```", re.DOTALL)
MESSAGE = a_message(files=(evidence("threshold.jpg"),))
OURS = MESSAGE.case.external_id
ENVIRON = {"GRID_KEY": "grid-key-1234", "PLATFORM_PASSWORD": "platform-pass-1"}

Sinks = Callable[[str], HttpTemplateSink]


def blocks(kind: str, name: str = "") -> list[str]:
    found = [text for one, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if one == kind]
    return [text for text in found if text.startswith(name)]


@pytest.fixture
def example(tmp_path: Path, served: tuple[Platform, str]) -> Iterator[Sinks]:
    """Build the sink of an example of the page; only the platform's host is another."""
    opened: list[HttpTemplateSink] = []
    folder = EvidenceFolder(tmp_path / "evidence")
    folder.write(OURS, "threshold.jpg", b"<jpeg>")

    def build(target: str) -> HttpTemplateSink:
        (settings,) = [text for text in blocks("yaml") if f"id: {target}\n" in text]
        (template,) = blocks("yaml", f"# {target}.yaml")
        (tmp_path / f"{target}.yaml").write_text(template, encoding="utf-8")
        config = tmp_path / "streetwatch.yaml"
        text = re.sub(r"https://(grid|case)\.city\.example", served[1], settings)
        config.write_text(text, encoding="utf-8")
        (entry,) = load_settings(config, environ=ENVIRON).targets or []
        assert isinstance(entry, HttpEntry)
        read = load_template(entry.template, environ=ENVIRON)
        opened.append(HttpTemplateSink(entry, read, evidence=folder, clock=lambda: NOON))
        return opened[-1]

    yield build
    for sink in opened:
        sink.close()


def form_of(platform: Platform, row: int = -1) -> dict[str, str]:
    fields = parse_qs(platform.asked[row].content.decode(), strict_parsing=True)
    return {name: value for name, (value,) in fields.items()}


def test_the_form_with_an_action_files_a_case(platform: Platform, example: Sinks) -> None:
    platform.says({"result": True, "eventId": "E-7"})
    assert example("grid").deliver(MESSAGE, known=None) == Receipt("E-7")
    form = form_of(platform)
    assert float(form.pop("coordX")) == pytest.approx(121.4745, abs=1e-3)
    assert float(form.pop("coordY")) == pytest.approx(31.228, abs=1e-3)
    assert form == {
        "action": "piReport",
        "appKey": "grid-key-1234",
        "outerId": OURS,
        "recSource": "2",
        "recTypeID": "09009",
        "recDesc": "人民路东口 机动车乱停放 / illegal parking (motor) 2026-11-23 11:59:00",
        "address": "人民路东口",
        "gridCode": "310101001001001",
        "medias": f"https://streetwatch.city.example/evidence/{OURS}/threshold.jpg",
    }


def test_the_form_with_an_action_follows_a_case(platform: Platform, example: Sinks) -> None:
    sink = example("grid")
    platform.says(
        {"result": True, "events": [{"outerId": OURS, "eventId": "E-7"}]},
        {"result": True, "event": {"state": 9, "opinion": "已清理"}},
        {"result": True},
    )
    assert sink.find(OURS) == Receipt("E-7")
    status = sink.status(Receipt("E-7"))
    assert (status.state, status.note) == (PlatformState.CLOSED, "已清理")
    cleared = a_message(an_incident(cleared_at=NOON), Occasion.CLEARED)
    assert sink.deliver(cleared, known=Receipt("E-7")) == Receipt("E-7")
    assert form_of(platform)["note"] == "现场已恢复 seen to be gone 2026-11-23 12:00:00"
    assert [form_of(platform, row)["action"] for row in range(3)] == [
        "piQuery",
        "piDetail",
        "piSupplement",
    ]


def test_json_with_a_login_files_a_case(platform: Platform, example: Sinks) -> None:
    platform.says(
        {"code": 0, "data": {"token": "tok-1", "expiresIn": 7200}},
        {"code": 40101, "msg": "token 失效"},
        {"code": 0, "data": {"token": "tok-2", "expiresIn": 7200}},
        {"code": 0, "data": {"caseCode": "2026112300017"}},
        {"code": 0, "data": {"records": [{"outer_id": OURS, "caseCode": "2026112300017"}]}},
    )
    sink = example("platform")
    assert sink.deliver(MESSAGE, known=None) == Receipt("2026112300017")
    filed = platform.asked[-1]
    assert filed.path == "/api/case/save_case"
    assert filed.headers["authorization"] == "Bearer tok-2"
    content = base64.b64encode(b"<jpeg>").decode()
    assert filed.json == {
        "outer_id": OURS,
        "problem_source": 2,
        "problem_level": 1,
        "case_big_id": "09",
        "case_small_id": "009",
        "case_desc": "人民路东口 机动车乱停放 / illegal parking (motor)",
        "occurred_at": int(NOON * 1000),
        "location": {"lng": 121.47, "lat": 31.23, "grid": "310101001001001"},
        "files": [{"kind": "before", "content": content}],
    }
    assert sink.find(OURS) == Receipt("2026112300017")


def test_the_five_lines_know_our_signature(served: tuple[Platform, str]) -> None:
    platform, url = served
    platform.clear()
    secret = "hook-secret-0123456789"  # noqa: S105 -- of this test
    names: dict[str, Any] = {"hmac": hmac}
    exec(blocks("python")[0], names)  # noqa: S102 -- the page's own lines
    entry = WebhookEntry.model_validate(
        {"id": "hook", "kind": "webhook", "url": url, "secret": secret}
    )
    sink = WebhookSink(entry, clock=lambda: NOON)
    sink.deliver(MESSAGE, known=None)
    sink.close()
    (asked,) = platform.asked
    is_ours = names["is_ours"]
    assert is_ours(asked.headers, asked.content, secret, NOON + 60)
    assert not is_ours(asked.headers, asked.content + b" ", secret, NOON + 60)
    assert not is_ours(asked.headers, asked.content, "another", NOON + 60)
    assert not is_ours(asked.headers, asked.content, secret, NOON + 600)
