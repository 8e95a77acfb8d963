"""Where an evidence store is, as the settings have it."""

from pathlib import Path

import pytest

from streetwatch.service.config.errors import SettingsError
from streetwatch.service.evidence.bucket import Address
from streetwatch.service.settings_file import load_settings

KEYS = "access_key: one, secret_key: canary-of-the-secret"


def written(folder: Path, evidence: str) -> Path:
    path = folder / "streetwatch.yaml"
    path.write_text(f"evidence: {{{evidence}}}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("url", "address"),
    [
        pytest.param(
            "s3://evidence/city?endpoint=https://s3.example:9000&region=city",
            Address("evidence", "city/", "https://s3.example:9000", "city"),
            id="all of it",
        ),
        pytest.param("s3://evidence", Address("evidence", "", None, "us-east-1"), id="amazon's"),
        pytest.param(
            "s3://evidence/a/b/", Address("evidence", "a/b/", None, "us-east-1"), id="deep"
        ),
    ],
)
def test_an_address_names_bucket_prefix_endpoint_and_region(
    tmp_path: Path, url: str, address: Address
) -> None:
    settings = load_settings(written(tmp_path, f'url: "{url}", {KEYS}'), environ={})
    assert Address.of(settings.evidence.url or "") == address
    assert "canary" not in repr(settings)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://evidence.example/city", id="no bucket"),
        pytest.param("s3://key:canary-of-the-secret@evidence", id="keys in it"),
        pytest.param("s3://evidence?endpoint=file:///etc", id="a file"),
        pytest.param(
            "s3://evidence?endpoint=http://me:canary@s3.example", id="keys in the endpoint"
        ),
        pytest.param("s3://evidence?secret_key=canary-of-the-secret", id="unknown part"),
        pytest.param("s3://E/../x", id="no name of a bucket"),
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="is no address of a bucket: write s3://") as caught:
        load_settings(written(tmp_path, f'url: "{url}", {KEYS}'), environ={})
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("missing", ["access_key", "secret_key"])
def test_a_store_needs_both_keys(tmp_path: Path, missing: str) -> None:
    other = {"access_key": "secret_key", "secret_key": "access_key"}[missing]
    path = written(tmp_path, f'url: "s3://evidence", {other}: one')
    with pytest.raises(SettingsError, match=f"evidence.{missing} is needed"):
        load_settings(path, environ={})


@pytest.mark.parametrize(
    "key",
    [
        "evidence.access_key",
        "evidence.secret_key",
        "evidence.signing_key",
        "camera_key",
        "desk_token",
    ],
)
def test_a_secret_that_is_written_as_a_number_is_not_repeated(tmp_path: Path, key: str) -> None:
    group, _, name = key.rpartition(".")
    path = tmp_path / "streetwatch.yaml"
    path.write_text(f"{group}: {{{name}: 8675309}}\n" if group else f"{name}: 8675309\n")
    with pytest.raises(SettingsError, match=key) as caught:
        load_settings(path, environ={})
    assert "8675309" not in str(caught.value)


def test_the_keys_may_come_from_the_environment(tmp_path: Path) -> None:
    path = written(tmp_path, 'url: "s3://evidence"')
    settings = load_settings(
        path,
        environ={
            "STREETWATCH_EVIDENCE__ACCESS_KEY": "one",
            "STREETWATCH_EVIDENCE__SECRET_KEY": "two two",
        },
    )
    assert settings.evidence.secret_key is not None
    assert settings.evidence.secret_key.get_secret_value() == "two two"
