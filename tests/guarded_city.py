"""A service with two cameras, a case of each, and everybody who might ask."""

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
from fastapi import FastAPI

from filed import NOON, a_message, an_incident, evidence
from http_parts import serving
from plain_http import client_of
from streetwatch.service.access.policy import RULES, About, Rule
from streetwatch.service.access.role import Role
from streetwatch.service.access.tokens import Grant
from streetwatch.service.api.callers import COOKIE
from streetwatch.service.app import Service
from streetwatch.service.cameras import load_cameras
from streetwatch.service.delivery.case_json import case_json
from streetwatch.service.desk.report import Report
from streetwatch.service.incidents.reach import Reach
from streetwatch.service.settings import Settings
from streetwatch.service.store.transactions import writing

CAMERAS = """\
cameras:
  - id: kerb
    source: {kind: rtsp, url: "rtsp://127.0.0.1:9/s"}
    place: {lon: 121.47, lat: 31.23, grid_code: "310101001001001"}
  - id: gate
    source: {kind: rtsp, url: "rtsp://127.0.0.1:9/s"}
    place: {lon: 121.47, lat: 31.23, grid_code: "310104001001001"}
"""

#: One case of each camera.
OURS: Final = {"number": "SW-20261123-0001", "incident": "a" * 26, "camera": "kerb"}

THEIRS: Final = {"number": "SW-20261123-0002", "incident": "b" * 26, "camera": "gate"}

#: Whoever is limited, and to what: the camera itself, or the grid that it stands in.
KERB: Final = Reach(frozenset({"kerb"}))

GRID: Final = Reach(frozenset(), ("310101",))

#: What is answered to whoever is not known, and to whoever may not.
REFUSED: Final = frozenset({401, 403, 303})


@dataclass
class City:
    """A service with two cameras and a case of each, and everybody who might ask."""

    service: Service
    site: FastAPI
    url: str = ""
    http: httpx.Client = field(init=False)

    def cookie(self, name: str) -> dict[str, str]:
        """Sign somebody in, without the password: that is another test's business."""
        access = self.service.access
        with writing(self.service.store.engine) as connection:
            token = access.sessions.begin(connection, name, now=NOON)
        return {"Cookie": f"{COOKIE}={token}", "Origin": self.url, "Sec-Fetch-Site": "same-origin"}

    def token(self, name: str, role: Role = Role.ADMIN, **grant: Any) -> dict[str, str]:  # noqa: ANN401
        wanted = Grant(name, role, **grant)
        _, secret = self.service.access.tokens.add(wanted, by="tests", now=NOON)
        return {"Authorization": f"Bearer {secret}"}

    def asked(self, rule: Rule, headers: dict[str, str], about: dict[str, str]) -> int:
        """Ask for a route, about one of the two cases; return the status."""
        path = rule.path
        for parameter, value in _values(about, rule).items():
            path = re.sub(rf"\{{{parameter}(:path)?\}}", value, path)
        # Nothing is to happen: what is changed here must not be what it is asked for to have.
        sent = {"If-Match": '"none"', "Content-Type": "application/json", **headers}
        with self.http.stream(rule.method, path, headers=sent, content=_body(rule)) as answer:
            return answer.status_code


def _values(about: dict[str, str], rule: Rule) -> dict[str, str]:
    return {
        "name": about["camera"] if rule.path.startswith("/console/wall") else about["number"],
        "camera_id": about["camera"],
        "incident_id": about["incident"],
        "service_request_id": about["number"],
        "token": about["number"],
        "format": "json",
        "service_code": "bin_overflow",
        "place_key": f"{about['camera']}/carriageway",
        "target": "desk",
        "key": "a-key",
        "language": "en",
        "theme": "dark",
        "section": "users",
        "path": "console.css",
    } | ({"name": "threshold.jpg"} if rule.about is About.INCIDENT else {})


def _body(rule: Rule) -> bytes:
    return b"" if rule.reads else b"{}"


def file_case(city: City, about: dict[str, str], grid: str) -> None:
    incident = an_incident(id=about["incident"], camera_id=about["camera"])
    told = case_json(a_message(incident).case)
    told |= {"camera": {"id": about["camera"], "name": "x"}}
    told |= {"place": {"lon": 121.47, "lat": 31.23, "crs": "wgs84", "grid_code": grid}}
    city.service.desk.book.report(Report.model_validate(told), key=about["incident"], now=NOON)
    with city.service.store.transaction() as transaction:
        transaction.put_incident(incident)
        transaction.put_attachments(incident.id, [evidence()])
    city.service.evidence.write(incident.id, "threshold.jpg", b"a picture")


#: Sockets are asked apart; what the pages load of NiceGUI changes its name with every version.
ASKED: Final = [rule for rule in RULES if rule.method != "WS" and "nicegui" not in rule.path]

NUMBERS: Final = itertools.count()


@contextmanager
def city_in(folder: Path, site_of: Callable[[Service], FastAPI]) -> Iterator[City]:
    """Serve a city of two cameras, one of them in each of two parts, for the length of a block."""
    (folder / "cameras.yaml").write_text(CAMERAS)
    settings = Settings.model_validate({"data_dir": folder / "data", "detector_threads": 1})
    cameras = load_cameras(folder / "cameras.yaml", environ={})
    service = Service(settings, cameras, clock=lambda: NOON)
    city = City(service, site_of(service))
    file_case(city, OURS, "310101001001001")
    file_case(city, THEIRS, "310104001001001")
    for role in Role:
        service.access.users.add(role, role, now=NOON)
    for name, reach in (("of-kerb", KERB), ("of-grid", GRID)):
        service.access.users.add(name, Role.OPERATOR, now=NOON, reach=reach)
    with (
        serving(city.site, lifespan="on") as city.url,
        client_of(city.url) as city.http,
    ):
        yield city
    service.store.close()
