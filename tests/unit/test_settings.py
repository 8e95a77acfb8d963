"""The settings of the service, and that its reference page knows them all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from streetwatch.models.registry import DEFAULT_MODEL
from streetwatch.service.config.calendar_schema import CalendarEntry
from streetwatch.service.config.camera_schema import CamerasEntry
from streetwatch.service.config.code_schema import CodesEntry
from streetwatch.service.config.errors import SettingsError
from streetwatch.service.config.rule_schema import WindowEntry
from streetwatch.service.config.wording import fields_of, schema_in
from streetwatch.service.settings import Settings
from streetwatch.service.settings_file import load_settings, told_settings

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def load(folder: Path, text: str, **environ: str) -> Settings:
    path = folder / "streetwatch.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, environ=environ)


def fields(schema: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every setting with its dotted name; groups by what is in them."""
    for name, field in schema.model_fields.items():
        if isinstance(field.default, BaseModel):
            yield from fields(type(field.default), f"{name}.")
        else:
            yield prefix + name, field


def test_an_empty_mapping_gives_the_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path, "{}")
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.model == DEFAULT_MODEL
    assert settings.look_interval_s == 1.0
    assert (settings.evidence.pre_s, settings.evidence.post_s) == (5, 10)
    assert settings.demo.clip is None
    assert settings.desk_url is None
    assert settings.log_format == "console"


def test_paths_of_the_file_count_from_its_folder(tmp_path: Path) -> None:
    settings = load(
        tmp_path, "{cameras: c.yaml, data_dir: d, model: m/own.toml, demo: {clip: a.mp4}}"
    )
    assert settings.cameras == tmp_path / "c.yaml"
    assert settings.data_dir == tmp_path / "d"
    assert settings.model == str(tmp_path / "m" / "own.toml")
    assert settings.demo.clip == tmp_path / "a.mp4"
    assert load(tmp_path, "{}").cameras == tmp_path / "cameras.yaml"
    assert load(tmp_path, "data_dir: /srv/streetwatch").data_dir == Path("/srv/streetwatch")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        "{port: 8081, data_dir: d, demo: {clip: a.mp4, port: 1}}",
        STREETWATCH_PORT="9000",
        STREETWATCH_DATA_DIR="elsewhere",
        STREETWATCH_DEMO__PORT="9001",
        STREETWATCH_EVIDENCE='{"pre_s": 2}',
        STREETWATCH_NOTHING_OF_OURS="x",
        PORT="1",
    )
    assert settings.port == 9000
    assert settings.data_dir == Path("elsewhere")
    assert settings.demo.port == 9001
    assert settings.demo.clip == tmp_path / "a.mp4"
    assert settings.evidence.pre_s == 2


def test_a_hidden_look_at_the_environment_is_never_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREETWATCH_PORT", "9000")
    assert load(tmp_path, "{}").port == 8080


def test_the_database_is_a_file_in_the_data_folder_or_where_it_is_said_to_be(
    tmp_path: Path,
) -> None:
    assert load(tmp_path, "{}").database_url == f"sqlite:///{tmp_path / 'data' / 'streetwatch.db'}"
    address = "postgresql://u:${P}@db/streetwatch"
    settings = load(tmp_path, f'database: "{address}"', P="hunter2")
    assert settings.database_url == "postgresql://u:hunter2@db/streetwatch"


def test_a_variable_fills_in_a_text(tmp_path: Path) -> None:
    settings = load(tmp_path, 'desk_url: "https://u:${P}@desk/"', P="hunter2")
    assert settings.desk_url == "https://u:hunter2@desk"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", ":1: the file is empty: write it as in", id="an empty file"),
        pytest.param("{}\nport: 1", ":2: not YAML", id="not YAML"),
        pytest.param("hots: x", ":1: hots is an unknown key: write host", id="unknown key"),
        pytest.param(
            "host: a\nevidence:\n  pre: 1",
            ":3: evidence.pre is an unknown key: write pre_s",
            id="unknown key in a group",
        ),
        pytest.param("host: a\nhost: b", ':2: the key "host" stands on line 1', id="key twice"),
        pytest.param(
            "host: a\nport: 0",
            ":2: port (0) is out of bounds: write a number from 1 to 65535",
            id="port",
        ),
        pytest.param("port: true", ":1: port (true) is not a number", id="a switch as a port"),
        pytest.param(
            "port: x", ':1: port ("x") is not a whole number: write port: 8080', id="word"
        ),
        pytest.param("look_interval_s: 60", "write a number from 0.1 to 10", id="looks too rarely"),
        pytest.param("evidence: 5", ":1: evidence (5) is not made of key: value pairs", id="group"),
        pytest.param("host: 5", ":1: host (5) is not text", id="a number as host"),
        pytest.param('host: ""', ':1: host ("") is empty', id="no host"),
        pytest.param(
            "log_format: xml",
            ':1: log_format ("xml") is unknown: write console or json',
            id="format",
        ),
        pytest.param("desk_url: ftp://u:hunter2@h", ":1: desk_url is no web address", id="desk"),
        pytest.param(
            "open311: {api_keys: [{client: hotline, key: hunter2}]}",
            ":1: open311.api_keys[0].key is no key: write 16 or more",
            id="a short key",
        ),
        pytest.param(
            "open311:\n  api_keys:\n"
            "  - {client: a, key: hunter2-hunter2-1}\n  - {client: b, key: hunter2-hunter2-1}",
            ":4: open311.api_keys[1].key stands in this list already",
            id="one key for two clients",
        ),
        pytest.param(
            "open311: {api_keys: [{client: Hot Line, key: hunter2-hunter2-1}]}",
            "is no id",
            id="a client with a space",
        ),
        pytest.param(
            'open311: {public_url: "u:hunter2@h"}',
            ":1: open311.public_url is no web address",
            id="no public address",
        ),
        pytest.param(
            "database: mysql://u:hunter2@h/x", ":1: database is no address of a database", id="db"
        ),
        pytest.param(
            "database: sqlite:///here.db", "sqlite:////PATH from the root on", id="db, relative"
        ),
        pytest.param('host: "${NOWHERE}"', ":1: ${NOWHERE} is not set", id="unset"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(
    tmp_path: Path, text: str, problem: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(tmp_path, text)
    (line,) = refusal.value.problems
    assert line.startswith(f"{tmp_path}/streetwatch.yaml:")
    assert problem in line
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        pytest.param("STREETWATCH_PORT", "x", 'port ("x") is not a whole number', id="a word"),
        pytest.param("STREETWATCH_DEMO__PRT", "1", "demo.prt is an unknown key", id="a typo"),
        pytest.param("STREETWATCH_EVIDENCE__PRE_S", "-1", "is out of bounds", id="in a group"),
        pytest.param("STREETWATCH_DESK_URL", "u:hunter2@h", "is no web address", id="no address"),
    ],
)
def test_what_is_wrong_in_the_environment_is_told_with_the_variable(
    tmp_path: Path, name: str, value: str, problem: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(tmp_path, "{}", **{name: value})
    assert str(refusal.value).startswith(f"{name}: ")
    assert problem in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_a_key_of_open311_comes_from_the_environment_and_is_never_shown(tmp_path: Path) -> None:
    text = 'open311: {api_keys: [{client: hotline, key: "${HOTLINE_KEY}"}]}'
    settings = load(tmp_path, text, HOTLINE_KEY="hunter2-hunter2-1")
    (entry,) = settings.open311.api_keys
    assert (entry.client, entry.key.get_secret_value()) == ("hotline", "hunter2-hunter2-1")
    assert "hunter2" not in repr(settings)


def test_a_group_that_is_no_json_is_told_without_a_traceback(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="write STREETWATCH_DEMO__PORT=8554 instead"):
        load(tmp_path, "{}", STREETWATCH_DEMO="{port")


def test_a_missing_file_is_told_with_where_to_read_on(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.yaml: no such file: write one as in docs/"):
        load_settings(tmp_path / "none.yaml", environ={})


@pytest.mark.parametrize(
    ("name", "field"), [pytest.param(*it, id=it[0]) for it in fields(Settings)]
)
def test_every_setting_stands_in_its_reference_with_variable_default_and_description(
    name: str, field: FieldInfo
) -> None:
    page = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{name}` ")]
    variable = "STREETWATCH_" + name.replace(".", "__").upper()
    written = str(field.default).lower() if isinstance(field.default, bool) else field.default
    default = "none" if field.default is None else f"`{written}`"
    assert field.title
    assert row.split(" | ")[1:3] == [f"`{variable}`", default]
    assert str(field.description) in row


def _keys(schema: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in fields_of(schema).items():
        yield name, field
        inner = schema_in(field.annotation)
        if inner:
            yield from _keys(inner)


PAGES: dict[str, type[BaseModel]] = {
    "cameras-yaml.md": CamerasEntry,
    "codes.md": CodesEntry,
    "deadlines.md": CalendarEntry,
}
KEYS = [(page, *key) for page, schema in PAGES.items() for key in _keys(schema)]


#: Keys of a calendar's hours are those of a schedule: cameras-yaml.md has them.
WINDOW = set(fields_of(WindowEntry))


@pytest.mark.parametrize(
    ("page", "name", "field"),
    [
        pytest.param(*it, id=f"{it[0]} {it[1]}")
        for it in KEYS
        if it[0] != "deadlines.md" or it[1] not in WINDOW
    ],
)
def test_every_key_of_a_file_stands_in_its_reference(
    page: str, name: str, field: FieldInfo
) -> None:
    lines = (REFERENCE / page).read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith(f"| `{name}` ")]
    assert any(str(field.description) in row for row in rows)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            "notices: {url: https://h}",
            ":1: notices has no secret to sign with: write secret",
            id="unsigned",
        ),
        pytest.param(
            "notices: {secret: hunter2}", ":1: notices.secret is too short", id="a short secret"
        ),
        pytest.param(
            "triage:\n  orange_at: 5\n  red_at: 5",
            ":3: triage.red_at (5) is not above orange_at",
            id="red before orange",
        ),
    ],
)
def test_what_does_not_go_together_is_told_with_its_line(
    tmp_path: Path, text: str, problem: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(tmp_path, text)
    (line,) = refusal.value.problems
    assert problem in line
    assert "hunter2" not in line


def test_paths_of_codes_and_calendar_count_from_the_files_folder(tmp_path: Path) -> None:
    settings = load(tmp_path, "{code_profile: codes.yaml, work_calendar: days.yaml}")
    assert settings.code_profile == str(tmp_path / "codes.yaml")
    assert settings.work_calendar == tmp_path / "days.yaml"
    assert load(tmp_path, "code_profile: yuncheng").code_profile == "yuncheng"


@pytest.mark.parametrize(
    ("key", "origin"),
    [
        pytest.param("port", "STREETWATCH_PORT", id="a variable, which wins over the file"),
        pytest.param("retention.hour", "streetwatch.yaml:3", id="a line of the file"),
        pytest.param("demo.port", "STREETWATCH_DEMO__PORT", id="a variable inside a group"),
        pytest.param("retention.evidence_d", None, id="nowhere: the default"),
        pytest.param("demo.clip", None, id="nowhere, though its group is somewhere"),
    ],
)
def test_a_setting_knows_where_it_was_written(tmp_path: Path, key: str, origin: str | None) -> None:
    path = tmp_path / "streetwatch.yaml"
    path.write_text("port: 8000\nretention:\n  hour: 4\n")
    environ = {"STREETWATCH_PORT": "9000", "STREETWATCH_DEMO__PORT": "9001"}
    _, origins = told_settings(path, environ=environ)
    found = origins(key)
    assert (None if found is None else str(found).removeprefix(f"{tmp_path}/")) == origin
