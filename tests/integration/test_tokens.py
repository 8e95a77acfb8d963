"""API tokens, on both databases and as commands."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from commands import Done, streetwatch
from streetwatch.service.access.errors import BadNameError, NameTakenError, NoSuchTokenError
from streetwatch.service.access.role import Account, Right, Role
from streetwatch.service.access.tokens import KNOWN_S, Grant, Tokens
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.store.access_schema import access_token
from streetwatch.service.store.audit import Audit
from streetwatch.service.store.engine import open_engine

NOON = 1_790_000_000.0
KERB = Reach(frozenset({"kerb"}), ("310101",))


def test_a_token_says_who_asks_what_they_may_and_where(engine: sa.Engine) -> None:
    tokens = Tokens(engine)
    only = (Right.LOOK, Right.HANDLE)
    token, secret = tokens.add(Grant("app", Role.OPERATOR, only, KERB), by="li", now=NOON)
    known = tokens.who(secret, now=NOON + 1)
    assert known == Account("token:app", Role.OPERATOR, KERB, frozenset(only))
    assert [known.may(one) for one in (Right.HANDLE, Right.CAMERAS, Right.ADMIN)] == [
        *(True, False),
        False,
    ]
    assert Tokens(engine).who(f"{secret}x", now=NOON) is None
    assert (token.created_by, tokens.all()[0].used_at) == ("li", NOON + 1)


def test_nothing_that_is_kept_tells_what_a_token_is(engine: sa.Engine) -> None:
    _, secret = Tokens(engine).add(Grant("app", Role.VIEWER), by="li", now=NOON)
    with engine.connect() as connection:
        (row,) = connection.execute(sa.select(access_token)).all()
    assert secret not in str(row)
    assert secret.removeprefix("swt_") not in str(row)


def test_a_token_is_dead_when_its_time_is_over_or_it_was_revoked(engine: sa.Engine) -> None:
    tokens, elsewhere = Tokens(engine), Tokens(engine)
    _, short = tokens.add(Grant("short", Role.VIEWER, expires_at=NOON + 60), by="li", now=NOON)
    _, long = tokens.add(Grant("long", Role.VIEWER), by="li", now=NOON)
    assert tokens.who(short, now=NOON + 59)
    assert tokens.who(short, now=NOON + 60) is None, "though it is known in memory"
    assert elsewhere.who(long, now=NOON)
    tokens.revoke("long", now=NOON)
    assert tokens.who(long, now=NOON) is None
    assert elsewhere.who(long, now=NOON + KNOWN_S) is None


def test_a_name_is_free_again_once_its_token_is_dead(engine: sa.Engine) -> None:
    tokens = Tokens(engine)
    first, _ = tokens.add(Grant("app", Role.VIEWER), by="li", now=NOON)
    with pytest.raises(NameTakenError):
        tokens.add(Grant("app", Role.ADMIN), by="li", now=NOON)
    assert tokens.revoke(first.id, now=NOON).name == "app"
    second, secret = tokens.add(Grant("app", Role.VIEWER), by="li", now=NOON + 1)
    assert tokens.revoke("app", now=NOON + 2).id == second.id, "the one that is alive"
    assert tokens.who(secret, now=NOON + 2) is None


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 41])
def test_no_token_is_called_so(engine: sa.Engine, name: str) -> None:
    with pytest.raises(BadNameError):
        Tokens(engine).add(Grant(name, Role.VIEWER), by="li", now=NOON)
    with pytest.raises(NoSuchTokenError):
        Tokens(engine).revoke(name, now=NOON)


def run(folder: Path, *arguments: str) -> Done:
    config = folder / "streetwatch.yaml"
    config.write_text("data_dir: data\n")
    return streetwatch(*arguments, "--config", config)


def test_tokens_are_made_listed_and_revoked_by_command_and_it_is_noted(tmp_path: Path) -> None:
    options = ("--role", "operator", "--right", "file", "--grid", "310101", "--days", "30")
    made = json.loads(run(tmp_path, "tokens", "add", "hotline", *options).stdout)
    (listed,) = run(tmp_path, "tokens", "list").stdout.splitlines()
    assert made["token"] not in listed
    assert made == json.loads(listed) | {"token": made["token"]}
    assert (made["rights"], made["grids"]) == (["file"], ["310101"])
    assert made["expires_at"] - made["created_at"] == 30 * 86_400
    assert run(tmp_path, "tokens", "revoke", "hotline").returncode == 0
    engine = open_engine(f"sqlite:///{tmp_path / 'data' / 'streetwatch.db'}")
    assert Tokens(engine).who(made["token"], now=made["created_at"]) is None
    noted = list(Audit(engine).entries())
    assert [(one.what, one.subject) for one in noted] == [
        ("token.added", "hotline"),
        ("token.revoked", "hotline"),
    ]
    assert all(one.who.startswith("cli:") and made["token"] not in one.facts for one in noted)
    engine.dispose()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["add", "x", "--role", "king"], "--role king: is unknown", id="a role"),
        pytest.param(
            ["add", "x", "--right", "admin"], "--right admin: viewer has none", id="right"
        ),
        pytest.param(["add", "x", "--grid", "31*"], "--grid 31*: is no grid", id="a grid"),
        pytest.param(["add", "x", "--camera", ""], "--camera: is empty", id="an empty camera"),
        pytest.param(["add", "x", "--grid", ""], "--grid : is no grid", id="an empty grid"),
        pytest.param(["revoke", "nobody"], "token nobody: there is none", id="nobody"),
    ],
)
def test_wrong_input_is_one_clear_line(tmp_path: Path, arguments: list[str], says: str) -> None:
    done = run(tmp_path, "tokens", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(says)
    assert len(done.stderr.splitlines()) == 1
