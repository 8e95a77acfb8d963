"""The cluster that KubeRay is told to keep, as its operator, Ray and Kubernetes read it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import kubernetes_validate
import yaml
from ray.autoscaler._private.kuberay.autoscaling_config import (
    _derive_autoscaling_config_from_ray_cr,
)

from deployed import DEPLOY, setting_named
from streetwatch.service.settings_file import load_settings

KUBERAY: Final[dict[str, dict[str, Any]]] = {
    f"{one['kind']} {one['metadata']['name']}": one
    for one in yaml.safe_load_all((DEPLOY / "kuberay.yaml").read_text("utf-8"))
}

#: What KubeRay's operator (v1) knows of a group of pods, and of a cluster: its own definition comes
#: in no package. Words and what must be there as in ray-operator/apis/ray/v1/raycluster_types.go of
#: ray-project/kuberay at 026f1433. What it does not know Kubernetes drops in silence.
_PARAMETERS: Final = {"type": "object", "additionalProperties": {"type": "string"}}
_COUNT: Final = {"type": "integer", "minimum": 0}
_GROUP: Final[dict[str, Any]] = {
    "rayStartParams": _PARAMETERS,
    "template": {"type": "object", "required": ["spec"]},
}
_WORKERS: Final[dict[str, Any]] = _GROUP | {
    "groupName": {"type": "string"},
    "replicas": _COUNT,
    "minReplicas": _COUNT,
    "maxReplicas": _COUNT,
    "numOfHosts": _COUNT,
    "scaleStrategy": {"type": "object"},
}
RAY_CLUSTER: Final = {
    "type": "object",
    "additionalProperties": False,
    "required": ["headGroupSpec"],
    "properties": {
        "rayVersion": {"type": "string"},
        "enableInTreeAutoscaling": {"type": "boolean"},
        "autoscalerOptions": {"type": "object"},
        "headServiceAnnotations": _PARAMETERS,
        "suspend": {"type": "boolean"},
        "headGroupSpec": {
            "type": "object",
            "additionalProperties": False,
            "required": list(_GROUP),
            "properties": _GROUP
            | {
                "serviceType": {"type": "string"},
                "headService": {"type": "object"},
                "enableIngress": {"type": "boolean"},
            },
        },
        "workerGroupSpecs": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": [*_GROUP, "groupName", "minReplicas", "maxReplicas"],
                "properties": _WORKERS,
            },
        },
    },
}


def ray_pods() -> dict[str, dict[str, Any]]:
    """The pods of Ray's cluster."""
    spec = KUBERAY["RayCluster streetwatch"]["spec"]
    groups = {"head": spec["headGroupSpec"]}
    groups |= {one["groupName"]: one for one in spec["workerGroupSpecs"]}
    return {name: group["template"] for name, group in groups.items()}


def test_kuberay_knows_every_word_of_the_cluster(tmp_path: Path) -> None:
    cluster = KUBERAY["RayCluster streetwatch"]
    assert cluster["apiVersion"] == "ray.io/v1"
    assert set(cluster) == {"apiVersion", "kind", "metadata", "spec"}
    assert wrongs(cluster["spec"], tmp_path) == ""
    misspelt = {**cluster["spec"], "headGroup": {}}
    assert "'headGroup' was unexpected" in wrongs(misspelt, tmp_path)


def wrongs(spec: dict[str, Any], folder: Path) -> str:
    """What the schema has against a specification, empty where nothing."""
    (schema := folder / "schema.json").write_text(json.dumps(RAY_CLUSTER))
    (told := folder / "spec.json").write_text(json.dumps(spec))
    check = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema), str(told)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout


def test_ray_itself_reads_the_groups_as_they_are_meant() -> None:
    spec = KUBERAY["RayCluster streetwatch"]["spec"]
    cluster = {"metadata": {"name": "streetwatch", "namespace": "city"}, "spec": spec}
    types = _derive_autoscaling_config_from_ray_cr(cluster)["available_node_types"]
    cores = {name: one["resources"].get("CPU") for name, one in types.items()}
    assert cores == {"headgroup": 0, "watching": 4, "detecting": 0}
    assert types["detecting"]["resources"]["GPU"] == 1
    assert (types["watching"]["min_workers"], types["watching"]["max_workers"]) == (3, 60)


def test_kubernetes_knows_every_word_of_what_ray_starts() -> None:
    for name, pod in ray_pods().items():
        whole = {"apiVersion": "v1", "kind": "Pod", **pod}
        whole["metadata"] = {"name": name, **pod["metadata"]}
        kubernetes_validate.validate(whole, "1.33", strict=True)
    for name, one in KUBERAY.items():
        if not name.startswith("RayCluster"):
            kubernetes_validate.validate(one, "1.33", strict=True)


def test_a_pod_of_ray_has_no_rights_and_is_told_what_can_be_set(tmp_path: Path) -> None:
    (written := tmp_path / "streetwatch.yaml").write_text("{}")
    for pod in ray_pods().values():
        assert pod["spec"]["automountServiceAccountToken"] is False
        for one in pod["spec"]["containers"]:
            assert one["securityContext"]["capabilities"] == {"drop": ["ALL"]}
            told = {env["name"]: env["value"] for env in one.get("env", ())}
            ours = {name: value for name, value in told.items() if name.startswith("STREETWATCH_")}
            settings = load_settings(written, environ=ours)
            assert {name for name in ours if setting_named(settings, name)} == set(ours)


def test_cameras_do_not_stand_behind_all_else_as_tasks_of_ray_do() -> None:
    for name, pod in ray_pods().items():
        told = {env["name"]: env["value"] for env in pod["spec"]["containers"][0]["env"]}
        assert name == "head" or told["RAY_worker_niceness"] == "0"


def test_every_pod_of_ray_is_asked_how_it_is_at_a_port_that_ray_listens_at() -> None:
    spec = KUBERAY["RayCluster streetwatch"]["spec"]
    for name, pod in ray_pods().items():
        one = pod["spec"]["containers"][0]
        ports = {port["name"]: port["containerPort"] for port in one["ports"]}
        told = {group["groupName"]: group["rayStartParams"] for group in spec["workerGroupSpecs"]}
        listens = told.get(name, {}).get("node-manager-port", "6379")  # a head's own by default
        assert str(ports[one["livenessProbe"]["tcpSocket"]["port"]]) == listens
        assert "readinessProbe" in one


def test_the_head_leads_and_keeps_what_it_knows() -> None:
    spec = KUBERAY["RayCluster streetwatch"]["spec"]
    assert spec["headGroupSpec"]["rayStartParams"]["num-cpus"] == "0"
    assert f"ray=={spec['rayVersion']}\n" in (DEPLOY.parent / "constraints.txt").read_text("utf-8")
    head, leader = ray_pods()["head"]["spec"]["containers"]
    told = {env["name"]: env["value"] for env in head["env"]}
    assert told["RAY_gcs_storage"] == "rocksdb"
    assert {"name": "gcs", "mountPath": told["RAY_gcs_storage_path"]} in head["volumeMounts"]
    assert leader["command"][:2] == ["streetwatch", "run"]
