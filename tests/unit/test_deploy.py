"""What the container may do, as its files say."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import kubernetes_validate
import pytest
import sqlalchemy as sa
import yaml
from cryptography.fernet import Fernet
from pydantic import SecretStr

from deployed import DEPLOY, setting_named
from streetwatch.service.config.evidence_schema import EvidenceSettings
from streetwatch.service.evidence.bucket import Address
from streetwatch.service.evidence.bucketed import BucketedEvidence
from streetwatch.service.keyring import vault_of
from streetwatch.service.openings import evidence_of
from streetwatch.service.settings import Settings
from streetwatch.service.settings_file import load_settings

KUBERNETES: Final[dict[str, dict[str, Any]]] = {
    f"{one['kind']} {one['metadata']['name']}": one
    for one in yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8"))
}
COMPOSE: Final[dict[str, Any]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def last_stage() -> str:
    """The instructions of the image that runs, without comments."""
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return "\n".join(lines).rpartition("\nFROM ")[2]


def test_the_image_runs_as_nobody_and_says_whether_it_is_well() -> None:
    (user,) = re.findall(r"^USER (.+)$", last_stage(), re.MULTILINE)
    assert user == "10001:10001"
    assert "HEALTHCHECK" in last_stage()
    assert "/healthz" in last_stage()


def test_nothing_can_be_built_or_installed_in_the_image_that_runs() -> None:
    assert "apt-get" not in last_stage()
    assert "pip install" not in last_stage()
    assert "pip uninstall --yes pip" in last_stage()


def test_versions_in_the_image_are_those_that_were_tested() -> None:
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert '".[${EXTRAS}]" -c constraints.txt' in text
    assert "ARG EXTRAS=postgres,s3\n" in text


@pytest.mark.parametrize("name", ["compose.yaml", "compose.node.yaml"])
def test_the_compose_file_is_one(name: str) -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*check, DEPLOY / name], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def settings_of(folder: Path) -> Settings:
    """Return what the service reads from the environment that the compose file gives it."""
    secrets = dict.fromkeys(("DB_PASSWORD", "S3_ACCESS_KEY", "S3_SECRET_KEY"), "of-this-city")
    secrets["CAMERA_KEY"] = Fernet.generate_key().decode()
    told: dict[str, str] = COMPOSE["services"]["streetwatch"]["environment"]
    given = {
        name: re.sub(r"\$\{(\w+):\?[^}]*\}", lambda one: secrets[one[1]], value)
        for name, value in told.items()
    }
    path = folder / "streetwatch.yaml"
    path.write_text("cameras: cameras.yaml\n", encoding="utf-8")
    return load_settings(path, environ=given)


def test_every_variable_of_the_compose_file_is_a_setting_that_means_what_it_says(
    tmp_path: Path,
) -> None:
    settings = settings_of(tmp_path)
    assert settings.database is not None
    url = sa.make_url(settings.database_url)
    database = COMPOSE["services"]["database"]["environment"]
    assert (url.username, url.password) == (database["POSTGRES_USER"], "of-this-city")
    assert (url.host, url.database) == ("database", database["POSTGRES_DB"])
    assert isinstance(evidence_of(settings), BucketedEvidence)
    assert vault_of(settings).derived("a word")
    told = COMPOSE["services"]["streetwatch"]["environment"]
    known = {name for name in told if setting_named(settings, name)}
    assert known == set(told), "a variable that is no setting does nothing"


@pytest.mark.parametrize("name", ["streetwatch", "detector"])
def test_a_node_of_three_machines_is_told_what_can_be_set(name: str, tmp_path: Path) -> None:
    node = yaml.safe_load((DEPLOY / "compose.node.yaml").read_text("utf-8"))["services"][name]
    known = {
        "DATABASE": "postgresql://streetwatch:of-this-city@db/streetwatch",
        "CAMERA_KEY": Fernet.generate_key().decode(),
        "EVIDENCE_URL": "s3://evidence/city?endpoint=http://store:8333",
        "NODE_ID": "north-1",
        "NODE_ADDRESS": "10.0.0.7",
    }
    told = {
        key: re.sub(r"\$\{(\w+):\?[^}]*\}", lambda one: known.get(one[1], "of-this-city"), value)
        for key, value in node["environment"].items()
    }
    (path := tmp_path / "streetwatch.yaml").write_text("{}")
    settings = load_settings(path, environ=told)
    assert {key for key in told if setting_named(settings, key)} == set(told)
    assert settings.node.url == f"http://10.0.0.7:{settings.port}"
    assert node["ports"] == [f"{settings.port}:{settings.port}"]
    assert (node["read_only"], node["cap_drop"]) == (True, ["ALL"])


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_container_has_a_root_that_can_not_be_written_and_no_rights(name: str) -> None:
    one = COMPOSE["services"][name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert one["user"].partition(":")[0] not in {"0", "root"}
    assert "privileged" not in one


def test_only_this_machine_reaches_the_service_and_nobody_what_it_keeps_in() -> None:
    services = COMPOSE["services"]
    assert services["streetwatch"]["ports"] == ["127.0.0.1:8080:8080"]
    for name in ("database", "store"):
        assert "ports" not in services[name]
        assert services[name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_no_password_stands_in_the_files() -> None:
    for name in ("DB_PASSWORD", "CAMERA_KEY", "S3_ACCESS_KEY", "S3_SECRET_KEY"):
        assert f"${{{name}:?" in (DEPLOY / "compose.yaml").read_text("utf-8")


def test_the_store_is_asked_by_whoever_the_service_is_and_at_its_address() -> None:
    told = COMPOSE["services"]["streetwatch"]["environment"]
    settings = EvidenceSettings(
        url=told["STREETWATCH_EVIDENCE__URL"],
        access_key=SecretStr("one"),
        secret_key=SecretStr("two"),
    )
    address = Address.of(str(settings.url))
    assert (address.bucket, address.prefix) == ("evidence", "city/")
    assert address.endpoint == "http://store:8333"
    (run,) = COMPOSE["services"]["store"]["command"]
    assert "-s3.port=8333" in run
    assert json.loads(re.findall(r"printf '([^']+)'", run)[0])["identities"]


def test_evidence_does_not_wait_for_its_store() -> None:
    assert set(COMPOSE["services"]["streetwatch"]["depends_on"]) == {"database"}


@pytest.mark.parametrize("name", KUBERNETES)
def test_kubernetes_knows_every_word_of_the_manifests(name: str) -> None:
    kubernetes_validate.validate(KUBERNETES[name], "1.33", strict=True)


def test_a_pod_is_a_node_of_its_own_name_with_no_rights() -> None:
    pod = KUBERNETES["StatefulSet streetwatch"]["spec"]["template"]["spec"]
    (one,) = pod["containers"]
    names = {env["name"]: env for env in one["env"]}
    assert names["STREETWATCH_NODE__ID"]["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.name"
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert one["securityContext"]["readOnlyRootFilesystem"] is True
    assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert pod["automountServiceAccountToken"] is False


def test_what_the_pods_are_told_is_what_can_be_set(tmp_path: Path) -> None:
    (written := tmp_path / "streetwatch.yaml").write_text("{}")
    pod = KUBERNETES["StatefulSet streetwatch"]["spec"]["template"]["spec"]
    told = {one["name"]: one.get("value", "streetwatch-0") for one in pod["containers"][0]["env"]}
    told["STREETWATCH_NODE__URL"] = told["STREETWATCH_NODE__URL"].replace(
        "$(STREETWATCH_NODE__ID)", told["STREETWATCH_NODE__ID"]
    )
    settings = load_settings(written, environ=told)
    assert settings.node.url == "http://streetwatch-0.streetwatch-nodes:8080"
