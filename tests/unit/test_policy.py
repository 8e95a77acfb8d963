"""Which rule a request falls under, and what lies within a part of the city."""

import pytest

from streetwatch.service.access.policy import About, matched, methods_at
from streetwatch.service.access.role import Account, Right, Role
from streetwatch.service.incidents.reach import Reach


@pytest.mark.parametrize(
    ("method", "path", "rule"),
    [
        pytest.param("GET", "/desk/cases", "/desk/cases", id="a list"),
        pytest.param("HEAD", "/desk/cases", "/desk/cases", id="its head"),
        pytest.param("GET", "/desk/cases/SW-1", "/desk/cases/{name}", id="one thing"),
        pytest.param("GET", "/desk/cases/a/b", None, id="what no case is called"),
        pytest.param("GET", "/desk/cases\n", None, id="a line break at the end"),
        pytest.param("GET", "//desk/cases", None, id="a slash too many"),
        pytest.param("GET", "/desk/cases/", None, id="a slash at the end"),
        pytest.param("GET", "/DESK/CASES", None, id="other letters"),
        pytest.param("DELETE", "/desk/cases", None, id="another method"),
        pytest.param("GET", "/console/login/../wall", None, id="beside the login"),
        pytest.param(
            "GET", "/desk/places/a/b/history", "/desk/places/{place_key:path}/history", id="a path"
        ),
        pytest.param(
            "GET", "/console/live/kerb.jpg", "/console/live/{camera_id}.jpg", id="a picture"
        ),
    ],
)
def test_a_request_falls_under_the_rule_of_its_route(
    method: str, path: str, rule: str | None
) -> None:
    found = matched(method, path)
    assert (found.rule.path if found else None) == rule


def test_a_rule_knows_what_its_path_names() -> None:
    found = matched("GET", "/evidence/abc/threshold.jpg")
    assert found is not None
    assert (found.rule.about, found.subject) == (About.INCIDENT, "abc")
    assert methods_at("/desk/cases") == {"GET", "POST"}
    assert methods_at("/nowhere") == frozenset()


@pytest.mark.parametrize(
    ("camera", "grid", "within"),
    [
        pytest.param("kerb", "310104001001001", True, id="its camera, in another grid"),
        pytest.param("gate", "310101001001001", True, id="another camera in its grid"),
        pytest.param(None, "310101001001001", True, id="no camera, in its grid"),
        pytest.param("gate", "310104001001001", False, id="elsewhere"),
        pytest.param("gate", None, False, id="nowhere"),
        pytest.param(None, None, False, id="nothing"),
        pytest.param("kerb-2", None, False, id="a longer name"),
    ],
)
def test_a_part_of_the_city_is_its_cameras_and_its_grids(
    camera: str | None,
    grid: str | None,
    within: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    assert Reach.of([" kerb "], ["310101", ""]).has(camera, grid) is within
    assert Reach.of([], []).has(camera, grid), "nothing limits it"


def test_cameras_alone_let_no_grid_in() -> None:
    assert not Reach.of(["kerb"], []).has("gate", "-")
    assert not Reach.of(["kerb"], None).has(None, "310101001001001")


def test_a_token_has_no_right_that_its_role_lacks() -> None:
    account = Account("token:x", Role.VIEWER, only=frozenset({Right.LOOK, Right.ADMIN}))
    assert [one for one in Right if account.may(one)] == [Right.LOOK]
    assert [one for one in Right if Account("li", Role.ADMIN).may(one)] == list(Right)
