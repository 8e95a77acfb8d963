"""Targets in `streetwatch.yaml`, and that their reference page knows every key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from streetwatch.service.config.errors import SettingsError
from streetwatch.service.config.target_schema import (
    DeskEntry,
    HttpEntry,
    MqttEntry,
    Open311Entry,
    WebhookEntry,
)
from streetwatch.service.config.template_schema import TemplateEntry
from streetwatch.service.config.wording import fields_of, schemas_in
from streetwatch.service.incidents.case import Occasion
from streetwatch.service.settings import Settings
from streetwatch.service.settings_file import load_settings

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "targets.md"
SECRET = "hunter2-hunter2-hunter2"  # noqa: S105 -- must never be seen

CODES = (
    "{street_vending: '1', out_of_store: '1', exposed_garbage: '1', bin_overflow: '1', "
    "illegal_parking_motor: '1', illegal_parking_nonmotor: '1'}"
)


def load(folder: Path, text: str, **environ: str) -> Settings:
    path = folder / "streetwatch.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, environ=environ)


def test_each_kind_has_its_own_keys(tmp_path: Path) -> None:
    text = f"""
targets:
  - {{id: own, kind: desk}}
  - {{id: city, kind: open311, url: "https://api.example/v2/", service_codes: {CODES}}}
  - {{id: form, kind: http, url: "https://case.example", template: city.yaml, crs: bd09}}
  - {{id: hook, kind: webhook, url: "https://hook.example/in?k=1", secret: "${{HOOK}}"}}
  - {{id: mq, kind: mqtt, url: "mqtts://broker.example", ca_file: ca.pem, grids: ["310101*"],
     types: [exposed_garbage], occasions: [opened, cleared]}}
"""
    desk, city, form, hook, mq = load(tmp_path, text, HOOK=SECRET).targets or []
    assert isinstance(desk, DeskEntry)
    assert isinstance(city, Open311Entry)
    assert city.url == "https://api.example/v2"
    assert isinstance(form, HttpEntry)
    assert form.template == tmp_path / "city.yaml"
    assert isinstance(hook, WebhookEntry)
    assert hook.secret.get_secret_value() == SECRET
    assert SECRET not in repr(hook)
    assert isinstance(mq, MqttEntry)
    assert mq.ca_file == tmp_path / "ca.pem"
    assert mq.occasions == [Occasion.OPENED, Occasion.CLEARED]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        pytest.param(
            "id: a\n    kind: open312",
            'kind ("open312") is unknown: write desk, open311, http, webhook, mqtt',
            id="an unknown kind",
        ),
        pytest.param(
            "id: a\n    url: http://x",
            "kind is missing: write kind: desk, open311, http, webhook, mqtt",
            id="no kind",
        ),
        pytest.param(
            f"id: a\n    kind: webhook\n    url: http://x\n    secrt: {SECRET}",
            "secrt is an unknown key: write secret",
            id="a slip of the pen",
        ),
        pytest.param(
            f"id: a\n    kind: desk\n    secret: {SECRET}",
            "secret is an unknown key: write one of id, types",
            id="another kind's key",
        ),
        pytest.param(
            "id: a\n    kind: webhook\n    url: http://x\n    secret: hunter2",
            "secret is too short: write at least 16 characters",
            id="a short secret",
        ),
        pytest.param(
            f"id: a\n    kind: mqtt\n    url: mqtt://u:{SECRET}@x",
            "url is no broker: write mqtt://HOST:1883",
            id="a password in a broker's address",
        ),
        pytest.param(
            f"id: a\n    kind: mqtt\n    url: mqtt://x\n    password: {SECRET}",
            "password goes with a user: write username too",
            id="a password without a user",
        ),
        pytest.param(
            "id: a\n    kind: mqtt\n    url: mqtt://x\n    topic: 'a/{place}/#'",
            "is no topic: write words with / between them",
            id="a topic with a wildcard",
        ),
        pytest.param(
            "id: a\n    kind: open311\n    url: http://x\n    service_codes: {street_vending: '1'}",
            "service_codes has no code of out_of_store, exposed_garbage",
            id="a type without a code",
        ),
        pytest.param(
            "id: a\n    kind: open311\n    url: http://x\n    service_codes: {vending: '1'}",
            "service_codes.vending",
            id="a code of no type",
        ),
        pytest.param(
            f"id: a\n    kind: open311\n    url: http://x\n    service_codes: {CODES}\n"
            f"    attributes: {{A: ['{SECRET}', {{}}]}}",
            "attributes.A is neither a text nor a list of texts",
            id="an attribute that is none",
        ),
        pytest.param(
            f"id: a\n    kind: open311\n    url: http://x/?key={SECRET}\n"
            f"    service_codes: {CODES}",
            "url has a ? or a #",
            id="a key in an address that paths follow",
        ),
        pytest.param(
            f"id: a\n    kind: open311\n    api_key: {{k: {SECRET}}}\n    url: http://x\n"
            f"    service_codes: {CODES}",
            "api_key is not text",
            id="a key that is a mapping",
        ),
        pytest.param(
            "id: a\n    kind: desk\n    grids: ['31-01']",
            "is no grid: write 15 digits",
            id="a grid",
        ),
        pytest.param("id: a\n    kind: desk\n    types: []", "types is empty", id="no types"),
        pytest.param(
            "id: a\n    kind: desk\n  - id: a\n    kind: desk",
            "stands in this list already: give each its own id",
            id="one id twice",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_no_secret(
    tmp_path: Path, target: str, words: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, f"targets:\n  - {target}\n")
    problems = [one for one in caught.value.problems if words in one]
    assert len(problems) == 1
    assert problems[0].startswith(f"{tmp_path / 'streetwatch.yaml'}:")
    assert "hunter2" not in str(caught.value)


def test_the_line_is_that_of_the_key(tmp_path: Path) -> None:
    text = "targets:\n  - id: a\n    kind: mqtt\n    url: http://x\n"
    with pytest.raises(SettingsError, match=r"streetwatch\.yaml:4: targets\[0\]\.url is no broker"):
        load(tmp_path, text)


def _keys(schema: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in fields_of(schema).items():
        yield name, field
        for inner in schemas_in(field.annotation):
            yield from _keys(inner)


ENTRIES = (DeskEntry, Open311Entry, HttpEntry, WebhookEntry, MqttEntry, TemplateEntry)
KEYS = {(name, str(field.description)) for entry in ENTRIES for name, field in _keys(entry)}


@pytest.mark.parametrize(
    ("name", "description"),
    [pytest.param(*key, id=f"{key[0]}: {key[1][:20]}") for key in sorted(KEYS)],
)
def test_every_key_stands_in_the_reference(name: str, description: str) -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith(f"| `{name}` ")]
    assert any(description in row for row in rows)
