"""The grid layer over real HTTP, on a real database, and by the command."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry
from typer.testing import CliRunner

from filed import NOON, a_message
from gates import open_gate
from http_parts import serving
from plain_http import client_of
from streetwatch import cli
from streetwatch.service.api.app import create_api
from streetwatch.service.api.metrics import UnassignedCollector
from streetwatch.service.api.readiness import Readiness
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.grid.grids import Grids
from streetwatch.service.desk.router import desk_router
from streetwatch.service.evidence.folder import EvidenceFolder
from streetwatch.service.settings import Settings
from streetwatch.service.store.sql_store import open_store
from wired_desk import wired_desk

CODES = ("310101001001001", "310101001001002", "310104001001001")
HERE = {"lon": 121.47, "lat": 31.23}


def grid(code: str, west: float, **properties: Any) -> dict[str, Any]:  # noqa: ANN401
    ring = [[west, 31.22], [west + 0.01, 31.22], [west + 0.01, 31.24], [west, 31.24], [west, 31.22]]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"grid_code": code, "workers": [{"id": f"w-{code[-1]}"}], **properties},
    }


def city(*grids: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(grids)}


HALVES = city(grid(CODES[0], 121.465), grid(CODES[1], 121.475))


@dataclass
class Desk:
    """A desk with a grid layer, as its users see it."""

    http: httpx.Client
    data: Path

    def put(self, file: dict[str, Any]) -> dict[str, Any]:
        answer = self.http.put("/desk/grids", json=file)
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def report(self, **place: object) -> dict[str, Any]:
        told = case_json(a_message().case) | {"place": {**HERE, "crs": "wgs84", **place}}
        headers = {"Idempotency-Key": "a-key-of-a-message"}
        case: dict[str, Any] = self.http.post("/desk/cases", json=told, headers=headers).json()
        return case

    def accept(self, case: dict[str, Any]) -> dict[str, Any]:
        answer = self.http.patch(f"/desk/cases/{case['number']}", json={"state": "accepted"})
        accepted: dict[str, Any] = answer.json()
        return accepted

    def unassigned(self) -> str:
        lines = self.http.get("/metrics").text.splitlines()
        return next(line for line in lines if line.startswith("streetwatch_desk_unassigned "))


@pytest.fixture(params=[False])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'streetwatch.db'}")
    settings = Settings.model_validate({"grid": {"auto_dispatch": request.param}})
    parts = wired_desk(settings, store, clock=lambda: NOON)
    router = desk_router(parts.book, clock=lambda: NOON, on_end=lambda *_: None)
    router.include_router(parts.routes())
    registry = CollectorRegistry()
    registry.register(UnassignedCollector(Grids(store.engine).unassigned))
    api = create_api(
        gate=open_gate(store.engine),
        desk=router,
        evidence=EvidenceFolder(tmp_path / "evidence"),
        readiness=lambda: Readiness((), 0, 0, 0.0),
        registry=registry,
    )
    with serving(api) as url, client_of(url) as client:
        yield Desk(client, tmp_path)
    store.close()


def test_a_file_in_force_again_changes_nothing(desk: Desk) -> None:
    first, again = desk.put(HALVES), desk.put(HALVES)
    assert (first["added"], first["unchanged"]) == (2, 0)
    assert again == {"added": 0, "changed": 0, "unchanged": 2, "retired": 0, "findings": []}


def test_what_is_told_can_be_imported_again(desk: Desk) -> None:
    hours = [{"days": "mon,tue", "from": "08:00", "to": "24:00"}]
    worker = {"id": "w", "name": "李娜", "schedule": hours}
    desk.put(city(grid(CODES[0], 121.465, workers=[worker], authorities={"road": "town"})))
    told = desk.http.get("/desk/grids").json()
    assert told["features"][0]["properties"]["workers"] == [worker]
    assert desk.put(told)["unchanged"] == 1


def test_a_grid_that_a_file_has_no_more_is_retired_and_kept(desk: Desk) -> None:
    desk.put(HALVES)
    desk.put(city(grid(CODES[2], 121.5)))  # another district: says nothing of this one
    done = desk.put(city(grid(CODES[0], 121.466)))
    assert (done["changed"], done["retired"]) == (1, 1)
    in_force = desk.http.get("/desk/grids").json()["features"]
    assert [one["properties"]["grid_code"] for one in in_force] == [CODES[0], CODES[2]]
    everything = desk.http.get("/desk/grids", params={"retired": True}).json()["features"]
    assert everything[1]["properties"]["retired_at"] == "2026-11-23T04:00:00.000+00:00"
    assert desk.put(HALVES)["added"] == 1


def test_a_wrong_file_changes_nothing(desk: Desk) -> None:
    desk.put(HALVES)
    refused = desk.http.put("/desk/grids", json=city(grid(CODES[0], 121.5), grid("12", 121.6)))
    assert refused.status_code == 422
    (line,) = refused.json()["detail"]
    assert line.startswith("body: features[1].properties.grid_code: ")
    assert line.endswith('write 15 digits in quotes, "310101001001001"')
    assert desk.put(HALVES)["unchanged"] == 2


def test_a_point_is_asked_for_its_grid(desk: Desk) -> None:
    desk.put(HALVES)
    found = desk.http.get("/desk/grids/at", params={**HERE, "type": "illegal_parking_motor"})
    assert found.json() == {
        "grid_code": CODES[0],
        "name": CODES[0],
        "authorities": {"road": "traffic_police", "pavement": "urban_management"},
        "authority": "traffic_police",
        "assignee": "w-1",
    }
    assert desk.http.get("/desk/grids/at", params={"lon": 0, "lat": 0}).status_code == 404
    assert desk.http.get("/desk/grids/at", params={"lon": 181, "lat": 0}).status_code == 422


def test_a_case_is_given_to_its_grids_worker(desk: Desk) -> None:
    desk.put(HALVES)
    case = desk.report()
    assert (case["grid_code"], case["authority"], case["assignee"]) == (
        CODES[0],
        "traffic_police",
        "w-1",
    )
    accepted = desk.accept(case)
    assert accepted["state"] == "accepted"
    line = accepted["history"][-1]
    assert (line["action"], line["assignee"]) == ("suggest_dispatch", "w-1")


@pytest.mark.parametrize("desk", [True], indirect=True)
def test_where_the_setting_says_so_it_is_dispatched_by_itself(desk: Desk) -> None:
    desk.put(HALVES)
    accepted = desk.accept(desk.report())
    assert accepted["state"] == "dispatched"
    assert accepted["dispatched_at"] == accepted["accepted_at"]
    assert [line["state"] for line in accepted["history"]] == ["reported", "accepted", "dispatched"]


def test_nobody_assigned_is_seen_until_people_assign(desk: Desk) -> None:
    case = desk.report()
    assert desk.unassigned() == "streetwatch_desk_unassigned 1.0"
    accepted = desk.accept(case)
    assert accepted["history"][-1]["state"] == "accepted"  # nobody to suggest
    order = {"assignee": "w-9", "by": "王队", "note": "替班"}
    given = desk.http.put(f"/desk/cases/{case['number']}/assignment", json=order).json()
    assert given["assignee"] == "w-9"
    assert given["history"][-1] == {
        "action": "assign",
        "assignee": "w-9",
        "at": "2026-11-23T04:00:00.000+00:00",
        "by": "王队",
        "note": "替班",
    }
    assert desk.unassigned() == "streetwatch_desk_unassigned 0.0"


def test_the_command_imports_and_a_running_service_knows_at_once(desk: Desk) -> None:
    assert desk.http.get("/desk/grids/at", params=HERE).status_code == 404
    file = desk.data / "grids.geojson"
    file.write_text(json.dumps(HALVES), encoding="utf-8")
    settings = desk.data / "streetwatch.yaml"
    settings.write_text("{data_dir: data}", encoding="utf-8")
    done = CliRunner().invoke(cli.app, ["grid", "import", str(file), "--config", str(settings)])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["added"] == 2
    assert desk.http.get("/desk/grids/at", params=HERE).json()["grid_code"] == CODES[0]
