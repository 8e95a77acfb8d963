"""Templates that are wrong."""

from pathlib import Path

import pytest

from streetwatch.service.config.errors import TemplateError
from streetwatch.service.delivery.template_file import load_template


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        pytest.param("requests: {}", 1, "requests.opened is missing", id="no way to file"),
        pytest.param(
            "requests:\n  opened:\n    path: /x\n    body: {a: '{nothing}'}",
            4,
            "{nothing}: there is no such field here: write one of",
            id="an unknown field",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: /x\n    body:\n      a: '{camra.id}'",
            5,
            "{camra.id}: there is no such field here: write camera",
            id="a slip of the pen",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: /x\n    body: {a: '{type|big}'}",
            4,
            "big is neither under tables nor under formats",
            id="no such table",
        ),
        pytest.param(
            "requests:\n  opened: {path: /x}\n  status:\n    path: '/{external_id}'\n"
            "    state: s\n    states: {}",
            4,
            "{external_id}: there is no such field here: write one of number",
            id="a field that a status does not have",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: /x\n    body:\n      a: {b: ['{x']}",
            5,
            "has a brace that is no placeholder",
            id="half a placeholder",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: x", 3, "is no path: begin it with one /", id="no slash"
        ),
        pytest.param(
            "requests:\n  opened:\n    path: //evil.example/x",
            3,
            "begin it with one /",
            id="a host",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: /x?key=hunter2",
            3,
            "write what follows ?",
            id="a query",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: /x\n    files: {name: f}",
            4,
            "go with encoding: multipart only",
            id="files in JSON",
        ),
        pytest.param(
            "auth: {kind: token}\nrequests: {opened: {path: /x}}",
            1,
            "auth.kind is unknown: write none, header, basic, hmac, login",
            id="a way to log in that there is not",
        ),
        pytest.param(
            "requests: {opened: {path: /x}}\nauth:\n  kind: basic\n  pasword: hunter2",
            4,
            "auth.pasword is an unknown key: write password",
            id="a slip in a secret's key",
        ),
        pytest.param(
            "requests:\n  opened:\n    path: /x\n    body:\n      a: 1\n      a.b: 2",
            6,
            "a.b leads through a value that stands there",
            id="a body that contradicts itself",
        ),
        pytest.param(
            "zone: '8'\nrequests: {opened: {path: /x}}", 1, "is no time zone", id="a zone"
        ),
    ],
)
def test_a_template_that_is_wrong_is_refused_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    path = tmp_path / "city.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        load_template(path, environ={})
    (problem,) = [one for one in caught.value.problems if words in one]
    assert problem.startswith(f"{path}:{line}: ")
    assert "hunter2" not in str(caught.value)
