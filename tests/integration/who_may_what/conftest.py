"""A service with two cameras, a case of each, and everybody who might ask."""

from collections.abc import Iterator

import pytest

from filed import NOON
from guarded_city import CAMERAS, GRID, KERB, OURS, THEIRS, City, file_case
from http_parts import serving
from plain_http import client_of
from streetwatch.service.access.role import Role
from streetwatch.service.app import Service
from streetwatch.service.cameras import load_cameras
from streetwatch.service.settings import Settings
from streetwatch.service.site import site_of


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    folder = tmp_path_factory.mktemp("city")
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
