"""`streetwatch users`, as whoever runs the service calls it."""

import json
from pathlib import Path
from typing import Any

import pytest

from streetwatch.cli import users
from streetwatch.service.access.errors import LastAdminError, NameTakenError, NoSuchUserError
from streetwatch.service.incidents.errors import InputError


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Of a service that has never run."""
    path = tmp_path / "streetwatch.yaml"
    path.write_text("port: 9000\n")
    return path


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_who_is_added_stands_in_the_list_and_gets_a_link(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    users.add("王晓明", role="analyst", config=config)
    (added,) = printed(capsys)
    assert (added["name"], added["role"]) == ("王晓明", "analyst")
    assert added["link"].startswith("http://127.0.0.1:9000/console/welcome?token=")
    users.list_(config=config)
    (listed,) = printed(capsys)
    assert (listed["name"], listed["role"], listed["has_password"]) == ("王晓明", "analyst", False)


def test_every_link_is_another_and_a_disabled_user_gets_none(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    users.add("wang", config=config)
    users.link("wang", config=config)
    first, second = printed(capsys)
    assert first["link"] != second["link"]
    users.disable("wang", config=config)
    assert printed(capsys) == [{"name": "wang", "disabled": True}]
    with pytest.raises(NoSuchUserError):
        users.link("wang", config=config)


def test_what_is_wrong_is_said_in_a_line(config: Path) -> None:
    users.add("li", role="admin", config=config)
    with pytest.raises(NameTakenError, match="choose another"):
        users.add("Li", config=config)
    with pytest.raises(NoSuchUserError, match="streetwatch users list"):
        users.link("nobody", config=config)
    with pytest.raises(LastAdminError, match="make somebody else one first"):
        users.disable("li", config=config)
    with pytest.raises(InputError, match="write viewer, analyst, operator, admin"):
        users.add("wang", role="boss", config=config)
