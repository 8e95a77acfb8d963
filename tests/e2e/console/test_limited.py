"""An operator who is limited to some cameras, from page to page in a real browser."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from console_parts import Console, let_one_in
from filed import NOON
from reviewed import Showcase
from streetwatch.service.access.role import Role
from streetwatch.service.incidents.reach import Reach
from waiting import PATIENCE_S

pytestmark = pytest.mark.browser

WHO = "south"

#: Pages that show cameras or what they saw, and what stands there once all is drawn.
PAGES = [
    pytest.param("/console/wall", "south", id="wall"),
    pytest.param("/console/cameras", "south", id="cameras"),
    pytest.param("/console/cases", "{mine}", id="cases"),
    pytest.param("/console/review", "{mine}", id="review"),
    pytest.param("/console/numbers", "1", id="numbers"),
    pytest.param("/console/foresight", "", id="foresight"),
]


@pytest.fixture(scope="module")
def numbers(console: Console) -> Iterator[dict[str, str]]:
    """Cases of a camera of theirs and of another."""
    reach = Reach.of([WHO], [])
    let_one_in(console.service, WHO, Role.OPERATOR, reach)
    show = Showcase(console.service.url, console.service.folder / "data")
    made = {
        "mine": show.file("m", camera_id=WHO, violation_at=NOON, clip=False),
        "foreign": show.file("n", violation_at=NOON, clip=False),
    }
    source = {"kind": "rtsp", "url": "rtsp://127.0.0.1:9/south"}
    with console.page("/console/wall", role=WHO) as page:
        answer = page.request.put(
            "/cameras/south",
            data={"id": WHO, "source": source, "zones": []},
            headers={"If-None-Match": "*", "Origin": console.service.url},
        )
        assert answer.ok, answer.text()
    yield made
    for number in made.values():
        httpx.patch(
            f"{console.service.url}/desk/cases/{number}", json={"state": "cancelled", "by": "test"}
        )
    httpx.delete(f"{console.service.url}/cameras/{WHO}", timeout=PATIENCE_S)


def test_they_attach_a_camera_in_their_part_and_none_elsewhere(
    console: Console, numbers: dict[str, str]
) -> None:
    del numbers
    source = {"kind": "rtsp", "url": "rtsp://127.0.0.1:9/north"}
    with console.page("/console/cameras", role=WHO, language="en-GB") as page:
        answer = page.request.put(
            "/cameras/north",
            data={"id": "north", "source": source, "zones": []},
            headers={"If-None-Match": "*", "Origin": console.service.url},
        )
        assert answer.status == 422
        assert "part of the city" in answer.text()
    assert [one["id"] for one in console.service.get("/cameras")] == ["demo-street", WHO]


@pytest.mark.parametrize(("path", "shown"), PAGES)
def test_a_page_shows_their_part_and_nothing_of_another(
    console: Console, numbers: dict[str, str], path: str, shown: str
) -> None:
    with console.page(path, role=WHO, language="en-GB") as page:
        main = page.get_by_role("main")
        expect(main).to_contain_text(shown.format(**numbers))
        for foreign in (numbers["foreign"], "demo-street"):
            expect(main).not_to_contain_text(foreign)
            assert foreign not in page.content()


@pytest.mark.parametrize(
    "path",
    [
        "/console/wall/demo-street",
        "/console/cameras/demo-street/change",
        "/console/cameras/demo-street/zones",
        "/console/cases/{foreign}",
    ],
)
def test_the_address_of_another_part_says_in_words_that_there_is_nothing(
    console: Console, numbers: dict[str, str], path: str
) -> None:
    with console.page("/console/wall", role=WHO, language="en-GB") as page:
        page.goto(path.format(**numbers))
        expect(page.get_by_role("main")).to_contain_text("There is no such")
        assert "演示街口" not in page.content()
